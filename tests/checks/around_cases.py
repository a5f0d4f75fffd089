"""What is around a gateway and how Azure finds the appliance: wrong, said, and nearly wrong."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from appliance.azure.expectation import NatRule
from appliance.checks import Subject
from appliance.model.tunnel import TrafficSelector
from tests.checks.subjects import azure, bgp, changed, nets, subject

_LNG = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network/localNetworkGateways/site-a"
_NAMED = subject(theirs=azure(lng_address=None, lng_fqdn="branch.example.net"))
_HERE, _THERE = IPv4Address("203.0.113.10"), IPv4Address("203.0.113.99")
_FORCED = subject(theirs=azure(default_site="Site-A", lng_id=_LNG))
_NAT = tuple(
    NatRule(name=name, egress=egress, dynamic=False, internal=inner, external=outer)
    for name, egress, (inner, outer) in (
        ("out-app", True, nets("10.20.1.0/24", "100.64.1.0/24")),
        ("in-lab", False, nets("10.10.1.0/24", "100.65.1.0/24")),
    )
)


def _translating(internal: str, *, dynamic: bool = False) -> Subject:
    """A site that speaks BGP, and an ingress rule for one network; routes are translated."""
    (inner, outer) = nets(internal, "100.65.1.0/24")
    rule = NatRule(name="in-lab", egress=False, dynamic=dynamic, internal=inner, external=outer)
    made = bgp()
    told = replace(made.expectation.gateway, route_translation=True)
    return replace(made, expectation=replace(made.expectation, nat=(rule,), gateway=told))


def _table(*routes: str, propagation: bool = True) -> Subject:
    told = azure(route_table="edge-rt", routes=nets(*routes), propagation=propagation)
    return subject(theirs=told)


def _pairs(*networks: str) -> tuple[TrafficSelector, ...]:
    (remote,) = nets("10.20.0.0/16")
    return tuple(TrafficSelector(local=net, remote=remote) for net in nets(*networks))


def _resolved(*addresses: IPv4Address) -> Subject:
    return replace(_NAMED, resolved=addresses)


CASES: tuple[tuple[str, Subject, str, Subject], ...] = (
    (
        "AZ-GW-015",
        subject(theirs=azure(neighbours=nets("10.20.254.0/23"))),
        "10.20.254.0/23 and 10.20.255.0/27",
        subject(theirs=azure(neighbours=())),
    ),
    (
        "AZ-GW-016",
        subject(theirs=azure(subnet_prefixes=nets("10.20.128.0/27"))),
        "10.20.128.0/27 in 10.20.0.0/16",
        subject(theirs=azure(subnet_prefixes=nets("10.20.255.224/27"))),
    ),
    (
        "AZ-GW-016",
        subject(theirs=azure(subnet_prefixes=nets("10.20.16.0/27"))),
        "10.20.16.0/27 in 10.20.0.0/16",
        subject(theirs=azure(subnet_prefixes=nets("10.20.15.224/27"))),
    ),
    (
        "AZ-GW-017",
        _table("10.21.4.0/24", "0.0.0.0/0", "10.20.0.0/16"),
        "edge-rt has a route for 0.0.0.0/0, 10.20.0.0/16",
        _table("10.21.4.0/24", "10.20.1.0/24"),
    ),
    (
        "AZ-GW-017",
        _table("198.51.100.0/24"),
        "edge-rt has a route for 198.51.100.0/24",
        _table("198.51.101.0/24"),
    ),
    (
        "AZ-GW-017",
        _table("10.21.4.0/24", propagation=False),
        "edge-rt keeps the gateway's routes out",
        subject(theirs=azure(route_table="edge-rt")),
    ),
    (
        "AZ-GW-018",
        subject(theirs=azure(public_ip_skus=("Basic", "Basic"))),
        "SKU Basic",
        subject(theirs=azure(public_ip_skus=("Standard",))),
    ),
    (
        "AZ-GW-019",
        subject(theirs=azure(kind="virtual-wan", scale_units=1, link_mbps=501)),
        "a link of 501 Mbps, a gateway of 500 Mbps",
        subject(theirs=azure(kind="virtual-wan", scale_units=1, link_mbps=500)),
    ),
    (
        "AZ-GW-020",
        subject(theirs=azure(nat=_NAT, bgp_enabled=True, route_translation=False)),
        "NAT rules in-lab, out-app, and BGP",
        subject(theirs=azure(nat=_NAT, bgp_enabled=True, route_translation=True)),
    ),
    (
        "AZ-GW-020",
        subject(theirs=azure(nat=_NAT[:1], bgp_enabled=True, route_translation=False)),
        "NAT rules out-app, and BGP",
        subject(theirs=azure(nat=_NAT, bgp_enabled=False, route_translation=False)),
    ),
    (
        "AZ-GW-021",
        _translating("10.10.1.0/24"),
        "rule in-lab translates 10.10.1.0/24, and the site announces 10.10.0.0/16",
        _translating("10.10.0.0/16"),
    ),
    (
        "AZ-GW-021",
        _translating("10.99.1.0/24"),
        "rule in-lab translates 10.99.1.0/24, and the site does not announce it",
        _translating("10.99.1.0/24", dynamic=True),
    ),
    (
        "AZ-CON-004",
        _resolved(_HERE, _THERE),
        "branch.example.net has 203.0.113.10, 203.0.113.99",
        _resolved(_HERE),
    ),
    ("AZ-CON-004", _resolved(), "branch.example.net has no IPv4 address", _NAMED),
    (
        "AZ-CON-005",
        _resolved(_THERE),
        "branch.example.net is 203.0.113.99, `on_premises.public_ip` 203.0.113.10",
        _resolved(_HERE, _THERE),
    ),
    (
        "AZ-CON-006",
        subject(theirs=azure(certificate=True)),
        "authenticationType is Certificate",
        subject(theirs=azure(certificate=False)),
    ),
    (
        "AZ-CON-007",
        changed(_FORCED, selectors=_pairs("10.10.0.0/16")),
        "site-a-1 has no selector with 0.0.0.0/0 as its local side",
        changed(_FORCED, selectors=_pairs("10.10.0.0/16", "0.0.0.0/0")),
    ),
    (
        "AZ-CON-007",
        changed(_FORCED, selectors=_pairs("10.10.0.0/16")),
        "site-a-1 has no selector with 0.0.0.0/0 as its local side",
        changed(
            subject(theirs=azure(default_site="hq", lng_id=_LNG)), selectors=_pairs("10.10.0.0/16")
        ),
    ),
    ("AZ-CON-003", _FORCED, "gatewayDefaultSite is Site-A, this site", subject()),
)
