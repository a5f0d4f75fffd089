"""Cases of the checks of ExpressRoute: (id, wrong, what is said, right)."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface

from appliance.azure.expectation import Circuit, Peering
from appliance.checks import Subject
from appliance.inventory.model import CircuitEnd, CircuitLink, ExpressRoute
from appliance.model.edge import Edge, ErLink
from appliance.model.secret import Secret
from tests.checks.subjects import azure, nets, site, subject

LINKS = (
    CircuitLink(interface="GigabitEthernet2", vlan=200, address=IPv4Interface("172.30.0.1/30")),
    CircuitLink(interface="GigabitEthernet3", vlan=200, address=IPv4Interface("172.30.0.5/30")),
)
ROUTE = ExpressRoute(
    circuits=(CircuitEnd(name="er-1", links=LINKS),),
    internet_next_hop=IPv4Address("203.0.113.1"),
    asn=65_010,
)
PEERING = Peering(
    state="Enabled",
    azure_asn=12_076,
    peer_asn=65_010,
    primary=nets("172.30.0.0/30")[0],
    secondary=nets("172.30.0.4/30")[0],
    vlan=200,
)
CIRCUIT = Circuit(
    name="er-1",
    bandwidth_mbps=1_000,
    sku_tier="Standard",
    provider_state="Provisioned",
    peering=PEERING,
    connected=True,
    gateway_sku="ErGw1AZ",
)


def er(circuit: Circuit = CIRCUIT, route: ExpressRoute = ROUTE, **changes: object) -> Subject:
    """A site with a circuit; `changes` are those of Azure's side."""
    return subject(site(express_route=route), azure(circuits=(circuit,), **changes))


def _told(**changes: object) -> Circuit:
    return replace(CIRCUIT, **changes)  # type: ignore[arg-type]  # fields by name


def _peered(**changes: object) -> Circuit:
    return _told(peering=replace(PEERING, **changes))  # type: ignore[arg-type]  # as above


def _linked(*links: CircuitLink, name: str = "er-1") -> ExpressRoute:
    return replace(ROUTE, circuits=(CircuitEnd(name=name, links=links),))


def _with(made: Subject, **changes: object) -> Subject:
    """The subject with fields of its first link changed."""
    edge = made.intent.edge or Edge()
    first, *rest = edge.links
    link: ErLink = replace(first, **changes)  # type: ignore[arg-type]  # as above
    return replace(made, intent=replace(made.intent, edge=replace(edge, links=(link, *rest))))


def _session(made: Subject, **changes: object) -> Subject:
    session = (made.intent.edge or Edge()).links[0].session
    return _with(made, session=replace(session, **changes))  # type: ignore[arg-type]  # as above


GOOD = er()
NARROW = replace(LINKS[0], address=IPv4Interface("172.30.0.9/30"))
INSIDE = replace(LINKS[0], address=IPv4Interface("10.20.7.1/30"))
CASES = (
    ("AZ-ER-001", er(route=_linked(LINKS[0])), "er-1 has its primary link only", GOOD),
    (
        "AZ-ER-002",
        er(route=_linked(NARROW, LINKS[1])),
        "GigabitEthernet2 has 172.30.0.9/30, Azure's peering 172.30.0.0/30",
        GOOD,
    ),
    (
        "AZ-ER-003",
        er(_peered(primary=None), _linked(INSIDE, LINKS[1])),
        "10.20.7.0/30 is inside 10.20.0.0/16",
        GOOD,
    ),
    (
        "AZ-ER-004",
        er(_peered(peer_asn=65_011)),
        "er-1: the peering has peerASN 65011, the site AS 65010",
        GOOD,
    ),
    (
        "AZ-ER-005",
        er(_told(provider_state="NotProvisioned")),
        "er-1: the provider's state is NotProvisioned",
        GOOD,
    ),
    (
        "AZ-ER-006",
        er(_told(connected=False)),
        "er-1: no connection joins it with an ExpressRoute gateway",
        GOOD,
    ),
    (
        "AZ-ER-007",
        er(subnet_prefixes=nets("10.20.255.0/28")),
        "GatewaySubnet is 10.20.255.0/28",
        GOOD,
    ),
    ("AZ-ER-008", er(bgp_asn=65_001), "the VPN gateway's AS is 65001", er(bgp_asn=65_515)),
    (
        "AZ-ER-009",
        er(lng_prefixes=nets("10.10.7.0/24")),
        "10.10.7.0/24 on the VPN, wider networks on the circuit",
        GOOD,
    ),
    (
        "AZ-ER-010",
        er(lng_prefixes=nets("10.10.0.0/16", "10.99.0.0/16", "10.11.0.0/16")),
        "10.99.0.0/16 on the VPN only",
        GOOD,
    ),
    (
        "AZ-ER-011",
        _session(GOOD, receives=None),
        "er-1 primary: 10.20.0.0/16, 10.21.0.0/16",
        GOOD,
    ),
    ("AZ-ER-012", _session(GOOD, bfd=False), "er-1 primary", GOOD),
    (
        "AZ-ER-013",
        _session(GOOD, key=Secret("not!alphanumeric")),
        "the MD5 key of er-1 primary is not 1 to 25 letters and digits",
        _session(GOOD, key=Secret("abcDEF123")),
    ),
    (
        "AZ-ER-014",
        subject(
            site(
                express_route=ROUTE,
                prefixes=nets(*(f"10.{100 + n // 256}.{n % 256}.0/24" for n in range(4_001))),
            ),
            azure(circuits=(CIRCUIT,)),
        ),
        "er-1: 4001 prefixes, 4000 are taken",
        GOOD,
    ),
    (
        "AZ-ER-015",
        er(_told(bandwidth_mbps=5_000)),
        "er-1 has 5000 Mbit/s, VpnGw2AZ about 1250",
        GOOD,
    ),
    (
        "AZ-ER-015",
        er(_told(bandwidth_mbps=2_000), sku="VpnGw3", generation=1),
        "er-1 has 2000 Mbit/s, VpnGw3 about 1250",
        er(_told(bandwidth_mbps=2_000), sku="vpngw3az", generation=2),
    ),
    (
        "AZ-ER-015",
        er(_told(bandwidth_mbps=2_000), sku=None, scale_units=2),
        "er-1 has 2000 Mbit/s, scale unit 2 about 1000",
        er(_told(bandwidth_mbps=2_000), sku=None, scale_units=4),
    ),
)
