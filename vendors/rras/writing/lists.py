"""Rules on flows as lines of static packet filters: what passes, or what does not.

There is no order among lines, so what is prohibited is taken out of what is permitted before a line
is written ("RRAS static packet filters: do's and don'ts"): a port or a network at a time. Of the
two lists that say the same the shorter one is written, and where both are equal the one that is
closed without its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from appliance.model.diagram import Interval
from appliance.model.filters import Filter, Rule
from appliance.model.traffic import (
    ADDRESSES,
    ICMP,
    NOTHING,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    Flows,
    flows,
    networks,
    turned,
)
from appliance.record import dataclass, replace
from vendors.rras import lines, names
from vendors.rras.writing.filters import Listed, Lists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    _Ping = Callable[[Box, Direction], Iterator["_Row"]]

MOST = 1_000
"""Lines of one direction: a limit of ours, Windows names none."""

WAYS = {"Inbound": Direction.FROM_AZURE, "Outbound": Direction.TO_AZURE}
MEMORYLESS = ((0, ICMP - 1), (ICMP + 1, TCP - 1), (TCP + 1, 255))
"""Protocols whose answers look like what begins."""

BUT_PING = ((0, ICMP - 1), (ICMP + 1, 255))
OTHERS = 47
"""Some protocol that no rule names: where it passes, others do as well."""

PORT_0 = "port 0 cannot be named: 0 stands for any port"
_ERRORS = (3, 11)  # unreachable, which path MTU discovery needs, and time exceeded (RFC 792)
_ANOTHER = flows(Box(protocol=((OTHERS, OTHERS),)))
_ANY_PORT = ((0, 0),)
_NAMES = {TCP: "TCP", UDP: "UDP"}


class UntellableError(ValueError):
    """No list says it: why, and what to ask for instead."""

    def __init__(self, reason: str, *instead: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.instead = instead


def lists(wanted: Filter) -> Lists | None:
    """The filters of both ways; None where one of them cannot be said, or is too long."""
    found = {way: _shorter(wanted, own) for way, own in WAYS.items()}
    return {way: one for way, one in found.items() if one} if all(found.values()) else None


def size(wanted: Filter, rule: Rule, own: Direction) -> int:
    """Lines that a rule takes by itself."""
    first = _first(wanted, own)
    whole = first if rule.permit else _all(own) - first
    boxes = [box for part in _parts(rule, own, MEMORYLESS) for box in _boxes(part & whole)]
    return sum(row.count for box in boxes for row in _rows(box, own, _echo))


def _shorter(wanted: Filter, own: Direction) -> Listed | None:
    best: tuple[int, str, list[_Row]] | None = None
    for action, make in ((names.DENY, _permitted), (names.ALLOW, _prohibited)):
        try:
            rows = list(make(wanted, own))
        except UntellableError:
            continue
        size = sum(row.count for row in rows)
        if size <= MOST and (best is None or size < best[0]):
            best = size, action, rows
    if best is None:
        return None
    texts = dict.fromkeys(text for row in best[2] for text in row.lines())
    return Listed(best[1], tuple(texts))


@dataclass(frozen=True, slots=True)
class _Row:
    """Every combination of these as a line: networks, and ports or the like."""

    protocol: str
    source: tuple[Interval, ...]
    target: tuple[Interval, ...]
    data: tuple[tuple[Interval, ...], ...] = ()

    @property
    def count(self) -> int:
        found = len(list(networks(self.source))) * len(list(networks(self.target)))
        for intervals in self.data:
            found *= sum(high - low + 1 for low, high in intervals)
        return found

    def lines(self) -> Iterator[str]:
        data = product(*(_values(intervals) for intervals in self.data))
        ends = product(networks(self.source), networks(self.target), data)
        for source, target, values in ends:
            yield str(lines.Line(source, target, self.protocol, values))


def _values(intervals: Sequence[Interval]) -> list[int]:
    return [value for low, high in intervals for value in range(low, high + 1)]


def _permitted(wanted: Filter, own: Direction) -> Iterator[_Row]:
    """What passes: first packets of flows this way, and answers to those of the other.

    Established TCP and echo replies go by lines of their own, so that nobody begins by them.
    """
    first, permits = _first(wanted, own), [rule for rule in wanted.rules if rule.permit]
    asked = (part for rule in permits for part in _parts(rule, own, MEMORYLESS))
    boxes = list(_covering(asked, first, NOTHING))
    for box in boxes:
        yield from _rows(box, own, _echo)
    every = _union(flows(box) for box in boxes if box.protocol == PROTOCOLS)
    for box in _covering(_backs(permits, TCP), _back(wanted.passes, own, TCP), first):
        yield _Row(lines.ESTABLISHED, *_ends(box, own), (_ports(box.from_ports), _ports(box.ports)))
    for box in _covering(_backs(permits, ICMP), _back(wanted.passes, own, ICMP), every):
        yield _icmp(box, own, 0)
    if every != _all(own):
        for kind in _ERRORS:
            yield _Row("ICMP", ADDRESSES, ADDRESSES, (((kind, kind),), ((lines.ANY_CODE,) * 2,)))


def _prohibited(wanted: Filter, own: Direction) -> Iterator[_Row]:
    """What does not pass. A line about TCP is one about its answers too: they must not be wanted.

    Raises `UntellableError` where they are.
    """
    first = _first(wanted, own)
    replies = _back(wanted.passes, own, ICMP)
    if _back(wanted.passes, own, TCP) - first:
        raise UntellableError("a line that stops TCP stops answers as well")

    def ping(box: Box) -> Iterator[_Row]:
        yield from _echo(box, own)
        if not flows(replace(box, protocol=((ICMP, ICMP),))) & replies:
            yield _icmp(box, own, 0)

    denies = (rule for rule in wanted.rules if not rule.permit)
    parts = (part for rule in denies for part in _parts(rule, own, BUT_PING))
    for box in _covering(parts, _all(own) - first, NOTHING):
        if box.protocol == PROTOCOLS and flows(box) & replies:
            raise UntellableError("a line that stops any protocol stops echo replies as well")
        yield from _rows(box, own, lambda one, _: ping(one))


def _covering(parts: Iterable[Flows], whole: Flows, covered: Flows) -> Iterator[Box]:
    """Boxes that together are `whole`, by the rules that ask for it: they may overlap, since
    a set cut into pieces that do not is many more networks. What is `covered` needs none."""
    for part in parts:
        asked = part & whole
        if asked - covered:
            yield from _boxes(asked)
            covered |= asked
    yield from _boxes(whole - covered)


def _boxes(asked: Flows) -> Iterator[Box]:
    """Flows of one direction: where every protocol is among them by itself, then the rest."""
    every = _everywhere(asked) if asked & _ANOTHER else NOTHING
    yield from every.boxes()
    yield from (asked - every).boxes()


def _everywhere(asked: Flows) -> Flows:
    """Those between networks for which nothing is missing, whatever protocol and port."""
    ways = (box.direction for box in asked.boxes())
    within = flows(Box(direction=next(ways)))
    lacking = (within - asked).boxes()
    return within - _union(flows(Box(local=box.local, remote=box.remote)) for box in lacking)


def _rows(box: Box, own: Direction, ping: _Ping) -> Iterator[_Row]:
    """A box of flows as lines about their first packets. Raises `UntellableError`."""
    if box.protocol == PROTOCOLS:
        yield _Row(lines.ANY, *_ends(box, own))
        return
    for number in _values(box.protocol):
        if number == ICMP:
            yield from ping(box, own)
        elif number in _NAMES:
            ports = _ports(box.from_ports), _ports(box.ports)
            yield _Row(_NAMES[number], *_ends(box, own), ports)
        elif number == 0:
            raise UntellableError(
                "other protocols than TCP, UDP and ICMP take a line each, and one way only their "
                "answers cannot be told from what the other side begins",
                "`direction: both` for `protocol: any`",
                "a rule each for tcp, udp and icmp",
            )
        else:
            yield _Row(lines.OTHER, *_ends(box, own), (((number, number),),))


def _echo(box: Box, own: Direction) -> Iterator[_Row]:
    yield _icmp(box, own, 8)


def _icmp(box: Box, own: Direction, kind: int) -> _Row:
    return _Row("ICMP", *_ends(box, own), (((kind, kind),), ((0, 0),)))


def _ends(box: Box, own: Direction) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    outwards = own is Direction.TO_AZURE
    return (box.local, box.remote) if outwards else (box.remote, box.local)


def _ports(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    if intervals == PORTS:
        return _ANY_PORT
    if intervals[0][0] == 0:
        raise UntellableError(PORT_0, "ports from 1 on")
    return intervals


def _all(own: Direction) -> Flows:
    return flows(Box(direction=((int(own), int(own)),)))


def _first(wanted: Filter, own: Direction) -> Flows:
    return wanted.passes & _all(own)


def _back(passes: Flows, own: Direction, protocol: int) -> Flows:
    """The answers that go `own`, as flows that would begin like them."""
    asked = Box(direction=((1 - own, 1 - own),), protocol=((protocol, protocol),))
    return _turned(passes & flows(asked))


def _turned(asked: Flows) -> Flows:
    return _union(flows(turned(box)) for box in asked.boxes())


def _parts(rule: Rule, own: Direction, protocols: Sequence[Interval]) -> Iterator[Flows]:
    """What a rule asks for one way, and what looks like answers to what it asks the other way.

    Apart from each other: together they would be cut into pieces that do not overlap.
    """
    asked = rule.flows()
    yield asked & _all(own)
    yield _turned(asked & _all(Direction(1 - own)) & flows(Box(protocol=tuple(protocols))))


def _backs(rules: Iterable[Rule], protocol: int) -> Iterator[Flows]:
    for rule in rules:
        for own in Direction:
            yield _back(rule.flows(), own, protocol)


def _union(parts: Iterable[Flows]) -> Flows:
    found = NOTHING
    for part in parts:
        found |= part
    return found
