"""What may cross a tunnel by its access lists: IOS looks at each packet for itself.

A flow passes when the list of its own direction takes its first packet, and the list of the other
direction its answers ("IOS Security Configuration Guide: Access Control Lists").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from appliance.model.diagram import Interval
from appliance.model.filters import Chain, Entry, Filter
from appliance.model.packets import Match, Turned, places, views
from appliance.model.traffic import (
    ADDRESSES,
    EVERYTHING,
    NOTHING,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    flows,
)
from appliance.record import dataclass, replace
from vendors.cisco import services
from vendors.cisco.sections import Notes, Said, number, source
from vendors.cisco.writing.section import ours
from vendors.cisco_ios.reading.access import AccessLists
from vendors.cisco_ios.reading.access import Entry as Row
from vendors.cisco_ios.reading.object_groups import Places

TO, FROM = Direction

_SILENT = frozenset({"log", "log-input"})
_ICMP_TYPES = {
    "echo": 8,
    "echo-reply": 0,
    "unreachable": 3,
    "net-unreachable": 3,
    "host-unreachable": 3,
    "port-unreachable": 3,
    "protocol-unreachable": 3,
    "packet-too-big": 3,
    "administratively-prohibited": 3,
    "source-quench": 4,
    "redirect": 5,
    "time-exceeded": 11,
    "ttl-exceeded": 11,
    "parameter-problem": 12,
    "timestamp-request": 13,
    "timestamp-reply": 14,
    "traceroute": 30,
}
_OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
_ICMP_WORDS = 2
"""Type and code at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A line as the packets it matches; not `sure` where it may match fewer of them."""

    row: Row
    matches: tuple[Match, ...]
    sure: bool


def crossing(
    lists: AccessLists, applied: Sequence[Said], zone: Said | None, notes: Notes
) -> Filter | None:
    """What the access lists of a tunnel let through; None when none is applied.

    `applied` are the statements that put lists to work, NAME and `in` or `out` as arguments. A list
    that is not defined, or has no entry, lets everything through. What a zone-based firewall does
    with a tunnel in `zone` is not read: nobody knows.
    """
    notes.at("filter", zone)
    found: list[tuple[Said, Direction]] = []
    for way, own in (("in", FROM), ("out", TO)):
        said = _last(applied, way)
        if said is not None:
            notes.at("filter", said)
            notes.objects[f"filter {way}"] = said.args[0]
            if ours(said.args[0]) and lists.entries(said.args[0]):
                notes.objects[f"filter {way} lines"] = _own(lists, said.args[0])
            found.append((said, own))
    firewall = None if zone is None else _firewall(zone)
    if not found and firewall is None:
        return None
    return Filter(read=lambda: (*_all(lists, found), *([firewall] if firewall else ())))


def _all(lists: AccessLists, found: Sequence[tuple[Said, Direction]]) -> Iterable[Chain]:
    """The chains of both lists; what a flow begins with is looked at before its answers."""
    made = [chain for said, own in found for chain in _chains(lists, said, own)]
    return sorted(made, key=lambda chain: chain.name.endswith(")"))


def _firewall(zone: Said) -> Chain:
    where = source(zone.line)
    entry = Entry(flows=EVERYTHING, permit=None, source=where)
    return Chain(name="zone-based firewall", entries=(entry,), source=where)


def _own(lists: AccessLists, name: str) -> str:
    """The entries of a list of ours as we would write them, whatever port names IOS prints."""
    return "\n".join(_plain(row) for row in lists.entries(name) or ())


def _plain(row: Row) -> str:
    words = row.line.text.split()
    words = words[1:] if number(words[0]) is not None else words
    named = (services.port(word, udp=row.protocol == "udp") for word in words)
    ports = {word for condition in row.ports for word in condition[1:]}
    pairs = zip(words, named, strict=True)
    return " ".join(
        word if value is None or word not in ports else str(value) for word, value in pairs
    )


def _last(applied: Sequence[Said], way: str) -> Said | None:
    found = [said for said in applied if len(said.args) > 1 and said.args[1].lower() == way]
    return found[-1] if found else None


def _chains(lists: AccessLists, said: Said, own: Direction) -> Iterator[Chain]:
    """The list as flows in its own direction see it, and the answers to those in the other."""
    name = said.args[0]
    parts, doubts = [_part(lists, row) for row in lists.entries(name) or ()], _doubts(lists, name)
    if not parts and not doubts:
        return
    label = f"access list {name} {said.args[1].lower()}"
    stops = (one for part in parts if not part.row.permit for one in part.matches)
    later = any(one.established for one in stops)
    for title, way, turned in views(label, own, later=later):
        yield Chain(
            name=title,
            entries=(*doubts, *(_entry(part, way, turned) for part in parts)),
            source=source(said.line),
            scope=flows(Box(direction=((int(way), int(way)),))),
        )


def _doubts(lists: AccessLists, name: str) -> list[Entry]:
    """Lines that are no entry as we know them (`evaluate`, `dynamic`) may do anything."""
    return [
        Entry(flows=EVERYTHING, permit=permit, source=source(line), sure=False)
        for line in lists.unknown(name)
        for permit in (True, False)
    ]


def _entry(part: _Part, way: Direction, turned: Turned) -> Entry:
    found = NOTHING
    for match in part.matches:
        found |= turned(match, way)
    return Entry(flows=found, permit=part.row.permit, source=source(part.row.line), sure=part.sure)


def _part(lists: AccessLists, row: Row) -> _Part:
    rest = [word for word in row.rest if word not in _SILENT]
    if "fragments" in rest:
        return _Part(row=row, matches=(), sure=True)  # first packets are no later fragments
    services_ = _services(lists, row)
    base, sure = _narrowed(row, rest)
    if services_ is None:
        services_, sure = [Match()], False
    here, there = _covered(row.source), _covered(row.target)
    if here is None or there is None:
        sure = False
    matches = (
        replace(
            one,
            source=here or ADDRESSES,
            target=there or ADDRESSES,
            icmp=base.icmp,
            established=base.established,
        )
        for one in services_
    )
    return _Part(row=row, matches=tuple(matches), sure=sure)


def _covered(pairs: Places | None) -> tuple[Interval, ...] | None:
    return None if not pairs else places(pairs)


def _narrowed(row: Row, rest: Sequence[str]) -> tuple[Match, bool]:
    """What the words behind the addresses ask for, and whether that is all they say."""
    if not rest:
        return Match(), True
    if rest in (["established"], ["ack"]):
        return Match(established=True), True
    if row.protocol in {"icmp", "1"} and len(rest) <= _ICMP_WORDS:
        kind = _ICMP_TYPES.get(rest[0], number(rest[0]))
        return Match(icmp=kind), kind is not None
    return Match(), rest[0] == "reflect"


def _services(lists: AccessLists, row: Row) -> list[Match] | None:
    """The protocol and ports of a line, or of each line of its service group."""
    if not row.protocol.startswith("object-group "):
        one = _service(row.protocol, row.ports)
        return None if one is None else [one]
    found: list[Match] = []
    for said in lists.groups.members("object-group service", row.protocol.split(" ", 1)[1]):
        some = None if said is None else _member([word.lower() for word in said.words])
        if some is None:
            return None
        found += some
    return found


def _service(protocol: str, conditions: tuple[tuple[str, ...], tuple[str, ...]]) -> Match | None:
    value = 0 if protocol == "ip" else services.PROTOCOLS.get(protocol, number(protocol))
    if value is None:
        return None
    if not any(conditions):
        return Match(protocol=PROTOCOLS if value == 0 else ((value, value),))
    read = [services.ports(words, udp=value == UDP) for words in conditions]
    if value not in (TCP, UDP) or read[0] is None or read[1] is None:
        return None
    return Match(protocol=((value, value),), source_ports=read[0], target_ports=read[1])


def _member(words: Sequence[str]) -> list[Match] | None:
    """One line of a service group: `tcp eq www`, `tcp-udp source gt 1023 eq domain`, `icmp`."""
    rest = list(words[1:])
    asking: list[str] = []
    if rest[:1] == ["source"]:
        cut = next((at for at in range(3, len(rest)) if rest[at] in _OPERATORS), len(rest))
        asking, rest = rest[1:cut], rest[cut:]
    if rest and rest[0] not in _OPERATORS:
        rest = ["eq", *rest]
    kinds = ["tcp", "udp"] if words[0] == "tcp-udp" else [words[0]]
    read = [_service(kind, (tuple(asking), tuple(rest))) for kind in kinds]
    found = [one for one in read if one is not None]
    return found if len(found) == len(read) else None
