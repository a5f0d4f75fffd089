"""Rungs of the way through the tunnel: its interface, routes into it, and BGP over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.state import BgpState, Operational, RouteState
from appliance.model.tunnel import BgpPeer, Mode, Tunnel
from appliance.verify.finding import Evidence, Said, failed, proven, unknown

_PUSH_AGAIN = "push the configuration again"
_HOPS = 4  # a BGP route, a static route to its next hop, and some to spare


def interface(evidence: Evidence) -> Iterator[Said]:
    """The tunnel interface carries traffic."""
    name = _interface(evidence.tunnel)
    known = evidence.state.interfaces
    found = next((one for one in known if one.name == name), None)
    if found is not None and found.up:
        yield proven(f"{name} is up")
    elif found is not None:
        yield failed(
            f"{name} is down",
            "see whether it is shut down, whether its source is up, and whether its protection "
            "still names the profile",
        )
    elif known:
        yield failed(f"{name} does not exist on the device", _PUSH_AGAIN)
    else:
        yield unknown("the device did not tell of interfaces", "look at the interface by hand")


def _interface(tunnel: Tunnel) -> str:
    """Its name on the device; one that has no tunnel yet has no name for it either."""
    name = "" if tunnel.interface is None else tunnel.interface.name
    return name or tunnel.name


def prefixes(tunnel: Tunnel) -> tuple[IPv4Network, ...]:
    """What must be reached through the tunnel by routes that are configured, not learned."""
    inside = tuple(selector.remote for selector in tunnel.selectors)
    wanted = tunnel.routes if tunnel.mode is Mode.ROUTE_BASED else (*tunnel.routes, *inside)
    return tuple(dict.fromkeys(wanted))


def routes(evidence: Evidence) -> Iterator[Said]:
    """Each prefix leads into the tunnel, or out of the interface whose policy takes it."""
    for prefix in prefixes(evidence.tunnel):
        yield _route(evidence, prefix)


def _route(evidence: Evidence, prefix: IPv4Network) -> Said:
    if not evidence.state.routes:
        return unknown(f"{prefix}: the device did not tell of routes", "look at them by hand")
    ways = _ways(evidence.state, prefix.network_address, prefix.prefixlen)
    if not ways:
        return failed(f"{prefix}: no route", "add the route, or see why it is not installed")
    leads = {_end(evidence, way, _HOPS) for way in ways}
    target = _target(evidence.tunnel)
    names = ", ".join(sorted(leads))
    if target not in leads and _unbound(evidence.tunnel):
        return unknown(f"{prefix}: leads to {names}", "see that this is where the policy stands")
    if target in leads and leads <= {_target(tunnel) for tunnel in evidence.together}:
        return proven(f"{prefix}: through {' and '.join(sorted(leads))}")
    if evidence.tunnel.mode is Mode.POLICY_BASED and not _told(leads - {target}):
        return unknown(
            f"{prefix}: leads to {names}, and the device did not tell behind which interface",
            f"see that it is {target}",
        )
    return failed(
        f"{prefix}: leads to {names}, not only through {target}",
        "look for a more specific or a preferred route that takes the traffic elsewhere",
    )


def _told(ends: Iterable[str]) -> bool:
    """Whether one of the ends is an interface, not a next hop that could not be followed."""
    return any(not end.replace(".", "").isdigit() for end in ends)


def _target(tunnel: Tunnel) -> str:
    """Where packets must be sent to enter it: where the policy stands, or its own interface.

    A policy that stands at no interface is told by the tunnel's name, where the device tells.
    """
    return (tunnel.local.interface or tunnel.name) if _by_policy(tunnel) else _interface(tunnel)


def _unbound(tunnel: Tunnel) -> bool:
    """Whether nobody says at which interface its policy stands."""
    return _by_policy(tunnel) and tunnel.local.interface is None


def _by_policy(tunnel: Tunnel) -> bool:
    bound = tunnel.interface is not None and tunnel.interface.name
    return tunnel.mode is Mode.POLICY_BASED and not bound


def _ways(state: Operational, address: IPv4Address, longest: int) -> tuple[RouteState, ...]:
    """The longest matching routes; more than one shares the load."""
    fits = [
        one for one in state.routes if address in one.prefix and one.prefix.prefixlen <= longest
    ]
    best = max((one.prefix.prefixlen for one in fits), default=0)
    return tuple(one for one in fits if one.prefix.prefixlen == best)


def _end(evidence: Evidence, way: RouteState, hops: int) -> str:
    """Where a way ends: an interface, as far as its next hops can be followed."""
    try:
        hop = IPv4Address(way.via)
    except ValueError:
        return way.via
    if _inside(evidence.tunnel, hop):
        return _interface(evidence.tunnel)
    further = _ways(evidence.state, hop, hop.max_prefixlen)
    # A default route explains no next hop; the outside interface is told by a real one.
    if not hops or not further:
        return way.via
    return _end(evidence, further[0], hops - 1)


def _inside(tunnel: Tunnel, hop: IPv4Address) -> bool:
    """Whether a next hop is the other end of the tunnel interface's own network."""
    address = None if tunnel.interface is None else tunnel.interface.address
    return address is not None and hop in address.network and hop != address.ip


def obstacle(evidence: Evidence) -> Said | None:
    """What on our own side keeps IKE from reaching the gateway; None when nothing shows."""
    tunnel, gateway = evidence.tunnel, evidence.peer.remote
    up = {one.name: one.up for one in evidence.state.interfaces}
    outside = tunnel.local.interface
    if outside is not None and up.get(outside) is False:
        return failed(
            f"{outside}, which the tunnel leaves from, is down",
            "see to the line and to whether the interface is shut down",
        )
    if tunnel.mode is not Mode.ROUTE_BASED:
        return None
    if up and _interface(tunnel) not in up:
        return failed(f"{_interface(tunnel)} does not exist on the device", _PUSH_AGAIN)
    # Routes do not say their VRF: with a front-door VRF nothing follows from them.
    ways = () if tunnel.local.vrf else _ways(evidence.state, gateway, gateway.max_prefixlen)
    if _interface(tunnel) in {way.via for way in ways}:
        return failed(
            f"the route to {gateway} leads into the tunnel itself",
            "give the gateway a host route by the outside interface",
        )
    return None


def bgp(evidence: Evidence) -> Iterator[Said]:
    """Each enabled session is established and brings prefixes."""
    peers = () if evidence.tunnel.bgp is None else evidence.tunnel.bgp.peers
    for peer in peers:
        if peer.enabled:
            yield _session(evidence, peer)


def _session(evidence: Evidence, peer: BgpPeer) -> Said:
    found = next((one for one in evidence.state.bgp if one.peer == peer.address), None)
    if found is None:
        return unknown(f"{peer.address}: the device did not tell", "look at BGP by hand")
    if not found.established:
        return failed(
            f"{peer.address}: {found.status}",
            "the peer must be reached through the tunnel by a host route, from our address that "
            "the local network gateway names as BGP peer; compare AS numbers and multihop, and "
            "see that BGP is enabled on the connection in Azure",
        )
    return _established(found, peer)


def _established(found: BgpState, peer: BgpPeer) -> Said:
    if found.asn not in (None, peer.asn):
        return unknown(
            f"{peer.address}: established with AS {found.asn}, while {peer.asn} is configured",
            "reset the session in a quiet moment",
        )
    if not found.prefixes_received:
        return unknown(
            f"{peer.address}: established, no prefixes received",
            "see that the VNet has address space and that no inbound filter drops it",
        )
    return proven(f"{peer.address}: established, prefixes received: {found.prefixes_received}")
