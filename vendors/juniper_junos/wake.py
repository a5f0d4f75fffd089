"""A little traffic through the tunnels: counters must move, and BGP wants to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.errors import CommandRefused
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.session import Session

MOST = 8
"""Pairs tried at a time; each may cost a few seconds of silence."""


def wake(session: Session, tunnels: Tunnels) -> None:
    """Ping a host behind each selector pair or route; nobody need answer, IKE starts anyway.

    Raises what `Session.run` raises, but for `CommandRefused`: a box without the right is judged
    by its state alone.
    """
    for command in list(_pings(tunnels))[:MOST]:
        try:
            session.run(command)
        except CommandRefused:
            continue


def _pings(tunnels: Tunnels) -> Iterator[str]:
    for tunnel in tunnels:
        for target, source in _of(tunnel):
            start = f" source {source}" if source else ""
            instance = tunnel.objects.get("instance")
            where = f" routing-instance {instance}" if instance else ""
            yield f"ping {target}{start}{where} count 2 wait 1 rapid"


def _of(tunnel: Tunnel) -> Iterator[tuple[str, str | None]]:
    if tunnel.bgp is not None:
        for peer in tunnel.bgp.peers:
            yield str(peer.address), None if peer.local_address is None else str(peer.local_address)
        return
    pairs = tunnel.selectors or tunnel.passes or ()
    for pair in pairs:
        yield _host(pair.remote), _host(pair.local)
    for route in () if pairs else tunnel.routes:
        yield _host(route), None


def _host(network: IPv4Network) -> str:
    """The first host of a network: routers usually have it."""
    return str(network.network_address if network.prefixlen == 32 else network[1])  # noqa: PLR2004 -- a host
