"""NAT in the way of crypto maps: IOS translates before it looks for a map entry.

"Understanding the Order of Operations of NAT": what leaves by an interface with `ip nat outside`
meets the rules of `ip nat inside source` first; translated, it matches no selector any more.
Tunnel interfaces are outside of NAT unless they say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.access import AccessLists, Entry
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.object_groups import Places, as_network
from vendors.cisco_ios.reading.running import Running

Net = tuple[int, int]
"""Where a network begins, and its length: a hub has thousands, compared with as many."""
Pair = tuple[Net, Net]

_TOLD = 3
"""More pairs than these are counted, not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of an access list as pairs of networks; `exempts` is a `deny`."""

    line: Line
    exempts: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Lists of which one must match, and what then: a route map's `deny` ends the search."""

    permit: bool
    lists: tuple[str, ...]


class Nat:
    """The dynamic rules of a router, read when a crypto map is bound to an outside interface."""

    def __init__(self, running: Running, lists: AccessLists) -> None:
        self.running = running
        self.lists = lists
        self._inside: bool | None = None
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._exempt: dict[str, frozenset[Pair]] = {}
        self._parts: dict[str, dict[int | None, list[int]]] = {}

    def translated(
        self, outside: str | None, selectors: tuple[TrafficSelector, ...], notes: Notes
    ) -> tuple[str, tuple[TrafficSelector, ...] | None]:
        """What NAT does to these pairs in words (empty: nothing), and those that it leaves alone.

        None where it leaves all alone.
        """
        block = self.running.block("interface", outside or "")
        if block is None or not block.all("nat outside") or not self._any_inside():
            return "", None
        found = {pair: hit for pair in selectors if (hit := self._hit(block, pair)) is not None}
        if not found:
            return "", None
        rule, line = next(iter(found.values()))
        notes.at("quirks.nat", line)
        notes.at("passes", line)
        spared = tuple(pair for pair in selectors if pair not in found)
        return _words(rule, list(found)), spared

    def _any_inside(self) -> bool:
        if self._inside is None:
            blocks = self.running.saying("interface", " inside")
            self._inside = any(block.all("nat inside") for block in blocks)
        return self._inside

    def _hit(self, block: Block, pair: TrafficSelector) -> tuple[Said, Line] | None:
        """The rule that translates something of a pair, and the line that says so."""
        for rule in self.running.said("nat source"):
            if not _leaves_by(rule, block.name):
                continue
            left = [(_net(pair.local), _net(pair.remote))]
            for clause in self._clauses(rule, block.name):
                hits, left = self._walk(clause.lists, left)
                if clause.permit and hits:
                    return rule, hits[0]
        return None

    def _clauses(self, rule: Said, outside: str) -> Iterator[Clause]:
        kind, name = rule.args[0].lower(), rule.args[1]
        if kind == "list":
            yield Clause(permit=True, lists=(name,))
            return
        named = (key for key in self.running.names("route-map") if key.split()[0] == name)
        for key in sorted(named, key=lambda key: number(key.split()[-1]) or 0):
            block = self.running.block("route-map", key)
            clause = None if block is None else _clause(block, outside)
            if clause is not None:
                yield clause

    def _walk(self, names: Iterable[str], pairs: list[Pair]) -> tuple[list[Line], list[Pair]]:
        """The lines that match something of these pairs, and what none of them matches."""
        hits: list[Line] = []
        for name in names:
            rows = self._near(name, pairs)
            left: list[Pair] = []
            todo = [pair for pair in pairs if pair not in self._exempt[name]]
            left += [pair for pair in pairs if pair in self._exempt[name]]
            for row in rows if todo else ():
                met = [pair for pair in todo if any(_meet(pair, other) for other in row.pairs)]
                if met and row.exempts:
                    left += [inner for one in met for inner in _inner(one, row.pairs)]
                elif met:
                    hits.append(row.line)
                for other in row.pairs if met else ():
                    todo = [piece for pair in todo for piece in _without(pair, other)]
            pairs = [*left, *todo]
        return hits, pairs

    def _read(self, name: str) -> tuple[Row, ...]:
        if name not in self._rows:
            entries = self.lists.entries(name) or ()
            rows = self._rows[name] = tuple(row for entry in entries if (row := _row(entry)))
            first = next((at for at, row in enumerate(rows) if not row.exempts), len(rows))
            self._exempt[name] = frozenset(pair for row in rows[:first] for pair in row.pairs)
        return self._rows[name]

    def _near(self, name: str, pairs: list[Pair]) -> Iterable[Row]:
        """The lines of a list that may match, in order: those for the same part of the world."""
        rows = self._read(name)
        if name not in self._parts:
            parts = self._parts[name] = {}
            for at, row in enumerate(rows):
                for where in {_part(pair) for pair in row.pairs}:
                    parts.setdefault(where, []).append(at)
        wanted = {_part(pair) for pair in pairs}
        if None in wanted:
            return rows
        found = (self._parts[name].get(where, ()) for where in (*wanted, None))
        return [rows[at] for at in sorted({at for some in found for at in some})]


