"""What the ladder says of one rung, and the evidence a rung is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.model.state import Operational, TunnelState
from appliance.model.tunnel import Tunnel, Tunnels


class Rung(StrEnum):
    """What is proven, from the ground up."""

    REACHABLE = "reachable"
    IKE = "ike"
    KEY = "key"
    CHILD = "child"
    COUNTERS = "counters"
    INTERFACE = "interface"
    ROUTES = "routes"
    BGP = "bgp"
    BFD = "bfd"
    PATH = "path"


class Outcome(StrEnum):
    """What came of a rung; unknown is neither proof nor fault."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rung of one tunnel.

    `next_step` is what to do about it; empty when it passed, or when another rung must pass first.
    """

    tunnel: str
    rung: Rung
    verdict: Outcome
    detail: str
    next_step: str = ""


_ROUNDING_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """That a change had to make a tunnel's SAs anew, `seconds` ago; `child_only`: its child SAs."""

    seconds: float
    child_only: bool = False

    def missed(self, age_seconds: int | None) -> bool:
        """Whether an SA of this age was there before; what is not told is not held against it."""
        return age_seconds is not None and age_seconds > self.seconds + _ROUNDING_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What there is to judge one tunnel by; `earlier` is the peer in a sample taken before.

    `together` are all tunnels that are judged: those of one site share its traffic. `renewal` is
    when its SAs had to be made anew; None where nothing asked for it.
    """

    tunnel: Tunnel
    together: Tunnels
    peer: TunnelState
    earlier: TunnelState | None
    state: Operational
    renewal: Renewal | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A finding that does not know yet whose it is."""

    verdict: Outcome
    detail: str
    next_step: str = ""


def proven(detail: str) -> Said:
    """The rung holds."""
    return Said(Outcome.PASSED, detail)


def failed(detail: str, next_step: str) -> Said:
    """The rung is broken."""
    return Said(Outcome.FAILED, detail, next_step)


def unknown(detail: str, next_step: str) -> Said:
    """The rung cannot be judged from what the device told."""
    return Said(Outcome.UNKNOWN, detail, next_step)
