"""What may cross a tunnel: the filter of its group policy, and lists on interfaces.

A `vpn-filter` is one list for both directions, written as the far end sees it: the source is in
Azure. It is asked about connections, so answers need no line; and a line for connections from a
port of the far end is one for connections to that port ("ASA VPN Configuration Guide", VPN
filters). Lists on interfaces do not see what comes out of a tunnel while `sysopt connection
permit-vpn` is on, as it is by default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.model.diagram import Interval, joined
from appliance.model.filters import Chain, Entry, Filter
from appliance.model.packets import Match, answered_flows, first_flows
from appliance.model.traffic import (
    ADDRESSES,
    EVERYTHING,
    ICMP,
    NOTHING,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    Flows,
    flows,
    interval,
)
from appliance.model.tunnel import Source
from appliance.record import dataclass, replace
from vendors.cisco import services
from vendors.cisco.sections import Notes, Said, number, source
from vendors.cisco.writing.section import ours
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.access import Entry as Row
from vendors.cisco_asa.reading.places import Found
from vendors.cisco_asa.reading.running import Running

TO, FROM = Direction

_WHOLE = frozenset({"ip", "any"})
_OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
_ECHO = frozenset({"echo", "8"})
_NEVER = ("unreachable", "echo-reply", "time-exceeded", "source-quench", "redirect", "0", "3", "11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What is applied to a tunnel: the filter, its statement, and the tunnel's interface.

    `entered` is the interface at which decrypted traffic appears, `through` that of the tunnel.
    """

    vpn_filter: Said | None
    entered: str | None
    through: str | None


def crossing(running: Running, lists: AccessLists, applied: Applied, notes: Notes) -> Filter | None:
    """What the lists of a tunnel let through; None when there are none in its way."""
    said = applied.vpn_filter
    if said is not None:
        notes.at("filter", said)
        if ours(said.args[0]) and (rows := lists.entries(said.args[0])):
            notes.objects["vpn-filter lines"] = "\n".join(map(_plain, rows))
    groups = list(_groups(running, applied))
    for one in groups:
        notes.at("filter", one)
    if said is None and not groups and not running.off("permit-vpn"):
        return None
    return Filter(read=lambda: _chains(running, lists, applied))


def _plain(row: Row) -> str:
    """An entry of a list of ours as we would write it, whatever port names the ASA prints."""
    words = row.line.text.split()[2:]
    udp = row.protocols[0][0] == "udp"
    ports = {word for condition in row.ports for word in condition[1:]}
    named = {word: services.port(word, udp=udp) for word in ports}
    return " ".join(str(named[word]) if named.get(word) is not None else word for word in words)


def _groups(running: Running, applied: Applied) -> Iterator[Said]:
    """The `access-group` statements that are asked about the tunnel's traffic."""
    for said in running.said("access-group"):
        words = [word.lower() for word in said.args]
        if words[-1:] == ["control-plane"] or len(words) < 4:  # noqa: PLR2004 -- NAME in interface X
            continue
        nameif = words[3]
        inwards = words[1] == "in" and running.off("permit-vpn")
        if inwards and nameif == (applied.entered or "").lower():
            yield said
        if words[1] == "out" and nameif == (applied.through or "").lower():
            yield said


def _chains(running: Running, lists: AccessLists, applied: Applied) -> Iterator[Chain]:
    said = applied.vpn_filter
    if said is not None:
        yield _filter(lists, said, sure=applied.through is None)
    groups = list(_groups(running, applied))
    for one in groups:
        way = FROM if one.args[1].lower() == "in" else TO
        yield _interface(lists, one, way)
    if running.off("permit-vpn") and not any(one.args[1].lower() == "in" for one in groups):
        off = source(running.lines["no permit-vpn"][-1])
        yield Chain(name="sysopt", entries=(), source=off, scope=_ways(FROM))


def _ways(way: Direction) -> Flows:
    return flows(Box(direction=((int(way), int(way)),)))


def _filter(lists: AccessLists, said: Said, *, sure: bool) -> Chain:
    """The filter as both directions see it; whether it is asked on a tunnel interface is not said.

    An ICMP type in it says who begins only where the far end does.
    """
    found = []
    for row in lists.entries(said.args[0]) or ():
        parts, known = _matches(lists, row)
        matched = NOTHING
        for part in parts:
            typed = replace(part, icmp=None)
            matched |= first_flows(typed, FROM) | answered_flows(typed, TO)
            known = known and part.icmp is None
        found.append(_entry(row, matched, sure=known and sure))
    return Chain(
        name=f"vpn-filter {said.args[0]}",
        entries=tuple(found) or _undefined(source(said.line)),
        source=source(said.line),
    )