def _part(pair: Pair) -> int | None:
    """The half of an address that a remote network lies in; None for one that lies in several."""
    base, length = pair[1]
    return base >> _HALF if length >= _HALF else None


_HALF = 16


def _leaves_by(rule: Said, outside: str) -> bool:
    """Whether a dynamic rule is about what leaves by this interface, in no VRF of its own."""
    words = [word.lower() for word in rule.args]
    if len(words) < 2 or words[0] not in {"list", "route-map"} or "vrf" in words:  # noqa: PLR2004
        return False
    if "interface" not in words:
        return True
    return canonical(rule.args[words.index("interface") + 1 :][:1]) == outside


def _clause(block: Block, outside: str) -> Clause | None:
    """One entry of a route map; None where it is for another interface, or says what we do not."""
    through = [canonical(said.args) for said in block.all("match interface")]
    lists = tuple(name for said in block.all("match acl") for name in said.words[3:])
    if block.all("match other") or (through and outside not in through) or not lists:
        return None
    return Clause(permit="deny" not in block.line.text.split()[2:3], lists=lists)


def _row(entry: Entry) -> Row | None:
    """A line of an access list, in doubt as one that leaves alone; None where it matches nothing.

    A `deny` of one protocol leaves the others to the lines below.
    """
    if not entry.permit and entry.protocol not in {"ip", "0"}:
        return None
    pairs = _pairs(entry.source, entry.target)
    if pairs is None:
        pairs = () if entry.permit else _EVERYTHING
    return Row(line=entry.line, exempts=not entry.permit, pairs=pairs) if pairs else None


_EVERYTHING = (((0, 0), (0, 0)),)
_MOST = 2000
"""Lines that stand for more pairs than these are not looked into."""


def _pairs(source: Places | None, target: Places | None) -> tuple[Pair, ...] | None:
    """None where some of it is not known, or not a network."""
    if source is None or target is None or len(source) * len(target) > _MOST:
        return None
    ends = [[as_network(one) for one in places] for places in (source, target)]
    known = [[_net(one) for one in places if one is not None] for places in ends]
    if any(len(one) < len(places) for one, places in zip(known, ends, strict=True)):
        return None
    return tuple((one, other) for one in known[0] for other in known[1])


def _net(network: IPv4Network) -> Net:
    return int(network.network_address), network.prefixlen


def _meet(one: Pair, other: Pair) -> bool:
    return _overlap(one[1], other[1]) and _overlap(one[0], other[0])


def _overlap(one: Net, other: Net) -> bool:
    return not (one[0] ^ other[0]) >> (_BITS - min(one[1], other[1]))


_BITS = 32


def _inner(pair: Pair, others: Iterable[Pair]) -> Iterator[Pair]:
    for other in others:
        if _meet(pair, other):
            yield _smaller(pair[0], other[0]), _smaller(pair[1], other[1])


def _smaller(one: Net, other: Net) -> Net:
    return one if one[1] >= other[1] else other


def _without(pair: Pair, other: Pair) -> Iterator[Pair]:
    """What of a pair is not in another one."""
    if not _meet(pair, other):
        yield pair
        return
    local, remote = _smaller(pair[0], other[0]), _smaller(pair[1], other[1])
    for piece in _around(local, pair[0]):
        yield piece, pair[1]
    for piece in _around(remote, pair[1]):
        yield local, piece


def _around(inner: Net, whole: Net) -> Iterator[Net]:
    """What a network has besides one inside it: at each length the other half."""
    for length in range(whole[1] + 1, inner[1] + 1):
        rest = _BITS - length
        yield ((inner[0] >> rest) ^ 1) << rest, length


def _words(rule: Said, pairs: list[TrafficSelector]) -> str:
    told = ", ".join(map(str, pairs[:_TOLD]))
    more = f" and {len(pairs) - _TOLD} more" if len(pairs) > _TOLD else ""
    name = " ".join(rule.words[: rule.depth + 2])
    return f"nat: `{name}` translates {told}{more} before it can enter the tunnel"
