"""What follows for a tunnel from an SA or a session that the device does not list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from appliance.model.algorithms import IkeVersion
from appliance.model.state import BgpState, SaStatus, TunnelState
from appliance.model.tunnel import Tunnel, Tunnels


def with_absent(states: Iterable[TunnelState], tunnels: Tunnels) -> tuple[TunnelState, ...]:
    """With a state for each peer of ours that no screen lists, told apart by our address."""
    known = tuple(states)
    absent = (
        TunnelState(remote=remote, local=tunnel.local.address)
        for tunnel in tunnels
        for remote in tunnel.remote.addresses
        if not any(one.remote == remote and _leaves_from(tunnel, one) for one in known)
    )
    return (*known, *dict.fromkeys(absent))


def _leaves_from(tunnel: Tunnel, one: TunnelState) -> bool:
    ours = tunnel.local.address
    return ours is None or one.local is None or ours == one.local


def down(
    one: TunnelState, tunnels: Tunnels, asked: frozenset[IkeVersion], *, child: bool
) -> TunnelState:
    """An SA of ours that its own table does not list does not exist."""
    ours = [tunnel for tunnel in tunnels if one.remote in tunnel.remote.addresses]
    if not ours:
        return one
    ike = one.ike
    if ike is None and all(tunnel.ike.version in asked for tunnel in ours):
        ike = SaStatus.DOWN
    unlisted = child and one.child is None and not one.children
    return replace(one, ike=ike, child=SaStatus.DOWN if unlisted else one.child)


def idle(known: Iterable[BgpState], tunnels: Tunnels) -> Iterator[BgpState]:
    """A neighbour that the summary does not list is not configured: nothing is tried."""
    listed = {session.peer for session in known}
    wanted = (peer for tunnel in tunnels if tunnel.bgp for peer in tunnel.bgp.peers)
    for address in dict.fromkeys(peer.address for peer in wanted):
        if address not in listed:
            yield BgpState(peer=address)
