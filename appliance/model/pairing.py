"""Which running tunnel is the one that is intended: names are free, so identity is looked for."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network

from appliance.model.intent import Intent
from appliance.model.tunnel import Tunnel, Tunnels

LABEL = "label"
"""Kind of `Tunnel.objects` in which a driver finds the name we gave the tunnel on the device."""


def pair(intended: Tunnels, running: Tunnels) -> tuple[tuple[Tunnel, Tunnel | None], ...]:
    """Each intended tunnel with its running one, None where there is none.

    Tried in turn over all pairs, surest first: our label, Azure's address, the networks behind
    it (Azure's gateway has moved, the device still points to the old one).
    """
    found: dict[int, Tunnel] = {}
    for same in (_same_label, _same_peer, _same_networks):
        for index, wanted in enumerate(intended):
            if index not in found:
                taken = [tunnel.name for tunnel in found.values()]
                candidate = _first(running, taken, wanted, same)
                if candidate is not None:
                    found[index] = candidate
    return tuple((wanted, found.get(index)) for index, wanted in enumerate(intended))


def mine(intent: Intent, tunnels: Tunnels) -> Tunnels:
    """The site's own tunnels among all of a device, in the order of the intent."""
    return tuple(tunnel for _, tunnel in pair(intent.tunnels, tunnels) if tunnel is not None)


def _first(
    running: Tunnels, taken: list[str], wanted: Tunnel, same: Callable[[Tunnel, Tunnel], bool]
) -> Tunnel | None:
    free = (tunnel for tunnel in running if tunnel.name not in taken and not tunnel.dynamic)
    return next((tunnel for tunnel in free if same(wanted, tunnel)), None)


def _same_label(wanted: Tunnel, running: Tunnel) -> bool:
    label = running.objects.get(LABEL)
    return label is not None and label in (wanted.name, wanted.objects.get(LABEL))


def _same_peer(wanted: Tunnel, running: Tunnel) -> bool:
    return bool(set(wanted.remote.addresses) & set(running.remote.addresses))


def _same_networks(wanted: Tunnel, running: Tunnel) -> bool:
    """Only for tunnels without a label: a labelled one says itself whose it is."""
    return LABEL not in running.objects and bool(_remote(wanted) & _remote(running))


def _remote(tunnel: Tunnel) -> set[IPv4Network]:
    anywhere = IPv4Network("0.0.0.0/0")
    return {*tunnel.routes, *(pair.remote for pair in tunnel.selectors)} - {anywhere}
