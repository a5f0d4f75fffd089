"""What placing an edge has in common on all platforms: whose links there are, and what is free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.edge import MORE, Edge, ErLink, ErSession, elsewhere, pair_links
from appliance.model.intent import Intent, Observed
from appliance.model.names import OURS
from appliance.model.pairing import mine
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace

Pairs = tuple[tuple[ErLink, ErLink | None], ...]
Behind = Callable[[Tunnel, Mapping[IPv4Network, int], int], Tunnel]
"""The tunnel with its routes at these distances, where they stood before what the circuit has."""


def paired(wanted: Edge, running: Edge) -> tuple[Pairs, tuple[ErLink, ...]]:
    """Each wanted link with the one that is there, and the links of others."""
    pairs = pair_links(wanted.links, running.links)
    taken = [held for _, held in pairs if held is not None]
    return pairs, tuple(link for link in running.links if link not in taken)


def moves(wanted: ErLink, held: ErLink) -> bool:
    """Whether the link needs another sub-interface: it has none, comes on another port, or ours is
    called by a tag that it no longer has.
    """
    bare = "." in wanted.interface and "." not in held.interface
    tags = (wanted.vlan, wanted.svlan) != (held.vlan, held.svlan)
    renamed = held.label is not None and wanted.interface != held.interface
    return bare or elsewhere(wanted, held) or (tags and renamed)


def vacated(pairs: Pairs, observed: Observed, site: str) -> Observed:
    """The device without the sub-interfaces that links move away from.

    Raises `RefusedError` when one of them is not ours, or has more on it that would be lost.
    """
    gone = [held for wanted, held in pairs if held is not None and moves(wanted, held)]
    for held in gone:
        if held.interface and held.label is None:
            raise RefusedError(
                f"{held.interface} has the address for the session with {held.session.peer}, and "
                "was made by others: it is not moved",
                where=f"site {site}",
                hint=f"take {held.interface} away by hand, with what else stands there, then push; "
                "or name its port in express_route.circuits.links.interface",
            )
        if more := held.objects.get(MORE):
            raise RefusedError(
                f"{held.interface} would go, as the link moves to another sub-interface, and "
                f"others have put more on it: {more}",
                where=f"site {site}",
                hint="take that away there by hand, push, and put it on the new one",
            )
    names = {held.interface for held in gone}
    left = {name: one for name, one in observed.interfaces.items() if name not in names}
    return replace(observed, interfaces=left) if names else observed


def of_site(objects: Mapping[str, str], site: str, users: Iterable[ErLink]) -> dict[str, str]:
    """Those of `Edge.objects` that are the site's own filters and lists, and in use by these links.

    What lets in refers to the list of Azure's prefixes, what lets out to that of ours.
    """
    stem = f"{OURS}{site}"
    words = {word for link in users for text in link.objects.values() for word in text.split()}
    inward, outward = {f"{stem}-in", f"{stem}-azure"}, {f"{stem}-out", f"{stem}-ours"}
    used = {name for pair in (inward, outward) if words & pair for name in pair}
    return {key: text for key, text in objects.items() if used & set(key.split())}


def of_others(objects: Mapping[str, str], site: str) -> dict[str, str]:
    """Those of `Edge.objects` that are not the site's own filters and lists."""
    ours = {f"{OURS}{site}-{end}" for end in ("in", "azure", "out", "ours")}
    return {key: text for key, text in objects.items() if not ours & set(key.split())}


def standing_by(intent: Intent, tunnels: Tunnels, above: int, behind: Behind) -> Tunnels:
    """The site's static routes into its tunnels, behind what the circuit teaches (at `above`)."""
    standby = () if intent.edge is None else intent.edge.standby
    distances = {one.prefix: one.distance for one in standby}
    site = {tunnel.name for tunnel in mine(intent, tunnels)}
    return tuple(
        behind(tunnel, distances, above) if tunnel.name in site else tunnel for tunnel in tunnels
    )


def agreed(wanted: ErSession, held: ErSession) -> ErSession:
    """The wanted session with the timers that are there, and their key where ours is unknown."""
    comparable = isinstance(wanted.key, Secret) and not isinstance(held.key, Hidden)
    return replace(
        wanted,
        key=wanted.key if comparable or wanted.key is None else held.key,
        keepalive_seconds=held.keepalive_seconds,
        hold_seconds=held.hold_seconds,
    )


def is_blank(observed: Observed) -> bool:
    """Whether nobody has looked at a device."""
    return not observed.interfaces and not observed.objects


def check_new(wanted: ErLink, observed: Observed, site: str) -> None:
    """Raise `RefusedError` when a sub-interface is there already, or its network is."""
    interface = wanted.interface
    if interface in observed.interfaces:
        raise RefusedError(
            f"{interface} exists already, without a session with Microsoft",
            where=f"site {site}",
            hint="take it away first, or choose another number: links.unit",
        )
    address = wanted.address
    for name, held in observed.interfaces.items():
        if held is not None and address is not None and held.network.overlaps(address.network):
            raise RefusedError(
                f"{address} for {interface} overlaps with {name}, which has {held}",
                where=f"site {site}",
                hint="a link's /30 is its own: correct the address here or in Azure",
            )
