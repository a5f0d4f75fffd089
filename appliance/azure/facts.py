"""What the exports tell of the gateway itself: its SKU, its kind and the subnet it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import GatewayFacts
from appliance.azure.resources import Resource, name_of
from appliance.azure.tree import Faults, Node


def facts(gateway: Resource, connection: Resource, vnet: Resource | None) -> GatewayFacts:
    """Facts about the gateway of one connection; `vnet` is that of the gateway, where exported.

    None of them is needed for a tunnel: what is missing or unreadable is no fault, it stays
    unknown.
    """
    node, joined = _quiet(gateway.node), _quiet(connection.node)
    name, subnet = _subnet(node, None if vnet is None else _quiet(vnet.node))
    return GatewayFacts(
        sku=_sku(node),
        generation=_generation(node),
        vpn_type=node.text("vpnType"),
        active_active=node.flag("activeActive") if node.get("activeActive") else None,
        subnet=name,
        subnet_prefixes=tuple(_prefixes(subnet)) if subnet else (),
        security_group=_named(subnet, "networkSecurityGroup"),
        route_table=_named(subnet, "routeTable"),
        nat_rules=len((*joined.items("ingressNatRules"), *joined.items("egressNatRules"))),
        default_site=_named(node, "gatewayDefaultSite"),
    )


def _quiet(node: Node) -> Node:
    """The same, its faults heard by nobody."""
    return Node(node.value, node.file, node.path, Faults())


def _sku(gateway: Node) -> str | None:
    """ARM has an object with a name, Terraform the name alone."""
    found = gateway.get("sku")
    if found is None:
        return None
    return found.as_text() if isinstance(found.value, str) else found.text("name")


def _generation(gateway: Node) -> int | None:
    word = (gateway.text("vpnGatewayGeneration") or "").casefold()
    return {"generation1": 1, "generation2": 2}.get(word)


def _subnet(gateway: Node, vnet: Node | None) -> tuple[str | None, Node | None]:
    """The name of the subnet that the gateway is in, and the subnet itself."""
    named = (_named(config, "subnet") for config in gateway.items("ipConfigurations"))
    name = next((one for one in named if one), None)
    if name is None or vnet is None:
        return name, None
    found = (one for one in vnet.items("subnets") if _name(one).casefold() == name.casefold())
    return name, next(found, None)


def _name(node: Node) -> str:
    return node.text("name") or name_of(node.text("id") or "")


def _named(node: Node | None, member: str) -> str | None:
    """The name in the id of the resource that a member refers to."""
    reference = node.get(member) if node else None
    return name_of((reference.text("id") if reference else None) or "") or None


def _prefixes(subnet: Node) -> Iterator[IPv4Network]:
    for member in ("addressPrefix", "addressPrefixes"):
        for entry in subnet.items(member):
            prefix = entry.network([])
            if prefix is not None:
                yield prefix
