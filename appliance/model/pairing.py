"""Which running tunnel is the one that is intended: names are free, so identity is looked for."""

from __future__ import annotations

from ipaddress import IPv4Network

from appliance.model.intent import Intent
from appliance.model.tunnel import Tunnel, Tunnels

LABEL = "label"
"""Kind of `Tunnel.objects` in which a driver finds the name we gave the tunnel on the device."""


_Pair = tuple[Tunnel, Tunnel | None]


def pair(intent: Intent, running: Tunnels) -> tuple[_Pair, ...]:
    """Each tunnel of the site with its running one, None where there is none.

    Tried in turn over all pairs, surest first: our label, Azure's address with the end that IKE
    leaves from, Azure's address, the networks behind it (Azure's gateway has moved, the device
    still points to the old one). The tunnels of other sites on the device are looked for as well,
    so that each site finds its own whichever is asked.
    """
    found = _everybody(intent, running)
    return tuple((wanted, held) for site, wanted, held in found if site == intent.site)


def neighbours(intent: Intent, running: Tunnels) -> dict[str, str]:
    """Names of running tunnels that are those of other sites of ours -> the site."""
    others = {other.site for other in intent.beside}
    known = {one.name: site for one in running if (site := _whose(one)) in others and site}
    found = _everybody(intent, running) if others else ()
    return known | {held.name: site for site, _, held in found if held and site in others}


def _everybody(intent: Intent, running: Tunnels) -> tuple[tuple[str, Tunnel, Tunnel | None], ...]:
    """The same for all sites on the device: site, tunnel and the running one."""
    asked = [*_of(intent.site, intent.tunnels)]
    for other in intent.beside:
        asked += _of(other.site, other.tunnels)
    asked.sort(key=lambda one: one[0])  # whoever asks, the same one is served first
    sites = {intent.site, *(other.site for other in intent.beside)}
    found: dict[int, Tunnel] = {}
    for same in (_same_label, _same_ends, _same_peer, _same_networks):
        for index, (site, wanted) in enumerate(asked):
            if index not in found:
                taken = {tunnel.name for tunnel in found.values()}
                free = (one for one in running if one.name not in taken and not one.dynamic)
                open_ = (one for one in free if _whose(one) not in sites - {site})
                candidates = [one for one in open_ if same(wanted, one)]
                if candidates:
                    found[index] = min(candidates, key=lambda one: _unlike(wanted, one))
    return tuple((*one, found.get(index)) for index, one in enumerate(asked))


def _unlike(wanted: Tunnel, running: Tunnel) -> tuple[bool, ...]:
    """Of several to one gateway (a former one was left behind) the likest, what counts most first.

    Of two alike, as a copy under another name, the first; after a change it is the changed one.
    """
    return (
        wanted.mode is not running.mode,
        not running.enabled,
        wanted.ike.version is not running.ike.version,
        set(wanted.selectors) != set(running.selectors),
        wanted.psk != running.psk,
        wanted.esp != running.esp,
    )


def _of(site: str, tunnels: Tunnels) -> list[tuple[str, Tunnel]]:
    return [(site, tunnel) for tunnel in tunnels]


def _whose(tunnel: Tunnel) -> str | None:
    """The site that a tunnel names in its label."""
    label = tunnel.objects.get(LABEL)
    return None if label is None else label.rpartition("-")[0]


def mine(intent: Intent, tunnels: Tunnels) -> Tunnels:
    """The site's own tunnels among all of a device, in the order of the intent."""
    return tuple(tunnel for _, tunnel in pair(intent, tunnels) if tunnel is not None)


def _same_label(wanted: Tunnel, running: Tunnel) -> bool:
    label = running.objects.get(LABEL)
    return label is not None and label in (wanted.name, wanted.objects.get(LABEL))


def _same_ends(wanted: Tunnel, running: Tunnel) -> bool:
    """Of two links to one gateway each leaves from an end of its own."""
    ours, theirs = wanted.local, running.local
    address = ours.address is not None and ours.address == theirs.address
    interface = ours.interface is not None and ours.interface == theirs.interface
    return (address or interface) and _same_peer(wanted, running)


def _same_peer(wanted: Tunnel, running: Tunnel) -> bool:
    return bool(set(wanted.remote.addresses) & set(running.remote.addresses))


def _same_networks(wanted: Tunnel, running: Tunnel) -> bool:
    """Only for tunnels without a label: a labelled one says itself whose it is."""
    return LABEL not in running.objects and bool(_remote(wanted) & _remote(running))


def _remote(tunnel: Tunnel) -> set[IPv4Network]:
    anywhere = IPv4Network("0.0.0.0/0")
    return {*tunnel.routes, *(pair.remote for pair in tunnel.selectors)} - {anywhere}
