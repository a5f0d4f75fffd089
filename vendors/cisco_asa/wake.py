"""A little traffic through the tunnels: crypto maps come up only on demand, counters must move."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.errors import CommandRefused
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.session import Session

MOST = 8
"""Pairs tried at a time; each may cost a few seconds of silence."""

_INSIDE = re.compile(r"nat \(([^,()]+),")
_GROUP = re.compile(r"source static (\S+)")


def wake(session: Session, tunnels: Tunnels) -> None:
    """Show the ASA a packet for each selector pair, and ping what is routed into a tunnel.

    The packet of `packet-tracer` meets the crypto map as a real one would, and starts IKE. Raises
    what `Session.run` raises, but for `CommandRefused`: a box without the right is judged by its
    state alone.
    """
    for command in list(_commands(tunnels))[:MOST]:
        try:
            session.run(command)
        except CommandRefused:
            continue


def _commands(tunnels: Tunnels) -> Iterator[str]:
    for tunnel in tunnels:
        yield from _of(tunnel)


def _of(tunnel: Tunnel) -> Iterator[str]:
    if tunnel.bgp is not None:
        yield from (f"ping {peer.address} repeat 2 timeout 1" for peer in tunnel.bgp.peers)
        return
    for route in tunnel.routes:
        yield f"ping {_host(route)} repeat 2 timeout 1"
    for pair in tunnel.selectors:
        inside = _inside(tunnel, pair.local)
        yield f"packet-tracer input {inside} icmp {_host(pair.local)} 8 0 {_host(pair.remote)}"


def _inside(tunnel: Tunnel, network: IPv4Network) -> str:
    """The interface that exempts a network of ours; else that of the first rule, or the usual."""
    rules = tunnel.objects.get("nat", "").split("\n")
    members = (f"{network.network_address} {network.netmask}", f"host {network.network_address}")
    for rule in rules:
        groups = _GROUP.findall(rule)
        held = tunnel.objects.get(f"group {groups[0]}", "") if groups else ""
        if any(line.endswith(members) for line in held.split("\n")):
            rules = [rule]
    found = _INSIDE.match(rules[0])
    return found[1] if found else "inside"


def _host(network: IPv4Network) -> str:
    """A host of a network, and not its first: that is often the ASA itself."""
    lengths = {32: 0, 31: 1}
    return str(network[lengths.get(network.prefixlen, 2)])