def _undefined(said: Source) -> tuple[Entry, ...]:
    return (Entry(flows=EVERYTHING, permit=None, source=said),)


def _interface(lists: AccessLists, said: Said, way: Direction) -> Chain:
    found = []
    for row in lists.entries(said.args[0]) or ():
        parts, known = _matches(lists, row)
        matched = NOTHING
        for part in parts:
            matched |= first_flows(part, way)
        found.append(_entry(row, matched, sure=known))
    return Chain(
        name=f"access list {said.args[0]} {said.args[1].lower()}",
        entries=tuple(found),
        source=source(said.line),
        scope=_ways(way),
        otherwise=not found,
    )


def _entry(row: Row, matched: Flows, *, sure: bool) -> Entry:
    return Entry(flows=matched, permit=row.permit, source=source(row.line), sure=sure)


def _matches(lists: AccessLists, row: Row) -> tuple[list[Match], bool]:
    """A line as the packets it matches, and whether that is all it says."""
    rest = [word for word in row.rest if word]
    here, there = _covered(row.source), _covered(row.target)
    sure = not (row.source.vague or row.target.vague or row.source.lacking or row.target.lacking)
    found: list[Match] = []
    for words in row.protocols:
        part = _service(lists, words, row.ports)
        if part is None:
            part, sure = Match(), False
        found.append(replace(part, source=here, target=there))
    if row.odd:
        return _typed(found, rest, sure=sure)
    return found, sure


def _typed(found: list[Match], rest: Sequence[str], *, sure: bool) -> tuple[list[Match], bool]:
    """An ICMP type behind the addresses; anything else there is not understood."""
    icmp = all(one.protocol == ((ICMP, ICMP),) for one in found)
    if icmp and rest and rest[0] in _ECHO:
        return [replace(one, icmp=8) for one in found], sure
    if icmp and rest and rest[0] in _NEVER:
        return [], sure
    return found, False


def _covered(found: Found) -> tuple[Interval, ...]:
    if found.vague or found.lacking:
        return ADDRESSES
    return tuple(interval(network) for network in found.places)


def _service(
    lists: AccessLists,
    words: Sequence[str],
    conditions: tuple[tuple[str, ...], tuple[str, ...]],
) -> Match | None:
    """A protocol with its ports: behind the addresses, or in the service object itself."""
    protocol, *inner = words
    if protocol in _WHOLE and not inner and not any(conditions):
        return Match()
    value = services.PROTOCOLS.get(protocol, number(protocol))
    asking, asked = _inner(inner) if inner else conditions
    if value is None or (value == 0 and (asking or asked)):
        return None
    if not asking and not asked:
        return Match(protocol=PROTOCOLS if value == 0 else ((value, value),))
    ports = [_ports(lists, one, udp=value == UDP) for one in (asking, asked)]
    if value not in (TCP, UDP) or ports[0] is None or ports[1] is None:
        return None
    return Match(protocol=((value, value),), source_ports=ports[0], target_ports=ports[1])


def _ports(lists: AccessLists, words: Sequence[str], *, udp: bool) -> tuple[Interval, ...] | None:
    """The ports of a condition, or of all conditions in the group that it names."""
    if words[:1] != ("object-group",):
        return services.ports(words, udp=udp)
    kind = lists.objects.kind_of_group(words[1])
    found: list[Interval] = []
    for _, said in lists.objects.members(f"object-group {kind}", words[1]):
        inner = None
        if said is not None and said.words[0].lower().startswith("port"):
            inner = services.ports([word.lower() for word in said.words[1:]], udp=udp)
        if inner is None:
            return None
        found += inner
    return tuple(joined(found))


def _inner(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`source range 1 9 destination eq https`, or ports alone, which are the destination's."""
    sides: dict[str, list[str]] = {"source": [], "destination": []}
    side = "destination"
    for word in words:
        if word in sides:
            side = word
        else:
            sides[side].append(word)
    one, other = (
        tuple(side if not side or side[0] in _OPERATORS else ["eq", *side])
        for side in sides.values()
    )
    return one, other
