"""Which way traffic goes where ExpressRoute and the VPN lead to the same networks.

Every link is judged by its BGP session and by BFD, every prefix of Azure's by the route in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.edge import Edge, ErLink, pair_links
from appliance.model.state import Operational
from appliance.model.tunnel import Tunnels
from appliance.record import dataclass, replace
from appliance.verify.finding import (
    Finding,
    Outcome,
    Rung,
    Said,
    failed,
    proven,
    unknown,
)

NAME = "express route"
"""What stands for a tunnel in findings of the edge as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The edge under the names it has on the device, its state, and the site's tunnels."""

    edge: Edge
    tunnels: Tunnels
    state: Operational


def verify_edge(
    wanted: Edge, running: Edge | None, tunnels: Tunnels, state: Operational
) -> tuple[Finding, ...]:
    """Each link, then each prefix with the path in use, then the way to Azure's VPN gateway."""
    links = tuple(
        ours if held is None else replace(ours, interface=held.interface)
        for ours, held in pair_links(wanted.links, () if running is None else running.links)
    )
    paths = Paths(edge=replace(wanted, links=links), tunnels=tunnels, state=state)
    return tuple(_all(paths))


def standing_by(tunnels: Tunnels, edge: Edge) -> Tunnels:
    """The tunnels as the ladder judges them: routes that wait behind the circuit lead elsewhere."""
    behind = {route.prefix for route in edge.standby}
    return tuple(
        replace(tunnel, routes=tuple(route for route in tunnel.routes if route not in behind))
        for tunnel in tunnels
    )


def at_rest(ladder: Iterable[Finding], paths: Iterable[Finding]) -> tuple[Finding, ...]:
    """The ladder of the tunnels; traffic is not missed where all of it goes over the circuit."""
    circuit = all(one.verdict is Outcome.PASSED for one in paths if one.rung is Rung.PATH)
    return tuple(
        Finding(
            tunnel=one.tunnel,
            rung=one.rung,
            verdict=Outcome.PASSED,
            detail="stands by: traffic goes over ExpressRoute",
        )
        if circuit and one.rung is Rung.COUNTERS and one.verdict is Outcome.UNKNOWN
        else one
        for one in ladder
    )


def fell(before: Iterable[Finding], after: Iterable[Finding]) -> Finding | None:
    """A link that was up before and is not any more: what a push must not bring about."""
    up = {one.tunnel for one in before if _is_session(one) and one.verdict is Outcome.PASSED}
    return next(
        (
            one
            for one in after
            if _is_session(one) and one.verdict is Outcome.FAILED and one.tunnel in up
        ),
        None,
    )


def _is_session(finding: Finding) -> bool:
    return finding.rung is Rung.BGP


def _all(paths: Paths) -> Iterator[Finding]:
    for link in paths.edge.links:
        name = link.label or link.interface
        yield _finding(name, Rung.BGP, _session(link, paths.state))
        if link.session.bfd:
            yield _finding(name, Rung.BFD, _bfd(link, paths.state))
    for prefix in _prefixes(paths.edge):
        yield _finding(NAME, Rung.PATH, _path(paths, prefix))
    for route in paths.edge.hosts:
        yield _finding(NAME, Rung.PATH, _apart(paths, route.address))


def _session(link: ErLink, state: Operational) -> Said:
    peer = link.session.peer
    found = next((one for one in state.bgp if one.peer == peer), None)
    if found is None:
        return unknown(f"{peer}: the device did not tell", "look at BGP by hand")
    if not found.established:
        return failed(
            f"{peer}: {found.status}",
            "see that the provider has provisioned the circuit and that its private peering is "
            "enabled; compare VLAN tags, the /30, the AS numbers and the MD5 key",
        )
    if not found.prefixes_received:
        return unknown(
            f"{peer}: established, no prefixes received",
            "see that the circuit is connected to the ExpressRoute gateway, and that no filter "
            "drops the VNet's prefixes",
        )
    return proven(f"{peer}: established, prefixes received: {found.prefixes_received}")


