"""From an inventory's `express_route` and Azure's export of circuits to the edge to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.azure.expectation import Circuit, Expectation, Peering
from appliance.errors import ExpectationError
from appliance.inventory.model import CircuitEnd, CircuitLink, ExpressRoute, Site
from appliance.model.edge import Bfd, Edge, ErLink, ErSession, HostRoute, Standby, lets
from appliance.model.intent import Intent
from appliance.model.secret import Hidden, Secret
from appliance.record import dataclass, replace

Key = Secret | Hidden | None


def with_edge(
    intent: Intent, site: Site, expectation: Expectation, keys: Mapping[str, Key]
) -> Intent:
    """The intent with the site's ExpressRoute edge; `keys` are the MD5 keys by circuit.

    Without tunnels where those are on another site's device.

    Raises `ExpectationError` naming what neither the inventory nor the export tells.
    """
    route = site.express_route
    if route is None:
        return intent
    if not expectation.vnet_prefixes:
        raise ExpectationError(
            "no VNet prefix is known: what the circuit may teach the device cannot be told",
            where=f"site {site.name}",
            hint="export it: az network vnet show -g RG -n VNET -o json > vnet.json",
        )
    bgp = site.on_premises.bgp
    static = route.vpn_site is None and _backup(site, intent) == "static"
    edge = Edge(
        asn=route.asn or (None if bgp is None else bgp.asn),
        links=tuple(_links(site, route, expectation, keys)),
        networks=site.on_premises.prefixes,
        hosts=tuple(_hosts(intent, route.internet_next_hop)),
        standby=tuple(
            Standby(prefix=prefix, via="", distance=route.backup_distance)
            for prefix in (expectation.vnet_prefixes if static else ())
        ),
        behind=tuple(_behind(intent)),
        objects={} if route.zone is None else {"zone": route.zone},
    )
    if route.vpn_site is not None:  # its tunnels, and what is to be known of them, are there
        return replace(intent, edge=edge, tunnels=(), notes=())
    return replace(intent, edge=edge)


def called(intent: Intent, own: Callable[[str], str]) -> Intent:
    """The intent with interfaces as the device itself calls them, so that names can be compared."""
    if intent.edge is None:
        return intent
    links = tuple(replace(link, interface=own(link.interface)) for link in intent.edge.links)
    return replace(intent, edge=replace(intent.edge, links=links))


def _backup(site: Site, intent: Intent) -> str:
    """How the VPN stands behind the circuit; raises where that is not what the inventory says.

    Static routes that do not give way would win over the circuit, so the tunnels themselves decide.
    """
    found = "bgp" if all(tunnel.bgp is not None for tunnel in intent.tunnels) else "static"
    asked = None if site.express_route is None else site.express_route.vpn_backup
    if asked not in {None, found}:
        has = "speaks BGP" if found == "bgp" else "has static routes"
        raise ExpectationError(
            f"express_route.vpn_backup is {asked}, but this VPN {has}",
            where=f"site {site.name}",
            hint="BGP needs on_premises.bgp here and enableBgp on the connection in Azure; leave "
            "vpn_backup out to follow them",
        )
    return found


def _hosts(intent: Intent, next_hop: IPv4Address) -> Iterator[HostRoute]:
    """Azure's VPN gateway is reached over the Internet, or the backup would need the circuit."""
    for tunnel in intent.tunnels:
        for address in tunnel.remote.addresses:
            yield HostRoute(address=address, via=str(next_hop))


def _behind(intent: Intent) -> Iterator[ErSession]:
    """The VPN's own BGP sessions, which must not win over the circuit's."""
    for tunnel in intent.tunnels:
        for peer in tunnel.bgp.peers if tunnel.bgp is not None else ():
            yield ErSession(peer=peer.address, asn=peer.asn)


def _links(
    site: Site, route: ExpressRoute, expectation: Expectation, keys: Mapping[str, Key]
) -> Iterator[ErLink]:
    exported = {one.name.casefold(): one for one in expectation.circuits}
    for circuit in route.circuits:
        told = exported.get(circuit.name.casefold())
        for index, link in enumerate(circuit.links):
            end = _End(site, route, circuit, link, index, told)
            yield _link(end, expectation, keys.get(circuit.name))


@dataclass(frozen=True, slots=True)
class _End:
    """One link to be: all that it is derived from."""

    site: Site
    route: ExpressRoute
    circuit: CircuitEnd
    link: CircuitLink
    index: int
    told: Circuit | None

    @property
    def label(self) -> str:
        return self.circuit.labels[self.index]

    @property
    def peering(self) -> Peering:
        return Peering() if self.told is None else self.told.peering

    def lacks(self, what: str, member: str) -> ExpectationError:
        named = "is not among the exports" if self.told is None else f"tells no {what}"
        return ExpectationError(
            f"link {self.label} has no {what}: the inventory leaves it out, and circuit "
            f"{self.circuit.name} {named}",
            where=f"site {self.site.name}",
            hint=f"write express_route.circuits.links.{member}, or export it: "
            f"az network express-route show -g RG -n {self.circuit.name} -o json > circuit.json",
        )


def _link(end: _End, expectation: Expectation, key: Key) -> ErLink:
    ours = end.link.address or _first(end)
    vlan = end.link.vlan or end.peering.vlan
    if vlan is None:
        raise end.lacks("VLAN", "vlan")
    bfd = end.route.bfd
    return ErLink(
        label=end.label,
        interface=f"{end.link.interface}.{end.link.unit or vlan}",
        address=ours,
        vlan=vlan,
        svlan=end.link.svlan,
        bfd=Bfd() if bfd else None,
        session=ErSession(
            peer=ours.network[2],
            key=key,
            bfd=bfd,
            receives=lets(expectation.vnet_prefixes, end.route.local_preference),
            sends=lets(end.site.on_premises.prefixes),
        ),
    )


def _first(end: _End) -> IPv4Interface:
    """Ours is the first usable address of the /30 ("ExpressRoute routing requirements")."""
    told: tuple[IPv4Network | None, ...] = (end.peering.primary, end.peering.secondary)
    network = told[end.index]
    if network is None:
        raise end.lacks("address", "address")
    return IPv4Interface(f"{network[1]}/{network.prefixlen}")
