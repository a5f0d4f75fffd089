"""NAT rules of a gateway: which addresses each end sees of the other.

From "About NAT on Azure VPN Gateway": an egress rule shows the site other addresses than the VNet
has, an ingress rule shows the VNet others than the site has. Static rules keep the size and map
one to one; dynamic ones hide many behind few, and only the internal side may begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import NatRule
from appliance.azure.heap import Heap
from appliance.azure.origin import Unknown
from appliance.azure.resources import Kind, Resource, name_of
from appliance.azure.tree import Node

_ID = "/subscriptions/"
_MEMBERS = (("egressNatRules", True), ("ingressNatRules", False))


def rules(connection: Node, gateway: Resource, heap: Heap, notes: list[str]) -> tuple[NatRule, ...]:
    """The rules that this connection names; one whose content nobody exported is noted."""
    return tuple(
        rule
        for member, egress in _MEMBERS
        for reference in _references(connection, member, notes)
        for rule in _rules(reference, gateway, heap, notes, egress=egress)
    )


def _references(connection: Node, member: str, notes: list[str]) -> tuple[Node, ...]:
    """The rules in a member; what a plan does not know yet may still tell which one it is."""
    found = connection.get(member)
    if found is None or not isinstance(found.value, Unknown):
        return found.elements() if found is not None else ()
    if not found.value.text.startswith(_ID):
        connection.told(member, notes)
        return ()
    return (Node(found.value.text, found.file, found.path, found.faults),)


def _rules(
    reference: Node, gateway: Resource, heap: Heap, notes: list[str], *, egress: bool
) -> Iterator[NatRule]:
    identity = reference.text("id") or ""
    name = name_of(identity)
    node = _content(reference, identity, gateway, heap)
    if node is None:
        notes.append(
            f"{reference.where}: NAT rule {name} is not among the exports: prefixes are told as if "
            "it were not there (az network vnet-gateway nat-rule list)"
        )
        return
    name = node.text("name") or name
    dynamic = "dynamic" in _kinds(node)
    inner = _networks(node, "internalMappings", notes)
    outer = _networks(node, "externalMappings", notes)
    bound = name_of(node.text("ipConfigurationId") or "") or None
    for internal, external in zip(inner, outer, strict=False):
        yield NatRule(
            name=name,
            egress=egress,
            dynamic=dynamic,
            internal=internal,
            external=external,
            instance=bound,
        )


def _kinds(node: Node) -> set[str]:
    """Static or Dynamic: az renames it, since REST has it beside the type of the resource."""
    inner = node.get("properties")
    told = (node.text("typePropertiesType"), node.text("type"), inner and inner.text("type"))
    return {word.casefold() for word in told if word}


def _content(reference: Node, identity: str, gateway: Resource, heap: Heap) -> Node | None:
    if reference.get("internalMappings") is not None:
        return reference
    wanted = identity.casefold()
    for rule in gateway.node.items("natRules"):
        if (rule.text("id") or "").casefold() == wanted or rule.text("name") == name_of(identity):
            return rule
    found = heap.find(Kind.NAT_RULE, identity)
    return None if found is None else found.node


def _networks(node: Node, member: str, notes: list[str]) -> tuple[IPv4Network, ...]:
    spaces = (entry.get("addressSpace") for entry in node.items(member))
    found = (space.network(notes) for space in spaces if space is not None)
    return tuple(network for network in found if network is not None)
