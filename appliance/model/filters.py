"""Rules on the traffic of a tunnel: as the inventory asks for them, and as a device has them.

A device's rules are chains of lines; the first that matches decides. A flow passes when every chain
that is asked about it lets it through. Lines that cannot be understood leave flows of which it is
not known whether they pass; these are kept apart, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from ipaddress import IPv4Network
from zlib import crc32

from appliance.model.diagram import Interval
from appliance.model.traffic import (
    BOTH,
    EVERYTHING,
    NOTHING,
    PORTS,
    PROTOCOLS,
    Box,
    Direction,
    Flows,
    answered,
    flows,
    interval,
)
from appliance.model.tunnel import Source, TrafficSelector
from appliance.record import dataclass

ANYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the inventory's `traffic`.

    `direction` None is both ways, `protocol` None is any (else its IANA number), no `ports` are all
    (of the side that the flow is sent to).
    """

    permit: bool
    local: IPv4Network = ANYWHERE
    remote: IPv4Network = ANYWHERE
    protocol: int | None = None
    ports: tuple[tuple[int, int], ...] = ()
    direction: Direction | None = None

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions it is about."""
        return tuple(Direction) if self.direction is None else (self.direction,)

    def flows(self) -> Flows:
        """The flows that it matches."""
        way, protocol = self.direction, self.protocol
        return flows(
            Box(
                direction=BOTH if way is None else ((int(way), int(way)),),
                protocol=PROTOCOLS if protocol is None else ((protocol, protocol),),
                local=(interval(self.local),),
                remote=(interval(self.remote),),
                ports=self.ports or PORTS,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a device: the flows it matches and whether they pass.

    `permit` None is a line that matches, and does nobody knows what. `sure` is false for a line of
    which only that much is known: it matches some of these, or none.
    """

    flows: Flows
    permit: bool | None
    source: Source
    sure: bool = True

    @property
    def clear(self) -> bool:
        """Whether it is known what the line does."""
        return self.sure and self.permit is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Lines in the order of evaluation, asked about the flows in `scope`.

    `otherwise` is what becomes of a flow that no line matches; `source` is the line that puts the
    chain to work, or says so.
    """

    name: str
    entries: tuple[Entry, ...]
    source: Source
    scope: Flows = EVERYTHING
    otherwise: bool = False


class Filter:
    """What may cross a tunnel, as a set of flows; found when it is asked for, and never changed.

    `passes` surely does, of `perhaps` it is not known: these two make filters equal. `chains` is
    how a device says it. `rules` is how the inventory says it, in the order of evaluation, what
    none of them matches being prohibited; `within` are the pairs of networks that the site has.
    `complete` tells that the chains also hold what `Tunnel.passes` tells (NAT).
    """

    __slots__ = ("_bounds", "_chains", "_read", "_words", "complete", "rules", "within")

    def __init__(
        self,
        passes: Flows | None = None,
        *,
        read: Callable[[], Iterable[Chain]] = tuple,
        rules: Sequence[Rule] = (),
        within: Sequence[TrafficSelector] = (),
        complete: bool = False,
    ) -> None:
        self.complete = complete
        self.rules = tuple(rules)
        self.within = tuple(within)
        self._bounds = None if passes is None else (passes, passes)
        self._read = read
        self._chains: tuple[Chain, ...] | None = None
        self._words: str | None = None

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The device's lines; none on the intended side."""
        if self._chains is None:
            self._chains = tuple(self._read())
        return self._chains

    @property
    def passes(self) -> Flows:
        """What surely passes."""
        return self._found()[0]

    @property
    def perhaps(self) -> Flows:
        """What passes or not: that hangs on lines that are not understood."""
        surely, possibly = self._found()
        return possibly - surely

    def _found(self) -> tuple[Flows, Flows]:
        if self._bounds is None:
            surely = possibly = EVERYTHING
            for chain in self.chains:
                least, most = bounds(chain)
                surely, possibly = surely & least, possibly & most
            self._bounds = surely, possibly
        return self._bounds

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filter):
            return NotImplemented
        return self is other or self._found() == other._found()

    def __hash__(self) -> int:
        return hash(Filter)  # reading the device's lines only to be hashed would be a waste

    def __repr__(self) -> str:
        """The rules, since intents are told apart by this; a device's lines are not read for it."""
        return f"Filter(rules={self.rules!r})" if self.rules else "Filter(of a device)"

    def __str__(self) -> str:
        """What passes, in words; the number behind them is another for another set."""
        from appliance.model.spoken import told  # noqa: PLC0415 -- for histories only

        if self._words is None:
            surely, possibly = self._found()
            mark = crc32(repr((surely.node, possibly.node)).encode())
            self._words = f"{'; '.join(told(surely))} ({mark:08x})"
        return self._words


