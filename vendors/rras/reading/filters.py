"""The static packet filters of interfaces: what may cross a tunnel, packet by packet.

Each way of an interface has one action and lines that are exceptions from it, in no order; no
connection is remembered ("RRAS static packet filters: do's and don'ts", Routing and Remote Access
blog). A flow passes when the list of its own way takes its first packet, and that of the other way
its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from appliance.model.filters import Chain, Entry, Filter
from appliance.model.packets import Match, answered_flows, first_flows, later_flows
from appliance.model.traffic import EVERYTHING, Box, Direction, Flows, flows
from appliance.model.tunnel import Source, Tunnel
from appliance.record import dataclass, replace
from vendors.rras import lines, names
from vendors.rras.reading.fields import Fields

_WAYS = {"inbound": Direction.FROM_AZURE, "outbound": Direction.TO_AZURE}
_SHAPES = {
    "ipv4": (("action", "list"), ("ipv4filteraction", "ipv4filters")),
    "ipv6": (("action", "list"), ("ipv6filteraction", "ipv6filters")),
}
"""By family the members of an object for one family, and of one for both."""

_Turned = Callable[[Match, Direction], Flows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One way of an interface. `whole` is false where the text tells only part of it."""

    action: str
    lines: tuple[tuple[str, Source], ...]
    source: Source
    whole: bool = True

    @property
    def open(self) -> bool:
        """Whether it surely lets everything through."""
        return self.whole and self.action == names.ALLOW and not self.lines


Lists = dict[tuple[str, str], Listed]


def filtered(
    tunnels: Iterable[Tunnel], told: Iterable[Fields], odd: list[Source]
) -> tuple[Tunnel, ...]:
    """The tunnels with what may cross them. Filters of IPv6 are no part of the model: `odd`."""
    found = tuple(tunnels)
    listed: Lists = {}
    ours = {tunnel.name.lower() for tunnel in found}
    for fields in told:
        alias, way = fields.text("InterfaceAlias").lower(), fields.word("Direction").lower()
        if alias not in ours:
            continue
        families = dict(_families(fields))
        if way not in _WAYS or not families:
            odd.append(fields.source("InterfaceAlias"))
        elif "ipv4" in families:
            listed[alias, way] = families["ipv4"]
        if "ipv6" in families and not families["ipv6"].open:
            odd.append(families["ipv6"].source)
    return tuple(_one(tunnel, listed) for tunnel in found)


def _families(fields: Fields) -> Iterator[tuple[str, Listed]]:
    family = fields.word("AddressFamily").lower()
    for one, (apart, both) in _SHAPES.items():
        if both[0] in fields or both[1] in fields:
            yield one, _listed(fields, *both)
        elif family == one or (not family and one == "ipv4" and apart[0] in fields):
            yield one, _listed(fields, *apart)


def _listed(fields: Fields, action: str, member: str) -> Listed:
    word = names.word("Action", fields.text(action)).capitalize()
    rows = fields.items(member)
    kept = tuple((text, source) for text, source in rows if not text.endswith(("...", "\u2026")))
    told = word in (names.ALLOW, names.DENY) and member in set(fields.names)
    source = fields.source(action if action in fields else "InterfaceAlias")
    return Listed(action=word, lines=kept, source=source, whole=told and len(kept) == len(rows))


def _one(tunnel: Tunnel, listed: Lists) -> Tunnel:
    both = {way: listed.get((tunnel.name.lower(), way)) for way in _WAYS}
    if all(one is not None and one.open for one in both.values()):
        return tunnel
    objects = dict(tunnel.objects)
    if not all(one is not None and one.whole for one in both.values()):
        objects[names.FILTERS] = names.UNREAD
    for way, one in both.items():
        if one is not None and not one.open:
            objects[names.filter_action(way)] = one.action
            objects[names.filter_lines(way)] = "\n".join(text for text, _ in one.lines)
    missing = _missing(tunnel)
    sources = [one.source for one in both.values() if one is not None and not one.open]
    return replace(
        tunnel,
        filter=Filter(read=lambda: _chains(tunnel.name, both, missing)),
        objects=objects,
        sources={**tunnel.sources, "filter": sources[0] if sources else missing},
    )


def _missing(tunnel: Tunnel) -> Source:
    """The interface, where nothing is said of its filters."""
    return tunnel.sources[""]


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
    views: list[tuple[str, Direction, _Turned]] = [
        (label, own, first_flows),
        (f"{label} (answers)", Direction(1 - own), answered_flows),
    ]
    read = [(lines.read(text), source) for text, source in one.lines]
    established = any(line is not None and line.protocol == lines.ESTABLISHED for line, _ in read)
    if established and not permit:
        views.append((f"{label} (later packets)", own, later_flows))
    for title, way, turned in views:
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
    turned: _Turned,
    *,
    permit: bool,
) -> Iterator[Entry]:
    for line, source in read:
        if line is None:
            yield Entry(flows=EVERYTHING, permit=permit, source=source, sure=False)
        else:
            yield Entry(flows=turned(lines.match(line), way), permit=permit, source=source)
