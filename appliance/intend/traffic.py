"""From the inventory's rules on traffic to what a tunnel is to let through."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.filters import ANYWHERE, Filter, Rule, asked
from appliance.model.traffic import TCP
from appliance.model.tunnel import Bgp

BGP_PORT = 179


def wanted(rules: tuple[Rule, ...], bgp: Bgp | None) -> Filter:
    """The filter that the rules ask for, with the tunnel's own BGP sessions before them."""
    return asked((*_sessions(bgp), *rules))


def _sessions(bgp: Bgp | None) -> Iterator[Rule]:
    for peer in bgp.peers if bgp is not None else ():
        ours = peer.local_address
        yield Rule(
            permit=True,
            local=ANYWHERE if ours is None else IPv4Network(ours),
            remote=IPv4Network(peer.address),
            protocol=TCP,
            ports=((BGP_PORT, BGP_PORT),),
        )
