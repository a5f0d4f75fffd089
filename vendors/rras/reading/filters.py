"""The static packet filters of interfaces: what may cross a tunnel, packet by packet.

Each way of an interface has one action and lines that are exceptions from it, in no order; no
connection is remembered ("RRAS static packet filters: do's and don'ts", Routing and Remote Access
blog). A flow passes when the list of its own way takes its first packet, and that of the other way
its answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.model.tunnel import Source, Tunnel
from appliance.record import dataclass, replace
from vendors.rras import names
from vendors.rras.reading.fields import Fields

_WAYS = ("inbound", "outbound")
_SHAPES = {
    "ipv4": (("action", "list"), ("ipv4filteraction", "ipv4filters")),
    "ipv6": (("action", "list"), ("ipv6filteraction", "ipv6filters")),
}
"""By family the members of an object for one family, and of one for both."""


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
    from vendors.rras.reading.chains import crossing  # noqa: PLC0415 -- most servers have none

    missing = tunnel.sources[""]
    sources = [one.source for one in both.values() if one is not None and not one.open]
    return replace(
        tunnel,
        filter=crossing(tunnel.name, both, missing),
        objects=objects,
        sources={**tunnel.sources, "filter": sources[0] if sources else missing},
    )
