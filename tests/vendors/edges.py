"""Intents of sites with an ExpressRoute edge, as the laws draw them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp
from appliance.model.edge import Bfd, Edge, ErLink, ErSession, HostRoute, Standby, lets
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.record import replace
from tests.vendors import intents

DRIVERS = tuple(name for name in drivers.names() if drivers.load(name).edge is not None)
PORTS = {
    "cisco_ios": ("GigabitEthernet2", "GigabitEthernet1"),
    "juniper_junos": ("ge-0/0/2", "ge-0/0/3"),
}
CIRCUITS = ("er-1", "er-2")
PLACES = ("primary", "secondary")
VNETS = (IPv4Network("10.20.0.0/16"), IPv4Network("10.21.0.0/16"), IPv4Network("10.22.4.0/22"))
ASN = 65_010
OURS = (IPv4Network("10.10.0.0/16"), IPv4Network("10.11.0.0/16"))
KEY = Secret("md5Key4711")
ZONE = {"juniper_junos": {"zone": "trust"}}


def link(
    driver: str, number: int, *, circuit: int = 0, qinq: bool = False, key: Secret | None = KEY
) -> ErLink:
    """The first (0) or second link of one of two circuits, on a port that the labs have."""
    vlan = 200 + 100 * circuit + number
    return ErLink(
        label=f"{CIRCUITS[circuit]} {PLACES[number]}",
        interface=f"{PORTS[driver][0]}.{vlan}",
        address=IPv4Interface(f"172.30.{circuit}.{4 * number + 1}/30"),
        vlan=vlan,
        svlan=42 + circuit if qinq else None,
        bfd=Bfd(),
        session=ErSession(
            peer=IPv4Address(f"172.30.{circuit}.{4 * number + 2}"),
            key=key,
            bfd=True,
            receives=lets(VNETS[:2], 200),
            sends=lets(OURS),
        ),
    )


def vpn(driver: str, *, bgp: bool = False) -> Intent:
    """The VPN that stands behind the circuit: static, or by BGP."""
    site = intents.site(driver)
    if bgp:
        speaker = OnPremisesBgp(asn=ASN, address=IPv4Address("10.11.255.1"))
        site = replace(site, on_premises=replace(site.on_premises, bgp=speaker))
    made = intents.expectation(bgp_enabled=bgp)
    return fit(intend(site, made, Secret("Zk3vR8wQ1xT6yB4nM7pL2s")), drivers.load(driver))


def intent(
    driver: str, *, qinq: bool = False, key: Secret | None = KEY, bgp: bool = False
) -> Intent:
    """A site with its VPN behind two links."""
    base = vpn(driver, bgp=bgp)
    edge = Edge(
        asn=ASN,
        links=(link(driver, 0, qinq=qinq, key=key), link(driver, 1, qinq=qinq, key=key)),
        networks=OURS,
        hosts=tuple(
            HostRoute(address=t.remote.addresses[0], via="203.0.113.1") for t in base.tunnels
        ),
        standby=tuple(
            Standby(prefix=prefix, via="", distance=250) for prefix in (() if bgp else VNETS[:2])
        ),
        behind=tuple(
            ErSession(peer=peer.address, asn=peer.asn)
            for tunnel in base.tunnels
            for peer in (tunnel.bgp.peers if tunnel.bgp else ())
        ),
        objects=ZONE.get(driver, {}),
    )
    return replace(base, edge=edge)


@st.composite
def edged(draw: st.DrawFn, driver: str) -> Intent:
    """Any edge: circuits, their links, tags, keys, BFD, prefixes, preference, ports, the VPN.

    One in four is on a router of its own.
    """
    made = intent(driver, bgp=draw(st.booleans()))
    azure = draw(st.lists(st.sampled_from(VNETS), min_size=1, unique=True))
    ours = draw(st.lists(st.sampled_from(OURS), min_size=1, unique=True))
    receives = lets(azure, draw(st.sampled_from((101, 150, 200, 4_000_000))))
    bfd = draw(st.none() | st.just(Bfd()))
    edge = made.edge or Edge()
    distance = draw(st.integers(201, 254))
    links = tuple(
        replace(
            one,
            bfd=bfd,
            session=replace(one.session, bfd=bfd is not None, receives=receives, sends=lets(ours)),
        )
        for circuit in range(draw(st.integers(1, 2)))
        for one in draw(_circuits(driver, circuit))
    )
    tunnels = tuple(
        one if one.bgp is None else replace(one, bgp=replace(one.bgp, networks=tuple(sorted(ours))))
        for one in made.tunnels
    )
    standby = tuple(replace(one, distance=distance) for one in edge.standby)
    found = replace(edge, links=links, networks=tuple(sorted(ours)), standby=standby)
    if draw(st.integers(0, 3)) == 0:  # the VPN is on the device of another site
        return replace(made, tunnels=(), edge=replace(found, standby=()))
    return replace(made, tunnels=tunnels, edge=found)


@st.composite
def _circuits(draw: st.DrawFn, driver: str, circuit: int) -> tuple[ErLink, ...]:
    """One circuit: tags and key are one for it, its links may come on one port or on two."""
    key = draw(st.none() | st.text("abcXYZ0189", min_size=2, max_size=25).map(Secret))
    qinq = draw(st.booleans())
    links = [
        link(driver, number, circuit=circuit, qinq=qinq, key=key)
        for number in range(draw(st.integers(1, 2)))
    ]
    ports = st.sampled_from(PORTS[driver])
    return tuple(replace(one, interface=f"{draw(ports)}.{one.vlan}") for one in links)
