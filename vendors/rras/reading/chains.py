"""Static packet filters as chains of lines: which flows they let through, and which line says so.

A flow passes when the list of its own way takes its first packet, and that of the other way its
answers: no connection is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from appliance.model.filters import Chain, Entry, Filter
from appliance.model.packets import Match, Turned, views
from appliance.model.traffic import (
    EVERYTHING,
    ICMP,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    flows,
    interval,
)
from appliance.model.tunnel import Source
from vendors.rras import lines, names
from vendors.rras.reading.filters import Listed

_WAYS = {"inbound": Direction.FROM_AZURE, "outbound": Direction.TO_AZURE}
_NUMBERS = {"TCP": TCP, "UDP": UDP, lines.ESTABLISHED: TCP}
_NO_ECHO = 256
"""An ICMP type that no packet has."""


def crossing(name: str, both: Mapping[str, Listed | None], missing: Source) -> Filter:
    """What the filters of an interface let through; `missing` is where nobody told some."""
    return Filter(read=lambda: _chains(name, both, missing))


def _chains(name: str, both: Mapping[str, Listed | None], missing: Source) -> Iterable[Chain]:
    """The chains of both ways; what a flow begins with is looked at before its answers."""
    made: list[Chain] = []
    for way, own in _WAYS.items():
        one = both[way]
        label = f"static filter {name} {way}"
        made += [_untold(label, missing)] if one is None else _views(label, one, own)
    return sorted(made, key=lambda chain: chain.name.endswith(")"))


def _untold(label: str, missing: Source) -> Chain:
    where = Source(missing.line, f"{missing.text}: no output of Get-RemoteAccessIpFilter for it")
    doubt = Entry(flows=EVERYTHING, permit=None, source=where)
    return Chain(name=f"{label}: not told", entries=(doubt,), source=where)


def _views(label: str, one: Listed, own: Direction) -> Iterator[Chain]:
    """The list as flows of its own way see it, and the answers to those of the other."""
    permit = one.action == names.DENY
    read = [(lines.read(text), source) for text, source in one.lines]
    established = any(line is not None and line.protocol == lines.ESTABLISHED for line, _ in read)
    for title, way, turned in views(label, own, later=established and not permit):
        yield Chain(
            name=title,
            entries=(*_doubts(one, permit=permit), *_entries(read, way, turned, permit=permit)),
            source=one.source,
            scope=flows(Box(direction=((int(way), int(way)),))),
            otherwise=one.action == names.ALLOW,
        )


def _doubts(one: Listed, *, permit: bool) -> Iterator[Entry]:
    """What nobody knows: lines that were cut off, and a list that lets nothing through but no line.

    Whether an action without any exception is in force is not documented.
    """
    if one.action not in (names.ALLOW, names.DENY) or (one.whole and permit and not one.lines):
        yield Entry(flows=EVERYTHING, permit=None, source=one.source)
    elif not one.whole:
        yield Entry(flows=EVERYTHING, permit=permit, source=one.source, sure=False)


def _entries(
    read: Iterable[tuple[lines.Line | None, Source]],
    way: Direction,
    turned: Turned,
    *,
    permit: bool,
) -> Iterator[Entry]:
    for line, source in read:
        if line is None:
            yield Entry(flows=EVERYTHING, permit=permit, source=source, sure=False)
        else:
            yield Entry(flows=turned(_match(line), way), permit=permit, source=source)


def _match(line: lines.Line) -> Match:
    """The packets that it matches."""
    ends = (interval(line.source),), (interval(line.target),)
    if line.protocol == lines.ANY:
        return Match(protocol=PROTOCOLS, source=ends[0], target=ends[1])
    if line.protocol == lines.OTHER:
        return Match(protocol=((line.data[0],) * 2,), source=ends[0], target=ends[1])
    if line.protocol == "ICMP":
        kind = ((ICMP, ICMP),)
        return Match(protocol=kind, source=ends[0], target=ends[1], icmp=_type(*line.data))
    number = _NUMBERS[line.protocol]
    asking, asked = (PORTS if port == 0 else ((port, port),) for port in line.data)
    return Match(
        protocol=((number, number),),
        source=ends[0],
        target=ends[1],
        source_ports=asking,
        target_ports=asked,
        established=line.protocol == lines.ESTABLISHED,
    )


def _type(kind: int, code: int) -> int | None:
    """The type; echo and its reply have code 0 only."""
    if code not in (0, lines.ANY_CODE):
        return _NO_ECHO
    return None if kind == lines.ANY_CODE else kind
