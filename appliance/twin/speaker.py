"""A router that speaks BGP, as values that travel into the sandbox as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.model.edge import Bfd


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Prefixes in `network` with a length of `shortest` to `longest`; `permit` False excepts."""

    network: str
    shortest: int
    longest: int
    permit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a policy. `entries` None takes every prefix, else the first that covers decides.

    `preference` is the local preference that it gives, None leaves it; `prepend` is how often the
    own AS number is put in front once more. `goes_on`: later rules decide.
    """

    permit: bool = True
    entries: tuple[Entry, ...] | None = None
    preference: int | None = None
    prepend: int = 0
    goes_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Rules in order; `otherwise` is what becomes of a prefix that no rule takes."""

    rules: tuple[Rule, ...] = ()
    otherwise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One session. `name` has letters, digits and `_` only.

    `multihop` is the TTL, None where the neighbour is on a network of ours; `key` is that of TCP
    MD5 (RFC 2385). `receives` and `sends` None let everything pass. `distance` is how far routes
    from here stand behind others, as on Cisco's and Juniper's routers; of the same distance those
    of a higher `rank` come first, before local preference is looked at.
    """

    name: str
    local: str
    local_asn: int
    remote: str
    remote_asn: int
    multihop: int | None = None
    key: str | None = field(default=None, repr=False)
    detection: Bfd | None = None
    receives: Policy | None = None
    sends: Policy | None = None
    hold_seconds: int = 3
    keepalive_seconds: int = 1
    distance: int = 20
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A static route; `via` is an interface or the address of a next hop."""

    network: str
    via: str
    distance: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A router: its sessions, static routes, and the networks that it originates.

    `later` are networks that it originates once it is told to (`Bird.originate`).
    """

    identity: str
    neighbors: tuple[Neighbor, ...] = ()
    statics: tuple[Static, ...] = ()
    networks: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What became of a session. `state` and `error` are BIRD's words; `bfd` None: not spoken."""

    name: str
    state: str
    error: str = ""
    imported: int = 0
    bfd: bool | None = None

    @property
    def up(self) -> bool:
        """Whether routes are exchanged."""
        return self.state == "Established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route that BIRD has; `protocol` is the name of the session it came by, or of its kind."""

    network: str
    protocol: str
    via: str
    best: bool


def read_speaker(made: Mapping[str, Any]) -> Speaker:
    """The speaker out of its document (`dataclasses.asdict`)."""
    return Speaker(
        identity=made["identity"],
        neighbors=tuple(map(_neighbor, made["neighbors"])),
        statics=tuple(Static(**one) for one in made["statics"]),
        networks=tuple(made["networks"]),
        later=tuple(made["later"]),
    )


def _neighbor(made: Mapping[str, Any]) -> Neighbor:
    detection = made["detection"]
    read = {
        "detection": None if detection is None else Bfd(**detection),
        "receives": _policy(made["receives"]),
        "sends": _policy(made["sends"]),
    }
    return Neighbor(**{**made, **read})


def _policy(made: Mapping[str, Any] | None) -> Policy | None:
    if made is None:
        return None
    return Policy(rules=tuple(map(_rule, made["rules"])), otherwise=made["otherwise"])


def _rule(made: Mapping[str, Any]) -> Rule:
    entries = made["entries"]
    listed = None if entries is None else tuple(Entry(**one) for one in entries)
    return Rule(**{**made, "entries": listed})
