"""Subnets, what is attached to them, and the routes of their tables.

Azure has all of it in the VNet; templates and Terraform have subnets, routes and what is attached
apart. "Virtual network traffic routing".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.heap import Heap
from appliance.azure.resources import Kind, Resource, belongs, name_of, parent
from appliance.azure.tree import Faults, Node
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subnet:
    """A subnet; `routes` are those of its table, None when there is none or nobody exported it.

    `propagation` tells whether the table lets the gateway's routes in.
    """

    name: str | None = None
    id: str | None = None
    prefixes: tuple[IPv4Network, ...] = ()
    security_group: str | None = None
    route_table: str | None = None
    routes: tuple[Node, ...] | None = None
    propagation: bool | None = None


def subnets(
    gateway: Node, vnet: Resource | None, heap: Heap
) -> tuple[Subnet, tuple[IPv4Network, ...]]:
    """The subnet that a gateway is in, and the prefixes of the others of its VNet."""
    references = (config.get("subnet") for config in gateway.items("ipConfigurations"))
    identities = (one.text("id") for one in references if one is not None)
    identity = next((one for one in identities if one), None)
    if identity is None:
        return Subnet(), ()
    every = {name_of(_id(node)).casefold(): node for node in _all(identity, vnet, heap)}
    own = every.pop(name_of(identity).casefold(), None)
    others = tuple(net for node in every.values() for net in prefixes(node))
    if own is None:
        return Subnet(name=name_of(identity), id=identity), others
    return described(own, heap), others


def of_exports(heap: Heap) -> Iterator[Subnet]:
    """All subnets in the exports, each once."""
    found = {
        name_of(resource.id or "") and resource.id: resource.node
        for resource in heap.of(Kind.SUBNET)
    }
    for vnet in heap.of(Kind.VNET):
        for node in quiet(vnet.node).items("subnets"):
            found.setdefault(_id(node) or None, node)
    for node in found.values():
        yield described(quiet(node), heap)


def described(node: Node, heap: Heap) -> Subnet:
    """What is told of a subnet; what is unreadable stays unknown."""
    attached = [node, *_attached(node, heap)]
    reference = next((one for each in attached if (one := each.get("routeTable"))), None)
    groups = (named(each, "networkSecurityGroup") for each in attached)
    table = _table(reference, heap)
    return Subnet(
        name=_name(node),
        id=_id(node) or None,
        prefixes=tuple(prefixes(node)),
        security_group=next((group for group in groups if group), None),
        route_table=name_of((reference.text("id") if reference else None) or "") or None,
        routes=None if table is None else tuple(_routes(table, heap)),
        propagation=None if table is None else not table.flag("disableBgpRoutePropagation"),
    )


def _all(identity: str, vnet: Resource | None, heap: Heap) -> Iterator[Node]:
    """Subnets of the VNet of one of them: exported apart, and within the VNet."""
    network = parent(identity, "subnets").casefold()
    for resource in heap.of(Kind.SUBNET):
        inside = parent(resource.id or "", "subnets").casefold()
        if inside == network or (resource.id or "").casefold() == identity.casefold():
            yield quiet(resource.node)
    yield from quiet(vnet.node).items("subnets") if vnet else ()


def _attached(subnet: Node, heap: Heap) -> Iterator[Node]:
    """What Terraform attaches to a subnet by resources of their own."""
    identity = _id(subnet).casefold()
    for resource in (*heap.of(Kind.TABLE_OF), *heap.of(Kind.GROUP_OF)):
        reference = quiet(resource.node).get("subnet")
        if identity and reference and (reference.text("id") or "").casefold() == identity:
            yield quiet(resource.node)


def _table(reference: Node | None, heap: Heap) -> Node | None:
    """A route table: exported by itself, or whole in the subnet; None when it is only named."""
    if reference is None:
        return None
    found = heap.find(Kind.ROUTE_TABLE, reference.text("id") or "")
    if found is not None:
        return quiet(found.node)
    return reference if reference.get("routes") is not None else None


def _routes(table: Node, heap: Heap) -> Iterator[Node]:
    """Routes in a table and those exported apart, which name it; each once."""
    seen = set[str]()
    for route in table.items("routes"):
        seen.add(_name(route).casefold())
        yield route
    identity, name = table.text("id"), _name(table).casefold()
    for resource in heap.of(Kind.ROUTE):
        node = quiet(resource.node)
        inside = belongs(resource.id, "routes", identity)
        named = (node.text("routeTable") or "").casefold() == name
        if (named if inside is None else inside) and resource.name.casefold() not in seen:
            yield node


def quiet(node: Node) -> Node:
    """The same, its faults heard by nobody."""
    return Node(node.value, node.file, node.path, Faults())


def named(node: Node | None, member: str) -> str | None:
    """The name in the id of the resource that a member refers to."""
    reference = node.get(member) if node else None
    return name_of((reference.text("id") if reference else None) or "") or None


def prefixes(subnet: Node) -> Iterator[IPv4Network]:
    """The IPv4 prefixes of a subnet."""
    for member in ("addressPrefix", "addressPrefixes"):
        for entry in subnet.items(member):
            prefix = entry.network([])
            if prefix is not None:
                yield prefix


def _id(node: Node) -> str:
    return node.text("id") or node.text("name") or ""


def _name(node: Node) -> str:
    return node.text("name") or name_of(node.text("id") or "")
