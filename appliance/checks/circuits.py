"""What can be wrong with a site whose VPN stands behind an ExpressRoute circuit.

From "Using S2S VPN as a backup for ExpressRoute private peering", "Configure ExpressRoute and
Site-to-Site coexisting connections" and "ExpressRoute routing requirements".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from appliance.azure.expectation import Circuit, GatewayFacts
from appliance.checks.check import Subject, one
from appliance.checks.surroundings import MBPS_OF_A_UNIT
from appliance.model.edge import (
    KEY_LENGTH,
    MICROSOFT_ASN,
    USUAL_PREFERENCE,
    Edge,
    decide,
)
from appliance.model.secret import Secret

_GATEWAY_SUBNET = 27
_COEXISTING_ASN = 65_515
_MOST_PREFIXES = {"standard": 4_000, "local": 4_000, "premium": 10_000}
_LINKS = 2


def _edge(subject: Subject) -> Edge:
    return subject.intent.edge or Edge()


def _here(subject: Subject) -> bool:
    return subject.site.express_route is not None


def _told(subject: Subject) -> Iterator[Circuit]:
    """What the exports tell of the site's own circuits."""
    route = subject.site.express_route
    names = {one.name.casefold() for one in route.circuits} if route is not None else set()
    yield from (c for c in subject.expectation.circuits if c.name.casefold() in names)


def alone(subject: Subject) -> Iterator[str]:
    """Circuits of which one link is missing."""
    route = subject.site.express_route
    for circuit in route.circuits if route is not None else ():
        if len(circuit.links) < _LINKS:
            yield f"{circuit.name} has its primary link only"


def addresses(subject: Subject) -> Iterator[str]:
    """The inventory's addresses against the networks that the peering has."""
    route = subject.site.express_route
    told = {circuit.name.casefold(): circuit for circuit in _told(subject)}
    for circuit in route.circuits if route is not None else ():
        known = told.get(circuit.name.casefold())
        if known is None:
            continue
        networks = (known.peering.primary, known.peering.secondary)
        for link, network in zip(circuit.links, networks, strict=False):
            if link.address is not None and network is not None and link.address.network != network:
                yield f"{link.interface} has {link.address}, Azure's peering {network}"
            if link.vlan is not None and known.peering.vlan not in {None, link.vlan}:
                yield f"{link.interface} has VLAN {link.vlan}, Azure's peering {known.peering.vlan}"
            if None not in {link.svlan, known.stag} and link.svlan != known.stag:
                yield f"{link.interface} has outer VLAN {link.svlan}, the circuit {known.stag}"


def overlapping(subject: Subject) -> Iterator[str]:
    """Networks of links that are used elsewhere."""
    links = [link.address.network for link in _edge(subject).links if link.address is not None]
    for first, second in combinations(links, 2):
        if first.overlaps(second):
            yield f"{first} and {second} are two links"
    others = (*subject.expectation.vnet_prefixes, *subject.site.on_premises.prefixes)
    for network in links:
        yield from one([p for p in others if _inside(p, network)], f"{network} is inside {{}}")


def _inside(prefix: IPv4Network, network: IPv4Network) -> bool:
    return bool(prefix.prefixlen) and network.overlaps(prefix)


def numbers(subject: Subject) -> Iterator[str]:
    """AS numbers that do not fit the peering."""
    ours = _edge(subject).asn
    for circuit in _told(subject):
        peering = circuit.peering
        if peering.peer_asn not in {None, ours}:
            yield f"{circuit.name}: the peering has peerASN {peering.peer_asn}, the site AS {ours}"
        if peering.azure_asn not in {None, MICROSOFT_ASN}:
            yield f"{circuit.name}: azureASN is {peering.azure_asn}, not {MICROSOFT_ASN}"


def not_ready(subject: Subject) -> Iterator[str]:
    """Circuits that the provider or Azure has not switched on."""
    for circuit in _told(subject):
        state = circuit.provider_state
        if state is not None and state.casefold() != "provisioned":
            yield f"{circuit.name}: the provider's state is {state}"
        peering = circuit.peering
        if peering.state is not None and peering.state.casefold() != "enabled":
            yield f"{circuit.name}: its private peering is {peering.state}"
        if peering.primary is None and peering.state is None:
            yield f"{circuit.name}: there is no private peering"


def unjoined(subject: Subject) -> Iterator[str]:
    """Circuits that lead to no gateway."""
    for circuit in _told(subject):
        if not circuit.connected:
            yield f"{circuit.name}: no connection joins it with an ExpressRoute gateway"


