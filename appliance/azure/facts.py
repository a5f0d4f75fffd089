"""What the exports tell of the gateway itself: its SKU, its kind and what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import GatewayFacts
from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, Resource, name_of
from appliance.azure.tree import Faults, Node


def facts(
    gateway: Resource, connection: Resource, site: Resource, vnet: Resource | None, heap: Heap
) -> GatewayFacts:
    """Facts about the gateway of one connection; `vnet` is that of the gateway, where exported.

    None of them is needed for a tunnel: what is missing or unreadable is no fault, it stays
    unknown.
    """
    node, joined = _quiet(gateway.node), _quiet(connection.node)
    around = None if vnet is None else _quiet(vnet.node)
    name, subnet = _subnet(node, around)
    table = _table(subnet, heap)
    link = _quiet(site.node).get("linkProperties")
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
        neighbours=tuple(_overlapping(around, subnet)) if around and subnet else (),
        routes=None if table is None else tuple(_destinations(table)),
        propagation=None if table is None else not table.flag("disableBgpRoutePropagation"),
        public_ip_skus=tuple(_addresses(node, heap)),
        scale_units=node.number("vpnGatewayScaleUnit"),
        link_mbps=(link.number("linkSpeedInMbps") or None) if link else None,
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


def _overlapping(vnet: Node, own: Node) -> Iterator[IPv4Network]:
    ours = tuple(_prefixes(own))
    for subnet in vnet.items("subnets"):
        if _name(subnet).casefold() != _name(own).casefold():
            yield from (net for net in _prefixes(subnet) if any(net.overlaps(o) for o in ours))


def _table(subnet: Node | None, heap: Heap) -> Node | None:
    """The route table of the subnet: exported by itself, or whole in the subnet."""
    reference = subnet.get("routeTable") if subnet else None
    if reference is None:
        return None
    found = heap.find(Kind.ROUTE_TABLE, reference.text("id") or "")
    whole = reference if found is None else _quiet(found.node)
    return whole if whole.get("routes") is not None else None


def _destinations(table: Node) -> Iterator[IPv4Network]:
    """Where routes lead away: one to the VNet itself changes nothing, one to a service tag is no
    network."""
    for route in table.items("routes"):
        hop = (route.text("nextHopType") or "").casefold()
        prefix = route.get("addressPrefix")
        network = prefix.network([]) if prefix and hop != "vnetlocal" else None
        if network is not None:
            yield network


def _addresses(gateway: Node, heap: Heap) -> Iterator[str]:
    """SKUs of the gateway's public addresses, as far as these were exported."""
    for config in gateway.items("ipConfigurations"):
        reference = config.get("publicIPAddress")
        identity = reference.text("id") if reference else None
        found = heap.find(Kind.PUBLIC_IP, identity) if identity else None
        sku = _sku(_quiet(found.node)) if found else None
        if sku:
            yield sku


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
