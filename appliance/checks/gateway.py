"""Checks of the gateway: its subnet, and what its SKU can do.

From "VPN Gateway settings", "About gateway SKUs", "VPN Gateway FAQ" and "About NAT on VPN Gateway".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from appliance.azure.expectation import VNET_GATEWAY
from appliance.checks.check import BREAKING, WARNING, Check, Subject, one
from appliance.checks.overlap import by_gateway
from appliance.checks.skus import POLICY_BASED, SKUS, Sku

SUBNET = "GatewaySubnet"
LONGEST, LONGEST_BASIC = 27, 29
"""Prefix lengths of the gateway's subnet: /27 or shorter, on Basic /29."""


def sku(subject: Subject) -> Sku | None:
    """What the site's gateway can do; None when the export does not tell its kind or SKU."""
    if subject.expectation.kind != VNET_GATEWAY:
        return None
    if _policy_based(subject):
        return POLICY_BASED
    return SKUS.get((subject.expectation.gateway.sku or "").casefold())


def _policy_based(subject: Subject) -> bool:
    return (subject.expectation.gateway.vpn_type or "").casefold() == "policybased"


def _basic(subject: Subject) -> bool:
    return (subject.expectation.gateway.sku or "").casefold() == "basic"


def _name(subject: Subject) -> Iterator[str]:
    name = subject.expectation.gateway.subnet
    if name is not None and name.casefold() != SUBNET.casefold():
        yield f"the gateway stands in subnet {name}"


def _size(subject: Subject) -> Iterator[str]:
    told = subject.expectation.gateway
    if told.sku is None:
        return
    longest = LONGEST_BASIC if _basic(subject) else LONGEST
    small = [net for net in told.subnet_prefixes if net.prefixlen > longest]
    yield from one(small, f"{{}} is longer than /{longest}, SKU {told.sku}")


def _outside(subject: Subject) -> Iterator[str]:  # by Azure's own addresses, before its NAT
    behind = subject.expectation.untranslated or subject.expectation.vnet_prefixes
    outside = [
        net
        for net in subject.expectation.gateway.subnet_prefixes
        if behind and not any(net.subnet_of(vnet) for vnet in behind)
    ]
    yield from one(outside, "{} is in none of the networks behind the gateway")


def _guarded(subject: Subject) -> Iterator[str]:
    group = subject.expectation.gateway.security_group
    if group is not None:
        yield f"network security group {group}"


def _routed(subject: Subject) -> Iterator[str]:
    told = subject.expectation.gateway
    if told.route_table is not None and told.routes is None:
        yield f"route table {told.route_table}; its routes are not in the export"


def _versions(subject: Subject) -> Iterator[str]:
    able, version = sku(subject), subject.expectation.ike_version
    if able is not None and version not in able.versions:
        yield f"IKEv{version:d} on a {_called(subject)} gateway"


def _called(subject: Subject) -> str:
    told = subject.expectation.gateway.sku
    return "policy-based" if _policy_based(subject) else str(told)


def _lacks(
    able: Callable[[Sku], bool], asked: Callable[[Subject], bool], what: str
) -> Callable[[Subject], Iterator[str]]:
    """A check that the SKU has a feature where it is asked for."""

    def find(subject: Subject) -> Iterator[str]:
        found = sku(subject)
        if found is not None and asked(subject) and not able(found):
            yield f"{what} on a {_called(subject)} gateway"

    return find


def _legacy(subject: Subject) -> Iterator[str]:
    found = sku(subject)
    if found is not None and found.legacy:
        yield f"SKU {subject.expectation.gateway.sku}"


