"""ExpressRoute circuits with their private peerings, and whether a gateway is joined to them.

From the ARM schema of Microsoft.Network/expressRouteCircuits and "ExpressRoute circuit peerings".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import Circuit, Peering
from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, Resource, belongs, name_of, parent
from appliance.azure.subnets import quiet
from appliance.azure.tree import Node

_PRIVATE = "azureprivatepeering"


def circuits(vpn: Resource, heap: Heap) -> tuple[Circuit, ...]:
    """Every circuit among the exports, by name, with the gateway that is beside `vpn` if any is.

    Of several with one name those nearest to it count. None is needed for a tunnel: what is missing
    or not known is no fault, it is not told.
    """
    named: dict[str, list[Resource]] = {}
    for one in heap.of(Kind.CIRCUIT):
        named.setdefault(one.name.casefold(), []).append(one)
    return tuple(
        _circuit(one, vpn, heap) for same in named.values() for one in _nearest(same, vpn, heap)
    )


def _nearest(same: list[Resource], vpn: Resource, heap: Heap) -> list[Resource]:
    """Circuits of other networks may have one's name."""
    if len(same) == 1:
        return same
    near = [_near(one, vpn, heap) for one in same]
    return [one for one, so_near in zip(same, near, strict=True) if so_near == max(near)]


def _near(circuit: Resource, vpn: Resource, heap: Heap) -> int:
    """How near it is to the VPN: beside it, joined with some gateway, or neither."""
    if any(True for _ in _beside(circuit, vpn, heap)):
        return 2
    return int(_joined(circuit, heap))


def _circuit(resource: Resource, vpn: Resource, heap: Heap) -> Circuit:
    node = quiet(resource.node)
    sku = node.get("sku")
    gateways = (*_beside(resource, vpn, heap), *_gateways(resource, heap))
    gateway = next(iter(gateways), None)
    return Circuit(
        name=resource.name,
        id=resource.id,
        bandwidth_mbps=_bandwidth(node),
        sku_tier=sku.text("tier") if sku else None,
        provider_state=node.text("serviceProviderProvisioningState"),
        stag=_tag(node, "stag"),
        peering=next(_peerings(resource, heap), Peering()),
        connected=_joined(resource, heap),
        gateway_sku=_sku(gateway),
        gateway_asn=_asn(gateway),
    )


def _bandwidth(circuit: Node) -> int | None:
    """In Mbps; circuits on ports of one's own (ExpressRoute Direct) tell Gbps."""
    offered = circuit.get("serviceProviderProperties") or circuit
    direct = circuit.get("bandwidthInGbps")
    gbps = direct.value if direct is not None else None
    if isinstance(gbps, int | float) and gbps > 0:
        return round(gbps * 1_000)
    return offered.number("bandwidthInMbps")


def _peerings(circuit: Resource, heap: Heap) -> Iterator[Peering]:
    for node in _private(circuit, heap):
        yield Peering(
            state=node.text("state"),
            azure_asn=node.number("azureASN"),
            peer_asn=node.number("peerASN"),
            primary=_link(node, "primaryPeerAddressPrefix"),
            secondary=_link(node, "secondaryPeerAddressPrefix"),
            vlan=_tag(node, "vlanId"),
        )


def _private(circuit: Resource, heap: Heap) -> Iterator[Node]:
    """The private peering, as the circuit carries it or exported by itself."""
    apart = (one for one in heap.of(Kind.CIRCUIT_PEERING) if _belongs(one, circuit))
    for told in (*quiet(circuit.node).items("peerings"), *(one.node for one in apart)):
        node = quiet(told)
        kind = node.text("peeringType") or node.text("name") or ""
        if kind.casefold() == _PRIVATE:
            yield node


def _belongs(peering: Resource, circuit: Resource) -> bool:
    inside = belongs(peering.id, "peerings", circuit.id)
    if inside is not None:
        return inside
    named = quiet(peering.node).text("circuitName") or name_of(parent(peering.id or "", "peerings"))
    return named.casefold() == circuit.name.casefold()


def _link(node: Node, name: str) -> IPv4Network | None:
    """The network of a link; an IPv6 one, or none, is not told."""
    text = node.text(name)
    try:
        return None if text is None else IPv4Network(text, strict=False)
    except ValueError:
        return None


def _tag(node: Node, name: str) -> int | None:
    """A VLAN tag; Azure writes 0 where there is none."""
    return node.number(name) or None


def _connections(circuit: Resource, heap: Heap) -> Iterator[Resource]:
    for connection in heap.of(Kind.CONNECTION):
        peer = quiet(connection.node).get("peer")
        named = peer.text("id") if peer is not None else None
        if named is not None and heap.find(Kind.CIRCUIT, named) is circuit:
            yield connection


def _joined(circuit: Resource, heap: Heap) -> bool:
    return any(True for _ in _connections(circuit, heap)) or _in_hub(circuit, heap)


def _beside(circuit: Resource, vpn: Resource, heap: Heap) -> Iterator[Resource]:
    """Its gateways in the VNet of the VPN's."""
    home = _network(vpn)
    return (each for each in _gateways(circuit, heap) if home and _network(each) == home)


def _in_hub(circuit: Resource, heap: Heap) -> bool:
    """Whether a gateway of Virtual WAN has it; its private peering names the connection, too."""
    peerings = (quiet(told).get("expressRouteConnection") for told in _private(circuit, heap))
    joined = (
        quiet(one.node).get("expressRouteCircuitPeering") for one in heap.of(Kind.HUB_CIRCUIT)
    )
    named = (parent(one.text("id") or "", "peerings") for one in joined if one is not None)
    return any(peerings) or any(heap.find(Kind.CIRCUIT, each) is circuit for each in named)


def _network(gateway: Resource) -> str | None:
    """The id of the VNet that a gateway is in, in small letters."""
    for config in quiet(gateway.node).items("ipConfigurations"):
        subnet = config.get("subnet")
        if subnet is not None and (identity := subnet.text("id")):
            return parent(identity, "subnets").casefold()
    return None


def _gateways(circuit: Resource, heap: Heap) -> Iterator[Resource]:
    for connection in _connections(circuit, heap):
        reference = quiet(connection.node).get("virtualNetworkGateway1")
        identity = reference.text("id") if reference is not None else None
        found = heap.find(Kind.GATEWAY, identity) if identity else None
        if found is not None:
            yield found


def _sku(gateway: Resource | None) -> str | None:
    sku = None if gateway is None else quiet(gateway.node).get("sku")
    if sku is None:
        return None
    return sku.as_text() if isinstance(sku.value, str) else sku.text("name")


def _asn(gateway: Resource | None) -> int | None:
    settings = None if gateway is None else quiet(gateway.node).get("bgpSettings")
    return None if settings is None else settings.number("asn")
