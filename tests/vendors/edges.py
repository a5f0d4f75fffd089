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
PORTS = {"cisco_ios": "GigabitEthernet2", "juniper_junos": "ge-0/0/2"}
VNETS = (IPv4Network("10.20.0.0/16"), IPv4Network("10.21.0.0/16"), IPv4Network("10.22.4.0/22"))
ASN = 65_010
OURS = (IPv4Network("10.10.0.0/16"), IPv4Network("10.11.0.0/16"))
KEY = Secret("md5Key4711")
ZONE = {"juniper_junos": {"zone": "trust"}}


def link(driver: str, number: int, *, qinq: bool = False, key: Secret | None = KEY) -> ErLink:
    """The first (0) or second link of a circuit on a port that the labs have."""
    vlan = 200 + number
    return ErLink(
        label=f"er-1 {('primary', 'secondary')[number]}",
        interface=f"{PORTS[driver]}.{vlan}",
        address=IPv4Interface(f"172.30.0.{4 * number + 1}/30"),
        vlan=vlan,
        svlan=42 if qinq else None,
        bfd=Bfd(),
        session=ErSession(
            peer=IPv4Address(f"172.30.0.{4 * number + 2}"),
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
        objects=ZONE.get(driver, {}),
    )
    return replace(base, edge=edge)


@st.composite
def edged(draw: st.DrawFn, driver: str) -> Intent:
    """Any edge: one link or two, tags, key, BFD, prefixes, preference."""
    key = draw(st.none() | st.text("abcXYZ0189", min_size=2, max_size=25).map(Secret))
    made = intent(driver, qinq=draw(st.booleans()), key=key, bgp=draw(st.booleans()))
    azure = draw(st.lists(st.sampled_from(VNETS), min_size=1, unique=True))
    ours = draw(st.lists(st.sampled_from(OURS), min_size=1, unique=True))
    preference = draw(st.sampled_from((101, 150, 200, 4_000_000)))
    bfd = draw(st.none() | st.just(Bfd()))
    edge = made.edge or Edge()
    links = tuple(
        replace(
            one,
            bfd=bfd,
            session=replace(
                one.session,
                bfd=bfd is not None,
                receives=lets(azure, preference),
                sends=lets(ours),
            ),
        )
        for one in edge.links[: draw(st.integers(1, 2))]
    )
    tunnels = tuple(
        one if one.bgp is None else replace(one, bgp=replace(one.bgp, networks=tuple(sorted(ours))))
        for one in made.tunnels
    )
    found = replace(edge, links=links, networks=tuple(sorted(ours)))
    return replace(made, tunnels=tunnels, edge=found)