class Fate(StrEnum):
    """What becomes of a flow."""

    PASSES = "passes"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Some flows, what one chain does with them, and the line that says so."""

    flows: Flows
    fate: Fate
    chain: str
    source: Source


def asked(rules: Sequence[Rule], within: Sequence[TrafficSelector] = ()) -> Filter:
    """The filter that the rules ask for: the first rule that matches a flow decides."""
    return memoryless(Filter(rules=rules, within=within), ())


def memoryless(wanted: Filter, protocols: Sequence[Interval]) -> Filter:
    """What the rules amount to on a device that cannot tell, for these protocols, who began.

    A rule then is about the answers as well: a `deny` stays one.
    """
    passes = NOTHING
    for rule in reversed(wanted.rules):
        matched = answered(protocols, rule.flows()) if protocols else rule.flows()
        passes = passes | matched if rule.permit else passes - matched
    return Filter(passes, rules=wanted.rules, within=wanted.within)


def held(chains: Iterable[Chain]) -> Filter:
    """The filter that a device's chains amount to."""
    return Filter(read=lambda: chains)


def bounds(chain: Chain) -> tuple[Flows, Flows]:
    """What surely passes a chain, and what may; flows outside its scope do."""
    least = most = EVERYTHING if chain.otherwise else NOTHING
    for entry in reversed(chain.entries):
        if entry.permit is not False:
            most |= entry.flows
        elif entry.sure:
            most -= entry.flows
        if not entry.permit:
            least -= entry.flows
        elif entry.sure:
            least |= entry.flows
    outside = EVERYTHING - chain.scope
    return least | outside, most | outside


def doubt(chain: Chain) -> Flows:
    """The flows of which it hangs on lines that are not understood whether they pass a chain."""
    if all(entry.clear for entry in chain.entries):
        return NOTHING
    least, most = bounds(chain)
    return most - least


def decisions(chain: Chain, wanted: Flows) -> Iterator[Decision]:
    """The wanted flows that a chain is asked about, by the line that decides on them."""
    left = wanted & chain.scope
    unknown = left & doubt(chain)
    left -= unknown
    for entry in chain.entries:
        hit = (left if entry.clear else unknown) & entry.flows
        if not hit:
            continue
        fate = Fate.UNKNOWN
        if entry.clear:
            left -= hit
            fate = Fate.PASSES if entry.permit else Fate.BLOCKED
        else:
            unknown -= hit
        yield Decision(flows=hit, fate=fate, chain=chain.name, source=entry.source)
    if left:
        fate = Fate.PASSES if chain.otherwise else Fate.BLOCKED
        yield Decision(flows=left, fate=fate, chain=chain.name, source=chain.source)


def blocked_by(chains: Iterable[Chain], wanted: Flows) -> Source | None:
    """The first line that stops some of the wanted flows."""
    return _first(chains, wanted, Fate.BLOCKED)


def passed_by(chains: Iterable[Chain], wanted: Flows) -> Source | None:
    """The first line that lets some of the wanted flows through."""
    return _first(chains, wanted, Fate.PASSES)


def _first(chains: Iterable[Chain], wanted: Flows, fate: Fate) -> Source | None:
    found = (one for chain in chains for one in decisions(chain, wanted) if one.fate is fate)
    return next((one.source for one in found), None)


def agrees(wanted: Filter, running: Filter | None) -> bool:
    """Whether what is known of a device's filter is what is wanted; None lets everything pass."""
    surely = EVERYTHING if running is None else running.passes
    perhaps = NOTHING if running is None else running.perhaps
    return not (surely - wanted.passes) and not (wanted.passes - surely - perhaps)
