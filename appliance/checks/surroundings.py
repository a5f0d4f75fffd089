"""Checks of what is around the gateway: its subnet's neighbours and routes, its addresses, links.

From "VPN Gateway settings", "About NAT on Azure VPN Gateway", "Basic public IP addresses
retire" and "Virtual WAN gateway settings".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one
from appliance.checks.overlap import gateway_addresses

MBPS_OF_A_UNIT = 500
_EDGE = 16
"""A subnet within the first or last sixteenth of its VNet leaves the rest in one piece."""


def _crossed(subject: Subject) -> Iterator[str]:
    told = subject.expectation.gateway
    own = ", ".join(map(str, told.subnet_prefixes))
    yield from one(told.neighbours, f"{{}} and {own}")


def _in_the_middle(subject: Subject) -> Iterator[str]:
    behind = (*subject.expectation.vnet_prefixes, *subject.expectation.untranslated)
    for subnet in subject.expectation.gateway.subnet_prefixes:
        holding = [net for net in behind if subnet.subnet_of(net) and net.prefixlen]
        if holding and all(_central(subnet, net) for net in holding):
            yield f"{subnet} in {holding[0]}"


def _central(subnet: IPv4Network, vnet: IPv4Network) -> bool:
    part = vnet.num_addresses // _EDGE
    before = int(subnet.network_address) - int(vnet.network_address)
    after = int(vnet.broadcast_address) - int(subnet.broadcast_address)
    return before >= part and after >= part


def _misrouted(subject: Subject) -> Iterator[str]:
    told = subject.expectation.gateway
    if told.propagation is False:
        yield f"{told.route_table} keeps the gateway's routes out"
    ends = tuple(map(IPv4Network, gateway_addresses(subject)))
    guarded = (*told.subnet_prefixes, *ends)
    bad = [net for net in told.routes or () if any(net.overlaps(each) for each in guarded)]
    yield from one(bad, f"{told.route_table} has a route for {{}}")


def _retired(subject: Subject) -> Iterator[str]:
    skus = subject.expectation.gateway.public_ip_skus
    if "basic" in map(str.casefold, skus):
        yield f"SKU {', '.join(dict.fromkeys(skus))}"


def _untranslated_routes(subject: Subject) -> Iterator[str]:
    told = subject.expectation
    if told.bgp_enabled and told.nat and told.gateway.route_translation is False:
        yield f"NAT rules {', '.join(sorted({rule.name for rule in told.nat}))}, and BGP"


def _announced_otherwise(subject: Subject) -> Iterator[str]:
    told = subject.expectation
    spoken = [tunnel.bgp for tunnel in subject.intent.tunnels if tunnel.bgp is not None]
    announced = {net for bgp in spoken for net in bgp.networks}
    if not (told.gateway.route_translation and told.bgp_enabled and announced):
        return
    for rule in told.nat:
        if rule.egress or rule.dynamic or rule.internal in announced:
            continue
        near = sorted(net for net in announced if net.overlaps(rule.internal))
        shown = f"announces {', '.join(map(str, near))}" if near else "does not announce it"
        yield f"rule {rule.name} translates {rule.internal}, and the site {shown}"


def _slower(subject: Subject) -> Iterator[str]:
    told = subject.expectation.gateway
    able = (told.scale_units or 0) * MBPS_OF_A_UNIT
    if told.link_mbps is not None and 0 < able < told.link_mbps:
        yield f"a link of {told.link_mbps} Mbps, a gateway of {able} Mbps"


CHECKS = (
    Check(
        id="AZ-GW-015",
        severity=BREAKING,
        title="another subnet overlaps that of the gateway",
        page="""Azure refuses such a VNet: the template, plan or file that says so is not what
will run. Give one of the two another range; the gateway's can be changed only while no gateway is
in it.""",
        find=_crossed,
    ),
    Check(
        id="AZ-GW-016",
        severity=INFORMATION,
        title="the gateway's subnet is in the middle of the VNet",
        page="""It works there. It cuts the free space of the VNet in two, and cannot be moved
while the gateway stands: in a new VNet take the first or, better, the last block of the range, such
as 10.20.255.224/27 of 10.20.0.0/16.""",
        find=_in_the_middle,
    ),
    Check(
        id="AZ-GW-017",
        severity=BREAKING,
        title="the route table of GatewaySubnet breaks the gateway",
        page="""Three things in it do: a route for 0.0.0.0/0, a route that covers the subnet
itself or the gateway's public addresses, and route propagation switched off. The gateway then
does not reach what controls it, or its own tunnels; that may show at its next maintenance only.

Routes to single VNets or subnets, through a firewall, are fine. Take the others out, or the table
off (`az network vnet subnet update --route-table null`), and switch propagation on (`az network
route-table update --disable-bgp-route-propagation false`).""",
        find=_misrouted,
    ),
    Check(
        id="AZ-GW-018",
        severity=WARNING,
        title="the gateway has a Basic public address",
        page="""Basic public addresses are retired, and are no part of what Azure promises for
its gateways. Migrate the gateway to Standard ones (the portal offers it, and can keep the address);
where the address changes, the appliance needs the new one as its peer.""",
        find=_retired,
    ),
    Check(
        id="AZ-GW-019",
        severity=WARNING,
        title="the site's link is faster than the gateway",
        page=f"""Each scale unit of a Virtual WAN gateway carries {MBPS_OF_A_UNIT} Mbps, for
all sites of the hub together, and one tunnel less than that. The site's link is entered as faster
than the whole gateway.

Add scale units (`az network vpn-gateway update --scale-unit`), or correct the link's speed.""",
        find=_slower,
    ),
    Check(
        id="AZ-GW-020",
        severity=WARNING,
        title="NAT rules do not act on BGP routes",
        page="""The connection has NAT rules and BGP, and the gateway has
`enableBgpRouteTranslationForNat` switched off: Azure then tells the site its networks by their own
addresses, not by those of the egress rules, and takes the site's routes as they come. Packets are
translated all the same, so that routes and packets do not fit.

Switch it on (`az network vnet-gateway update --set enableBgpRouteTranslationForNat=true`). The
appliance must then announce exactly the internal networks of the ingress rules, not more specific
ones and no summary; Azure takes their external ones into its routes.""",
        find=_untranslated_routes,
    ),
    Check(
        id="AZ-GW-021",
        severity=WARNING,
        title="the site announces other networks than its NAT rules translate",
        page="""With `enableBgpRouteTranslationForNat` Azure translates a route of the site's where
an ingress rule has exactly that network. A summary, a part of it, or no such route at all leaves
the VNet without a way to the translated addresses.

Announce the internal network of each static ingress rule (`on_premises.prefixes` of the site), or
change the rule to what the site announces (`az network vnet-gateway nat-rule update`).""",
        find=_announced_otherwise,
    ),
)
