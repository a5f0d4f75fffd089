"""What one rehearsal is made of, as values that travel into the sandbox as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from appliance.twin.dialogue import Dialogue, Talk, read_dialogue, read_talk

ETHERNET = 1_500
"""Bytes of a packet that any path takes, unless something on it takes some for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One child SA: a pair of networks and the proposals for it, in strongSwan's spelling."""

    name: str
    ours: str
    theirs: str
    proposals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One end's side of a tunnel. Addresses and identities may be `%any`; no key: none is set."""

    version: int
    ours: str
    theirs: str
    our_identity: str
    their_identity: str
    proposals: tuple[str, ...]
    children: tuple[Child, ...]
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A gateway: how it dials, how it answers, and which packets it sends into the tunnel.

    `routes` are networks routed into it; `pairs` (source, destination) are sent there by policy.
    `passes`, if any rules are in the way, are the pairs that they let through, both ways.
    `silent`: its own filter keeps the other end's IKE out. `mss` is what its tunnel clamps TCP to,
    `mtu` the largest packet that it lets in.
    """

    address: str
    dials: Connection | None
    answers: Connection | None
    routes: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    passes: tuple[tuple[str, str], ...] | None = None
    silent: bool = False
    mss: int | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Two hosts, one in each network; `permitted`: their traffic is what the tunnel is for."""

    local: str
    remote: str
    local_host: str
    remote_host: str
    permitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One tunnel to be tried. `public` is the device's address outside when it is translated.

    `bgp`: routes of the site come by it; `dialogue` is to be spoken then, None: it cannot be, and
    what would be learnt is among the other routes. `paths` are those, in bytes of a packet, over
    which full sizes are tried.
    """

    device: End
    azure: End
    probes: tuple[Probe, ...]
    public: str | None = None
    bgp: bool = False
    dialogue: Dialogue | None = None
    paths: tuple[int, ...] = ()

    def document(self) -> dict[str, object]:
        """As JSON values, the key among them: for the pipe into the sandbox, nothing else."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What became of one probe, both ways: did it arrive, and how often did it leave in clear."""

    out: bool
    back: bool
    out_leaks: int
    back_leaks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sa:
    """One live child SA as the dialling end sees it; algorithms in the daemon's words."""

    name: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    algorithms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One negotiation. `said` is what the dialling end heard, `log` the answering end's own log."""

    child: str
    error: str | None
    said: str
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Over a path of so many bytes the largest packet that arrives whole, and whether TCP flows."""

    path: int
    largest: int
    tcp: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What happened when one end dialled, child by child; rekeys None where it never got so far.

    `talk` is what became of BGP; None where none was spoken. `fits` are full sizes, as far as they
    were tried.
    """

    tries: tuple[Try, ...]
    ike: str = ""
    sas: tuple[Sa, ...] = ()
    passages: tuple[Passage, ...] = ()
    child_rekey: Try | None = None
    ike_rekey: Try | None = None
    talk: Talk | None = None
    fits: tuple[Fit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Both attempts; None where an end does not dial."""

    device: Attempt | None
    azure: Attempt | None

    def document(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)


# JSON of our own making, from the other end of a pipe: its shape is that of the classes above.
Json = Any
_T = TypeVar("_T")


def read_scenario(made: Json) -> Scenario:
    """The scenario out of its document."""
    return Scenario(
        device=read_end(made["device"]),
        azure=read_end(made["azure"]),
        probes=tuple(Probe(**probe) for probe in made["probes"]),
        public=made["public"],
        bgp=made["bgp"],
        dialogue=read_dialogue(made["dialogue"]),
        paths=tuple(made["paths"]),
    )


def read_outcome(made: Json) -> Outcome:
    """The outcome out of its document."""
    return Outcome(device=_attempt(made["device"]), azure=_attempt(made["azure"]))


def read_end(made: Json) -> End:
    """One end out of its document."""
    passes = made["passes"]
    return End(
        address=made["address"],
        dials=_connection(made["dials"]),
        answers=_connection(made["answers"]),
        routes=tuple(made["routes"]),
        pairs=_pairs(made["pairs"]),
        passes=None if passes is None else _pairs(passes),
        silent=made["silent"],
        mss=made["mss"],
        mtu=made["mtu"],
    )


def _pairs(made: Json) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in made)


def _connection(made: Json) -> Connection | None:
    if made is None:
        return None
    children = tuple(_listed(Child, child) for child in made["children"])
    return _listed(Connection, {**made, "children": children})


def _attempt(made: Json) -> Attempt | None:
    if made is None:
        return None
    return Attempt(
        tries=tuple(Try(**one) for one in made["tries"]),
        ike=made["ike"],
        sas=tuple(_listed(Sa, one) for one in made["sas"]),
        passages=tuple(Passage(**one) for one in made["passages"]),
        child_rekey=_try(made["child_rekey"]),
        ike_rekey=_try(made["ike_rekey"]),
        talk=read_talk(made["talk"]),
        fits=tuple(Fit(**one) for one in made["fits"]),
    )


def _try(made: Json) -> Try | None:
    return None if made is None else Try(**made)


def _listed(kind: type[_T], made: Mapping[str, Json]) -> _T:
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in made.items()})
