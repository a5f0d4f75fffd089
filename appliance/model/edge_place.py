"""What placing an edge has in common on all platforms: whose links there are, and what is free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.edge import Edge, ErLink, ErSession, pair_links
from appliance.model.intent import Intent, Observed
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


def check_new(interface: str, wanted: ErLink, observed: Observed, site: str) -> None:
    """Raise `RefusedError` when a sub-interface is there already, or its network is."""
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
