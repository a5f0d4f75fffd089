"""What a line of an access list matches, in sets of packets."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model.diagram import Interval, joined
from appliance.model.packets import ECHO, ECHO_REPLY, Match
from appliance.model.traffic import ADDRESSES, ICMP, PROTOCOLS, TCP, UDP, interval
from appliance.record import replace
from vendors.cisco import services
from vendors.cisco.sections import number
from vendors.cisco_asa.reading.access import AccessLists, Entry, harmless
from vendors.cisco_asa.reading.places import Found

_WHOLE = frozenset({"ip", "any"})
_OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
_PINGS = {"echo": ECHO, "8": ECHO, "echo-reply": ECHO_REPLY, "0": ECHO_REPLY}
_NO_FLOWS = frozenset(
    {
        *("unreachable", "time-exceeded", "parameter-problem", "source-quench", "redirect"),
        *("conversion-error", "alternate-address", "mobile-redirect", "traceroute"),
        *("information-request", "information-reply", "mask-request", "mask-reply"),
        *("timestamp-request", "timestamp-reply"),
        *("router-advertisement", "router-solicitation"),
    }
)
"""ICMP types that are of no ping: errors go with the flow that they speak of."""


def matches(lists: AccessLists, row: Entry) -> tuple[list[Match], bool]:
    """A line as the packets it matches, and whether that is all it says."""
    here, there = _covered(row.source), _covered(row.target)
    sure = not (row.source.vague or row.target.vague or row.source.lacking or row.target.lacking)
    found: list[Match] = []
    for words in row.protocols:
        parts = _service(lists, words, row.ports)
        if parts is None:
            parts, sure = [Match()], False
        found += (replace(part, source=here, target=there) for part in parts)
    if row.odd:
        return _typed(found, [word for word in row.rest if word], sure=sure)
    return found, sure


def _typed(found: list[Match], rest: Sequence[str], *, sure: bool) -> tuple[list[Match], bool]:
    """An ICMP type behind the addresses; anything else there is not understood."""
    icmp = all(one.protocol == ((ICMP, ICMP),) for one in found)
    behind = rest[2:] if rest[1:2] and rest[1].isdecimal() else rest[1:]  # a type may have a code
    pings = _pings(rest[:1]) if icmp and rest else None
    if pings is None:
        return found, False
    typed = [replace(one, icmp=ping.icmp) for one in found for ping in pings]
    return typed, sure and harmless(behind)


def _pings(types: Sequence[str]) -> list[Match] | None:
    """What of these ICMP types is of a ping; None when one is not known."""
    if not all(one in _PINGS or one in _NO_FLOWS or one.isdecimal() for one in types):
        return None
    kinds = dict.fromkeys(_PINGS[one] for one in types if one in _PINGS)
    return [Match(protocol=((ICMP, ICMP),), icmp=kind) for kind in kinds]


def _covered(found: Found) -> tuple[Interval, ...]:
    if found.vague or found.lacking:
        return ADDRESSES
    return tuple(interval(network) for network in found.places)


def _service(
    lists: AccessLists,
    words: Sequence[str],
    conditions: tuple[tuple[str, ...], tuple[str, ...]],
) -> list[Match] | None:
    """A protocol with its ports: behind the addresses, or in the service object itself."""
    protocol, *inner = words
    if protocol in _WHOLE and not inner and not any(conditions):
        return [Match()]
    value = services.PROTOCOLS.get(protocol, number(protocol))
    if value == ICMP and (inner or any(conditions)):
        return _of_icmp(lists, inner, conditions[1])
    asking, asked = _inner(inner) if inner else conditions
    if value is None or (value == 0 and (asking or asked)):
        return None
    if not asking and not asked:
        return [Match(protocol=PROTOCOLS if value == 0 else ((value, value),))]
    ports = [_ports(lists, one, udp=value == UDP) for one in (asking, asked)]
    if value not in (TCP, UDP) or ports[0] is None or ports[1] is None:
        return None
    return [Match(protocol=((value, value),), source_ports=ports[0], target_ports=ports[1])]


def _of_icmp(lists: AccessLists, inner: Sequence[str], group: Sequence[str]) -> list[Match] | None:
    """The types that a service object has (`icmp echo 0`), or a group of them."""
    if inner:
        return _pings(inner[:1])
    if group[:1] != ("object-group",):
        return None
    members = [said for _, said in lists.objects.members("object-group icmp-type", group[1])]
    types = [said.args[0].lower() for said in members if said is not None and said.args]
    return _pings(types) if len(types) == len(members) else None


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
