"""What a site has made on its device and does not ask for any more: told, and taken away on demand.

A label says that something is ours, and whose. What has none is never left over, but others'.
"""

from __future__ import annotations

from appliance.model.intent import Intent, Observed
from appliance.model.names import OURS
from appliance.model.pairing import LABEL, mine
from appliance.model.tunnel import Tunnels
from appliance.record import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.edge import Edge, ErLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """Tunnels and links of circuits with the site's label that are none of those it is to have."""

    tunnels: Tunnels = ()
    links: tuple[ErLink, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tunnels or self.links)


def left_over(intent: Intent, observed: Observed) -> Leftover:
    """All of it that a device has; its edge is read only where it can have something of ours."""
    asked = intent.edge is not None or observed.edged
    edge = observed.edge if asked else None
    return Leftover(
        tunnels=tunnels_left(intent, observed.tunnels),
        links=() if edge is None else tuple(_links(intent, edge)),
    )


def tunnels_left(intent: Intent, running: Tunnels) -> Tunnels:
    """Tunnels labelled as the site's (`site-a-2`) that are none of those meant."""
    meant = {one.name for one in mine(intent, running)}
    return tuple(
        one
        for one in running
        if one.name not in meant and one.objects.get(LABEL, "").rpartition("-")[0] == intent.site
    )


def _links(intent: Intent, edge: Edge) -> list[ErLink]:
    """Links that we made for the site: by the names of their filters where these are ours, else by
    the label, where the site has the device's circuits (all of a device are one site's).
    """
    from appliance.model.edge import pair_links  # noqa: PLC0415 -- few sites have one

    wanted = () if intent.edge is None else intent.edge.links
    meant = [held for _, held in pair_links(wanted, edge.links)]
    others = [link for link in edge.links if link not in meant and link.label is not None]
    return [link for link in others if _is_of(intent, link)]


def _is_of(intent: Intent, link: ErLink) -> bool:
    named = [name for name in link.objects.values() if name.startswith(OURS)]
    if not named:
        return intent.edge is not None
    stem = f"{OURS}{intent.site}"
    return any(name in {stem, *(f"{stem}-{end}" for end in _ENDS)} for name in named)


_ENDS = ("in", "out", "ours")


def without(observed: Observed, left: Leftover, site: str) -> Observed:
    """The device as if that were not on it; nor filters of ours that nobody else uses."""
    names = {one.name for one in left.tunnels}
    seen = replace(
        observed, tunnels=tuple(one for one in observed.tunnels if one.name not in names)
    )
    edge = observed.edge if left.links else None
    if edge is None:
        return seen if names else observed
    from appliance.model.edge_place import of_others, of_site  # noqa: PLC0415 -- as above

    links = tuple(one for one in edge.links if one not in left.links)
    objects = of_others(edge.objects, site) | of_site(edge.objects, site, links)
    remaining = replace(edge, links=links, objects=objects)
    return replace(seen, read_edge=lambda: remaining)