def coexisting(subject: Subject) -> Iterator[str]:
    """What keeps the two gateways from standing side by side."""
    if not _here(subject):
        return
    gateway = subject.expectation.gateway
    small = [p for p in gateway.subnet_prefixes if p.prefixlen > _GATEWAY_SUBNET]
    yield from one(small, "GatewaySubnet is {}")
    if (gateway.sku or "").casefold() == "basic":
        yield "the VPN gateway is Basic"
    if (gateway.vpn_type or "routebased").casefold() != "routebased":
        yield f"the VPN gateway is {gateway.vpn_type}"
    for circuit in _told(subject):
        if (circuit.gateway_sku or "").casefold() == "basic":
            yield f"{circuit.name}: the ExpressRoute gateway is Basic"


def gateway_asn(subject: Subject) -> Iterator[str]:
    """Another AS number than the one that is asked for."""
    asn = subject.expectation.bgp_asn
    if _here(subject) and asn not in {None, _COEXISTING_ASN}:
        yield f"the VPN gateway's AS is {asn}"


def more_specific(subject: Subject) -> Iterator[str]:
    """What the VPN tells Azure against what the circuit tells: longest prefix decides first."""
    if not _here(subject):
        return
    circuit = subject.site.on_premises.prefixes
    told = subject.expectation.on_premises.prefixes
    vpn = dict.fromkeys((*told, *(circuit if subject.speaks_bgp else ())))
    inside = [p for p in vpn if any(p != c and p.subnet_of(c) for c in circuit)]
    yield from one(inside, "{} on the VPN, wider networks on the circuit")


def unequal(subject: Subject) -> Iterator[str]:
    """Prefixes that only one of the two ways has."""
    if not _here(subject) or subject.speaks_bgp:
        return
    circuit = set(subject.site.on_premises.prefixes)
    vpn = set(subject.expectation.on_premises.prefixes)
    yield from one(sorted(circuit - vpn), "{} on the circuit only")
    wider = [p for p in sorted(vpn - circuit) if not any(p.subnet_of(c) for c in circuit)]
    yield from one(wider, "{} on the VPN only")


def losing(subject: Subject) -> Iterator[str]:
    """The winner of every prefix in Azure's direction, from what would be configured."""
    edge = _edge(subject)
    for link in edge.links:
        lost = [
            prefix
            for prefix in subject.expectation.vnet_prefixes
            if not (verdict := decide(link.session.receives, prefix)).passes
            or verdict.local_preference <= USUAL_PREFERENCE
        ]
        yield from one(lost, f"{link.label}: {{}}")
    eager = [one_.prefix for one_ in edge.standby if one_.distance <= edge.bgp_distance]
    yield from one(eager, "static routes of the VPN come first for {}")


def undetected(subject: Subject) -> Iterator[str]:
    """Links without BFD."""
    yield from one([link.label for link in _edge(subject).links if not link.session.bfd], "{}")


def bad_key(subject: Subject) -> Iterator[str]:
    """MD5 keys that Azure does not take."""
    for link in _edge(subject).links:
        key = link.session.key
        if isinstance(key, Secret):
            text = key.reveal()
            if len(text) > KEY_LENGTH or not (text.isascii() and text.isalnum()):
                yield f"the MD5 key of {link.label} is not 1 to {KEY_LENGTH} letters and digits"


def too_many(subject: Subject) -> Iterator[str]:
    """More prefixes than a circuit takes."""
    count = len(subject.site.on_premises.prefixes)
    for circuit in _told(subject):
        most = _MOST_PREFIXES.get((circuit.sku_tier or "standard").casefold(), 4_000)
        if count > most:
            yield f"{circuit.name}: {count} prefixes, {most} are taken"


def slower(subject: Subject) -> Iterator[str]:
    """A VPN that carries less than the circuit is a backup for part of the traffic."""
    told = subject.expectation.gateway
    mbps, called = _aggregate(told), told.sku or f"scale unit {told.scale_units}"
    for circuit in _told(subject):
        if mbps is not None and (circuit.bandwidth_mbps or 0) > mbps:
            yield f"{circuit.name} has {circuit.bandwidth_mbps} Mbit/s, {called} about {mbps}"


def _aggregate(gateway: GatewayFacts) -> int | None:
    """Mbit/s of all tunnels together; of an unknown generation the greater figure."""
    if gateway.scale_units:
        return gateway.scale_units * MBPS_OF_A_UNIT
    sku = (gateway.sku or "").casefold().removesuffix("az")
    first = gateway.generation == 1
    return (_FIRST if first and sku in _FIRST else _AGGREGATE).get(sku)


_FIRST = {"vpngw2": 1_000, "vpngw3": 1_250}
"""Those that the second generation has, too, with more."""
_AGGREGATE = {
    "basic": 100,
    "standard": 100,
    "highperformance": 200,
    "vpngw1": 650,
    "vpngw2": 1_250,
    "vpngw3": 2_500,
    "vpngw4": 5_000,
    "vpngw5": 10_000,
}
"""Mbit/s of all tunnels together ("About VPN Gateway SKUs", aggregate throughput)."""
