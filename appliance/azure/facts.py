"""What the exports tell of the gateway itself: its SKU, its kind and what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import GatewayFacts
from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, Resource
from appliance.azure.subnets import named, quiet, subnets
from appliance.azure.tree import Node


def facts(
    gateway: Resource, connection: Resource, site: Resource, vnet: Resource | None, heap: Heap
) -> GatewayFacts:
    """Facts about the gateway of one connection; `vnet` is that of the gateway, where exported.

    None of them is needed for a tunnel: what is missing or unreadable is no fault, it stays
    unknown.
    """
    node, joined = quiet(gateway.node), quiet(connection.node)
    own, others = subnets(node, vnet, heap)
    link = quiet(site.node).get("linkProperties")
    return GatewayFacts(
        sku=_sku(node),
        generation=_generation(node),
        vpn_type=node.text("vpnType"),
        active_active=_told(node, "activeActive"),
        subnet=own.name,
        subnet_prefixes=own.prefixes,
        security_group=own.security_group,
        route_table=own.route_table,
        nat_rules=len((*joined.items("ingressNatRules"), *joined.items("egressNatRules"))),
        default_site=named(node, "gatewayDefaultSite"),
        neighbours=tuple(net for net in others if any(net.overlaps(ours) for ours in own.prefixes)),
        routes=None if own.routes is None else tuple(_destinations(own.routes)),
        propagation=own.propagation,
        public_ip_skus=tuple(_addresses(node, heap)),
        scale_units=node.number("vpnGatewayScaleUnit"),
        link_mbps=(link.number("linkSpeedInMbps") or None) if link else None,
        route_translation=_told(node, "enableBgpRouteTranslationForNat"),
        location=(node.text("location") or "").replace(" ", "").casefold() or None,
    )


def _told(node: Node, member: str) -> bool | None:
    return node.flag(member) if node.get(member) is not None else None


def _sku(gateway: Node) -> str | None:
    """ARM has an object with a name, Terraform the name alone."""
    found = gateway.get("sku")
    if found is None:
        return None
    return found.as_text() if isinstance(found.value, str) else found.text("name")


def _generation(gateway: Node) -> int | None:
    word = (gateway.text("vpnGatewayGeneration") or "").casefold()
    return {"generation1": 1, "generation2": 2}.get(word)


def _destinations(routes: Iterable[Node]) -> Iterator[IPv4Network]:
    """Where routes lead away: one to the VNet itself changes nothing, one to a service tag is no
    network."""
    for route in routes:
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
        sku = _sku(quiet(found.node)) if found else None
        if sku:
            yield sku
