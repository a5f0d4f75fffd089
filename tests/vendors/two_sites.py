"""Two sites on one device, as hypothesis strategies: what the second has is moved from the first's.

Same box and same way out; another gateway, other networks behind it, other addresses of its own.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from hypothesis import assume
from hypothesis import strategies as st

from appliance.driver import load
from appliance.intend import intend
from appliance.intend.fit import fit
from appliance.inventory.model import OnPremisesBgp, Site
from appliance.job import Job
from appliance.model.intent import Beside, Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import (
    Bgp,
    BgpPeer,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from tests.vendors import intents

_ASIDE = 100
"""How far the second site's last octets are from the first's."""
_FAR = 100 << 16
"""10.20.0.0/16 becomes 10.120.0.0/16."""
_LINKS = 2 << 8
"""169.254.21.2 and 169.254.22.1 become 169.254.23.2 and 169.254.24.1."""
_AZURE = IPv4Network("10.0.0.0/8")


def job(intent: Intent) -> Job:
    """As much of a job as gates look at."""
    return Job(
        site=replace(intents.site(intent.driver), name=intent.site),
        expectation=intents.expectation(),
        intent=intent,
        driver=load(intent.driver),
        disagreements=(),
        age_seconds=None,
    )


def beside(first: Intent, second: Intent) -> tuple[Intent, Intent]:
    """Both, each knowing of the other, in this order of the inventory."""
    return (
        replace(first, beside=(Beside(site=second.site, intent=second),)),
        replace(second, beside=(Beside(site=first.site, intent=first, first=True),)),
    )


@st.composite
def pairs(draw: st.DrawFn, driver: str) -> tuple[Intent, Intent]:
    """Two sites that the driver can be given, on the lab's branch appliance."""
    refusals = load(driver).refusals
    first = draw(intents.intents(driver))
    second = draw(intents.intents(driver))
    own = draw(st.booleans())
    moved = tuple(_moved(one, first.tunnels[0], own=own) for one in second.tunnels)
    known = load(driver)
    found = beside(first, replace(second, site="site-b", tunnels=moved))
    found = beside(first, known.express(found[1]))
    assume(not any(map(refusals, found)))
    return found


LINK = IPv4Address("192.0.2.10")
"""Our address on the second link, which the boxes of tests are given."""


def links(driver: str, outside: str, *, bgp: bool) -> tuple[Intent, Intent]:
    """Two links of one branch to both instances of one gateway, as Virtual WAN has them.

    With BGP our address is a loopback in the range for this, and each link has peers of its own.
    """
    first = intents.site(driver)
    second = replace(
        first,
        name="site-b",
        device=replace(first.device, outside_interface=outside),
        on_premises=replace(first.on_premises, address=LINK),
    )
    asked = [_link(one, number, bgp=bgp) for number, one in enumerate((first, second))]
    known = load(driver)
    both = beside(asked[0], asked[1])
    return beside(fit(both[0], known), fit(both[1], known))


def _link(site: Site, number: int, *, bgp: bool) -> Intent:
    made = intents.expectation(bgp_enabled=bgp)
    ends = tuple(
        replace(one, apipa_addresses=tuple(own + 4 * number for own in one.apipa_addresses))
        for one in (*made.endpoints, intents.SECOND)
    )
    if bgp:
        ours = OnPremisesBgp(asn=65_050, address=IPv4Address("169.254.21.2") + 4 * number)
        site = replace(site, on_premises=replace(site.on_premises, bgp=ours))
    return intend(site, replace(made, endpoints=ends), Secret(f"key-of-{site.name}"))


def _moved(tunnel: Tunnel, first: Tunnel, *, own: bool) -> Tunnel:
    """`own`: a BGP address of its own, where the first site has one for the whole box."""
    number = tunnel.name.rpartition("-")[2]
    same = tunnel.ike.version is first.ike.version
    return replace(
        tunnel,
        name=f"site-b-{number}",
        local=first.local if same else tunnel.local,
        remote=_remote(tunnel.remote),
        interface=None if tunnel.interface is None else _interface(tunnel.interface, first),
        ike=replace(
            tunnel.ike,
            proposals=tuple(replace(one, name="site-b") for one in tunnel.ike.proposals),
        ),
        esp=replace(
            tunnel.esp,
            proposals=tuple(replace(one, name="site-b") for one in tunnel.esp.proposals),
        ),
        selectors=_selectors(tunnel.selectors),
        passes=None if tunnel.passes is None else _selectors(tunnel.passes),
        routes=tuple(map(_network, tunnel.routes)),
        bgp=None if tunnel.bgp is None else _bgp(tunnel.bgp, own=own),
        permits=None if tunnel.permits is None else tuple(map(_address, tunnel.permits)),
    )


def _address(address: IPv4Address) -> IPv4Address:
    """Another gateway's; one within Azure moves with its network."""
    if address.is_link_local:
        return address + _LINKS
    return address + (_FAR if address in _AZURE else _ASIDE)


def _network(network: IPv4Network) -> IPv4Network:
    """10.20.0.0/16 becomes 10.120.0.0/16, and a BGP peer's host route that of the other peer."""
    if network.prefixlen == 32:
        return IPv4Network(_address(network.network_address))
    return IPv4Network((int(network.network_address) + _FAR, network.prefixlen))


def _remote(remote: Remote) -> Remote:
    return Remote(
        addresses=tuple(map(_address, remote.addresses)),
        identity=None if remote.identity is None else str(_address(IPv4Address(remote.identity))),
    )


def _interface(interface: TunnelInterface, first: Tunnel) -> TunnelInterface:
    """With the clamp of the first, which is one for the whole box on some platforms."""
    lender = interface.unnumbered or ""
    moved = replace(
        interface,
        mss=interface.mss if first.interface is None else first.interface.mss,
        unnumbered=None if lender.startswith("Loopback") else interface.unnumbered,
    )
    address = interface.address
    if address is None:
        return moved
    return replace(
        moved, address=IPv4Interface((int(address.ip) + _LINKS, address.network.prefixlen))
    )


def _selectors(selectors: tuple[TrafficSelector, ...]) -> tuple[TrafficSelector, ...]:
    return tuple(replace(pair, remote=_network(pair.remote)) for pair in selectors)


def _bgp(bgp: Bgp, *, own: bool) -> Bgp:
    return replace(bgp, peers=tuple(_peer(peer, own=own) for peer in bgp.peers))


def _peer(peer: BgpPeer, *, own: bool) -> BgpPeer:
    """An address on the tunnel is that tunnel's own; loopbacks are named anew."""
    local = peer.local_address
    aside = local is not None and (own or local.is_link_local)
    return replace(
        peer,
        address=_address(peer.address),
        local_address=local + _LINKS if aside and local is not None else local,
        source=None if (peer.source or "").startswith("Loopback") else peer.source,
    )