def _bfd(link: ErLink, state: Operational) -> Said:
    peer = link.session.peer
    found = next((one for one in state.bfd if one.peer == peer), None)
    if found is None:
        return unknown(f"{peer}: no BFD session is told", "look at BFD by hand")
    if not found.up:
        return failed(
            f"{peer}: BFD is down",
            "the line carries nothing, or the peering is older than August 2018 and needs a reset "
            "before Microsoft answers BFD",
        )
    return proven(f"{peer}: up")


def _prefixes(edge: Edge) -> tuple[IPv4Network, ...]:
    """What Azure teaches over the circuit, each prefix once."""
    return tuple(
        dict.fromkeys(
            one.network
            for link in edge.links
            for clause in (link.session.receives.clauses if link.session.receives else ())
            for one in clause.prefixes or ()
        )
    )


def _path(paths: Paths, prefix: IPv4Network) -> Said:
    ways = _ways(paths.state, prefix)
    if not paths.state.routes:
        return unknown(f"{prefix}: the device did not tell of routes", "look at them by hand")
    if not ways:
        return failed(f"{prefix}: no route", _NEITHER if paths.tunnels else _LOST)
    links = [link for way in ways if (link := _link(paths.edge, way)) is not None]
    through = [name for way in ways if (name := _tunnel(paths.tunnels, way)) is not None]
    if links and not through:
        names = " and ".join(dict.fromkeys(link.label or link.interface for link in links))
        behind = "; VPN stands by" if paths.tunnels else ""
        return proven(f"{prefix}: ExpressRoute {names}{behind}")
    if through and not links:
        return failed(
            f"{prefix}: VPN {' and '.join(dict.fromkeys(through))}; no link of the circuit is used",
            "see why the sessions over the circuit do not bring the prefix; a more specific route "
            "by the VPN wins too",
        )
    if links:
        return failed(
            f"{prefix}: shared by ExpressRoute and VPN",
            "routes of the circuit need a higher local preference than those of the VPN",
        )
    leads = ", ".join(dict.fromkeys(ways))
    return failed(
        f"{prefix}: leads to {leads}",
        "neither the circuit nor the VPN is used" if paths.tunnels else _LOST,
    )


_NEITHER = "neither the circuit nor the VPN leads there"
_LOST = (
    "no link of the circuit is used: see why its sessions do not bring the prefix, and whether "
    "the device that has the VPN carries the traffic meanwhile"
)


def _apart(paths: Paths, gateway: IPv4Address) -> Said:
    """The VPN gateway must be reached without the circuit it stands in for."""
    ways = _ways(paths.state, IPv4Network(gateway))
    if not ways:
        return unknown(f"{gateway}: no route is told", "look at it by hand")
    link = next((found for way in ways if (found := _link(paths.edge, way)) is not None), None)
    if link is not None:
        return failed(
            f"{gateway}: Azure's VPN gateway is reached over {link.label or link.interface}",
            "give it a host route by the Internet, or the backup falls with the circuit",
        )
    return proven(f"{gateway}: Azure's VPN gateway is reached by {' and '.join(ways)}")


def _ways(state: Operational, prefix: IPv4Network) -> tuple[str, ...]:
    """Where the longest matching routes lead; a more specific one hides none of the prefix."""
    fits = [one for one in state.routes if prefix.subnet_of(one.prefix)]
    best = max((one.prefix.prefixlen for one in fits), default=0)
    return tuple(
        dict.fromkeys(one.via for one in fits if one.prefix.prefixlen == best and best > 0)
    ) or tuple(dict.fromkeys(one.via for one in fits if not one.prefix.prefixlen))


def _link(edge: Edge, via: str) -> ErLink | None:
    for link in edge.links:
        if via in {link.interface, str(link.session.peer)}:
            return link
    return None


def _tunnel(tunnels: Tunnels, via: str) -> str | None:
    for tunnel in tunnels:
        peers = () if tunnel.bgp is None else tunnel.bgp.peers
        interface = tunnel.interface.name if tunnel.interface is not None else tunnel.name
        if via in {interface, tunnel.name, *(str(peer.address) for peer in peers)}:
            return tunnel.name
    return None


def _finding(name: str, rung: Rung, said: Said) -> Finding:
    return Finding(
        tunnel=name,
        rung=rung,
        verdict=said.verdict,
        detail=said.detail,
        next_step=said.next_step,
    )
