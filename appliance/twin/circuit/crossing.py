"""A circuit with the VPN behind it, as values that travel into the sandbox as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from appliance.twin.scenario import Json, Scenario, read_scenario
from appliance.twin.speaker import Session, Speaker, read_speaker

VPN = "vpn"
"""The name of the way by the tunnel; the others are called as their line."""
STEADY, LINK, CIRCUIT, BACK, SILENT, AGAIN = (
    "steady",
    "link-down",
    "circuit-down",
    "circuit-back",
    "circuit-silent",
    "circuit-back-again",
)
"""What is done, in this order: nothing; one line after the other goes down; all lines do; they come
up; they drop every packet while they stay up; they carry again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One link of a circuit, and the router at Microsoft's end of it.

    `name` is that of the interfaces and of the router's namespace. `device` is the device's address
    there with its length, None where it has none; `connected` false: no frame arrives, be it for
    its tag or because it is shut down. `vnet` are the addresses between that router and the VNet.
    """

    name: str
    microsoft: str
    device: str | None
    connected: bool
    vnet: tuple[str, str]
    speaker: Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """One tunnel that stands behind a circuit. Its probes are the traffic that is kept going.

    `here` and `there` are further addresses of the two gateways, for BGP in the tunnel. `apart` are
    the device's own routes to single addresses: None leads to the Internet, else over that line.
    """

    tunnel: Scenario
    device: Speaker
    azure: Speaker
    lines: tuple[Line, ...]
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    apart: tuple[tuple[str, str | None], ...] = ()

    def document(self) -> dict[str, object]:
        """As JSON values, keys among them: for the pipe into the sandbox, nothing else."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """One pair of networks at one moment: its ways (empty: none) by the packets counted there.

    `gap_ms` is the longest time without an answer since the moment before; None: it lasts.
    """

    out: str
    back: str
    gap_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What became of all pairs after one of the things that are done.

    `line` is the one that is down, where it is one alone. `settled_ms`: how long until it was as it
    should be and stayed so; None: it never was.
    """

    what: str
    passings: tuple[Passing, ...]
    line: str = ""
    settled_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """All that happened.

    `tunnel`: whether the VPN came up. `keys`: whether the kernel knows TCP MD5 here. `device` and
    `microsoft` are the sessions of the lines as both ends saw them, `fell` the device's once the
    lines had gone silent. `astray`: what took the circuit when it taught a default route: the
    tunnel's own packets (`gateway`), traffic of nobody's (`internet`).
    """

    tunnel: bool
    keys: bool = True
    device: tuple[Session, ...] = ()
    microsoft: tuple[Session, ...] = ()
    moments: tuple[Moment, ...] = ()
    fell: tuple[Session, ...] = ()
    astray: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)

    def at(self, what: str) -> Moment | None:
        """That moment, if it was tried."""
        return next((one for one in self.moments if one.what == what), None)


def read_crossing(made: Mapping[str, Json]) -> Crossing:
    """The scenario out of its document."""
    return Crossing(
        tunnel=read_scenario(made["tunnel"]),
        device=read_speaker(made["device"]),
        azure=read_speaker(made["azure"]),
        lines=tuple(map(_line, made["lines"])),
        here=tuple(made["here"]),
        there=tuple(made["there"]),
        apart=tuple((address, line) for address, line in made["apart"]),
    )


def _line(made: Mapping[str, Json]) -> Line:
    near, far = made["vnet"]
    return Line(**{**made, "vnet": (near, far), "speaker": read_speaker(made["speaker"])})


def read_crossed(made: Mapping[str, Json]) -> Crossed:
    """What happened, out of its document."""
    sessions = {
        name: tuple(Session(**one) for one in made[name])
        for name in ("device", "microsoft", "fell")
    }
    moments = tuple(map(_moment, made["moments"]))
    return Crossed(**{**made, **sessions, "moments": moments, "astray": tuple(made["astray"])})


def _moment(made: Mapping[str, Json]) -> Moment:
    return Moment(**{**made, "passings": tuple(Passing(**one) for one in made["passings"])})
