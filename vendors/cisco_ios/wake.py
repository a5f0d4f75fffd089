"""A little traffic through the tunnels: crypto maps come up only on demand, counters must move."""

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
        yield from _of(tunnel)


def _of(tunnel: Tunnel) -> Iterator[str]:
    if tunnel.bgp is not None:
        for peer in tunnel.bgp.peers:
            source = f" source {peer.source}" if peer.source else ""
            yield f"ping {peer.address}{source} repeat 2 timeout 1"
        return
    lender = tunnel.interface.unnumbered if tunnel.interface else None
    for route in tunnel.routes:
        yield f"ping {_host(route)}{f' source {lender}' if lender else ''} repeat 2 timeout 1"
    for pair in tunnel.selectors:
        yield f"ping {_host(pair.remote)} source {_host(pair.local)} repeat 2 timeout 1"


def _host(network: IPv4Network) -> str:
    """The first host of a network: routers usually have it."""
    return str(network.network_address if network.prefixlen == 32 else network[1])  # noqa: PLR2004 -- a host