def _crowded(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Each instance of an active-active gateway has its own tunnel, and each tunnel counts."""
    for gateway, together in by_gateway(subjects).items():
        able = sku(together[0])
        connections = {_connection(subject): _tunnels(subject) for subject in together}
        count = sum(connections.values())
        if able is not None and count > able.tunnels:
            yield (
                together[0].site.name,
                f"{count} tunnels of {len(connections)} connections end at {gateway}; a "
                f"{_called(together[0])} gateway takes {able.tunnels}",
            )


def _connection(subject: Subject) -> str:
    return subject.expectation.id or subject.expectation.name


def _tunnels(subject: Subject) -> int:
    return len(subject.expectation.endpoints)


def _translated_selectors(subject: Subject) -> Iterator[str]:
    told = subject.expectation
    if told.gateway.nat_rules and told.policy_based:
        yield f"{told.gateway.nat_rules} NAT rules and policy-based selectors"


def _translated_apipa(subject: Subject) -> Iterator[str]:
    told = subject.expectation
    peer = told.on_premises.bgp_address
    if told.gateway.nat_rules and told.bgp_enabled and peer is not None and peer.is_link_local:
        yield f"{told.gateway.nat_rules} NAT rules, and the BGP peer is {peer}"


_RESIZE = (
    "Resize the gateway (`az network vnet-gateway update --sku`), where its generation allows it; "
    "Basic\nand policy-based gateways must be built anew, with other addresses."
)


_FEATURES = (
    Check(
        id="AZ-GW-007",
        severity=BREAKING,
        title="the gateway's SKU takes no custom IPsec policy",
        page=f"""Only Azure's default lists act on a Basic gateway, whatever the connection
says.

{_RESIZE}""",
        find=_lacks(
            lambda able: able.policies,
            lambda subject: not subject.expectation.policy.default,
            "a custom policy",
        ),
    ),
    Check(
        id="AZ-GW-008",
        severity=BREAKING,
        title="the gateway's SKU speaks no BGP",
        page=f"""A connection with BGP on such a gateway exchanges no routes.

{_RESIZE} Or use static routes.""",
        find=_lacks(lambda able: able.bgp, lambda subject: subject.expectation.bgp_enabled, "BGP"),
    ),
    Check(
        id="AZ-GW-009",
        severity=BREAKING,
        title="the gateway's SKU cannot be active-active",
        page=f"""Two instances, each with a tunnel of its own, need another SKU than Basic or
Standard.

{_RESIZE}""",
        find=_lacks(
            lambda able: able.active,
            lambda subject: subject.expectation.gateway.active_active is True,
            "active-active mode",
        ),
    ),
    Check(
        id="AZ-GW-010",
        severity=BREAKING,
        title="the gateway's SKU has no NAT",
        page=f"""NAT rules act from VpnGw2 on. Without them overlapping networks stay
overlapping.

{_RESIZE}""",
        find=_lacks(
            lambda able: able.nat,
            lambda subject: subject.expectation.gateway.nat_rules > 0,
            "NAT rules",
        ),
    ),
)


CHECKS = (
    Check(
        id="AZ-GW-001",
        severity=BREAKING,
        title="the gateway is not in a subnet named GatewaySubnet",
        page="""Azure builds gateways in the subnet of exactly this name only; a file that says
otherwise is not what runs, or was edited. Export the gateway again.""",
        find=_name,
    ),
    Check(
        id="AZ-GW-002",
        severity=BREAKING,
        title="the gateway's subnet is too small",
        page="""All SKUs but Basic need a /27 or shorter, also to have room for a second
instance and for an ExpressRoute gateway beside it; Basic needs a /29. A gateway that already runs
in a smaller one works until something has to be added: accept the finding then.

The subnet can be changed only while no gateway is in it.""",
        find=_size,
    ),
    Check(
        id="AZ-GW-003",
        severity=BREAKING,
        title="the gateway's subnet is outside of the VNet",
        page="""The export shows a VNet that is not the gateway's, or an address space that was
changed since. Export gateway and VNet again, together.""",
        find=_outside,
    ),
    Check(
        id="AZ-GW-004",
        severity=BREAKING,
        title="a network security group is attached to GatewaySubnet",
        page="""Azure does not support it: the gateway may stop working, at once or at its next
maintenance.

Take it off (`az network vnet subnet update --network-security-group null`), and filter in the
subnets behind.""",
        find=_guarded,
    ),
    Check(
        id="AZ-GW-005",
        severity=WARNING,
        title="a route table is attached to GatewaySubnet",
        page="""A route for 0.0.0.0/0 in it, routes over the subnet itself or the gateway's
public addresses, and switched off route propagation all break the gateway. This export does not
tell which routes the table has.

Export it, too: `az network route-table show -g RG -n TABLE -o json > table.json`. Its routes are
then looked at (AZ-GW-017).""",
        find=_routed,
    ),
    Check(
        id="AZ-GW-006",
        severity=BREAKING,
        title="the gateway's SKU does not speak this IKE version",
        page=f"""IKEv1 is for policy-based gateways and for VpnGw1 and above; a route-based
Basic, Standard or HighPerformance gateway has IKEv2 only, a policy-based one IKEv1 only. A
connection's version cannot be changed: delete the connection and make it again with the other
`--connection-protocol`.

{_RESIZE}""",
        find=_versions,
    ),
    *_FEATURES,
    Check(
        id="AZ-GW-011",
        severity=BREAKING,
        title="more tunnels than the gateway's SKU takes",
        page=f"""A policy-based gateway takes one tunnel, Basic and Standard 10, up to VpnGw3
30, VpnGw4 and 5 100. Each instance of an active-active gateway counts its own. Seen by `appliance
validate` over all sites of the gateway; those that are not in the inventory are not counted.

{_RESIZE}""",
        across=_crowded,
    ),
    Check(
        id="AZ-GW-012",
        severity=WARNING,
        title="the gateway's SKU is retired",
        page="""Standard and HighPerformance are retired, and VpnGw1 to VpnGw5 without
availability zones are being converted to their AZ forms. Conversion keeps the public addresses; a
migration by hand may not, and the appliance then needs new ones.""",
        find=_legacy,
    ),
    Check(
        id="AZ-GW-013",
        severity=BREAKING,
        title="NAT rules together with policy-based selectors",
        page="""Azure does not translate on connections with `usePolicyBasedTrafficSelectors`.
Keep one of the two.""",
        find=_translated_selectors,
    ),
    Check(
        id="AZ-GW-014",
        severity=BREAKING,
        title="NAT rules together with an APIPA BGP peer",
        page="""Azure does not support NAT on connections whose BGP session uses APIPA
addresses. Peer from an inside address of the appliance instead.""",
        find=_translated_apipa,
    ),
)
