"""The networks behind a gateway: its VNet, peered VNets in transit, point-to-site clients."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from appliance.azure.heap import Heap
from appliance.azure.picked import untold
from appliance.azure.resources import Kind, Resource, parent, show_command
from appliance.azure.tree import Node
from appliance.record import dataclass


@dataclass(frozen=True, slots=True)
class Networks:
    """`vnet` are the prefixes of the VNet and of peered VNets in transit, `clients` the P2S pools.

    `source` is the VNet, None when the exports do not have it.
    """

    vnet: tuple[IPv4Network, ...] = ()
    clients: tuple[IPv4Network, ...] = ()
    source: Resource | None = None

    @property
    def all(self) -> tuple[IPv4Network, ...]:
        """Everything the appliance reaches through the tunnel."""
        return tuple(dict.fromkeys((*self.vnet, *self.clients)))


def networks(gateway: Resource, heap: Heap, notes: list[str], *, learned: bool) -> Networks:
    """Networks the gateway speaks for; a missing VNet is a fault unless BGP will tell them.

    `learned` says that it will: BGP is on, and no selectors are made of the VNet's prefixes.
    """
    untold(gateway, notes)
    clients = _clients(gateway, notes)
    vnet = _vnet(gateway, heap, notes, learned=learned)
    if vnet is None:
        return Networks(clients=clients)
    if not _peerings(vnet, heap):
        untold(vnet, notes)
    own = prefixes(vnet.node.told("addressSpace", notes), notes)
    summary = prefixes(vnet.node.get("summarizedGatewayPrefixes"), notes)
    if summary:
        notes.append(
            f"{vnet.node.where}: the gateway advertises summarizedGatewayPrefixes, taken in place "
            "of addressSpace"
        )
    if not own and not summary and not _left_open(vnet.node):
        vnet.node.fault(
            "the VNet has no IPv4 addressSpace.addressPrefixes",
            f"export all of it: {show_command(Kind.VNET, vnet.id)}",
        )
    peered = [
        prefix
        for peering in _peerings(vnet, heap)
        for prefix in _peered(peering, vnet, heap, notes)
    ]
    return Networks(tuple(dict.fromkeys((*(summary or own), *peered))), clients, vnet)


def prefixes(space: Node | None, notes: list[str]) -> tuple[IPv4Network, ...]:
    """The IPv4 prefixes of an address space ({"addressPrefixes": [...]}), each once, in order.

    A whole list that the source leaves unknown is noted, and nothing.
    """
    if space is None:
        return ()
    if isinstance(space.value, list):  # as --query "addressSpace.addressPrefixes" shows it
        return _networks(space.elements(), notes)
    found = space.told("addressPrefixes", notes)
    return _networks(found.elements() if found else (), notes)


def _left_open(vnet: Node) -> bool:
    """Whether the source has an address space, but cannot say which."""
    noted: list[str] = []
    space = vnet.told("addressSpace", noted)
    if space is not None and space.is_object:
        space.told("addressPrefixes", noted)
    return bool(noted)


def _peerings(vnet: Resource, heap: Heap) -> tuple[Node, ...]:
    """The peerings of a VNet: those it carries, and those exported by themselves."""
    own = vnet.node.items("virtualNetworkPeerings")
    known = {(peering.text("name") or "").casefold() for peering in own}
    apart = (
        peering.node
        for peering in heap.of(Kind.PEERING)
        if _same(heap.find(Kind.VNET, parent(peering.id or "", "virtualNetworkPeerings")), vnet)
        and peering.name.casefold() not in known
    )
    return (*own, *apart)


def _same(found: Resource | None, vnet: Resource) -> bool:
    return found is not None and found.node == vnet.node


def _networks(entries: Iterable[Node], notes: list[str]) -> tuple[IPv4Network, ...]:
    found = (entry.network(notes) for entry in entries)
    return tuple(dict.fromkeys(network for network in found if network is not None))


def _vnet(gateway: Resource, heap: Heap, notes: list[str], *, learned: bool) -> Resource | None:
    identity = _vnet_id(gateway)
    found = heap.find(Kind.VNET, identity) if identity else None
    if found is None and identity is None and len(known := heap.of(Kind.VNET)) == 1:
        notes.append(f"{known[0].node.where}: taken as the gateway's VNet: no other was exported")
        return known[0]
    if found is None and learned:
        notes.append("the gateway's VNet is not among the exports; its prefixes come by BGP")
    elif found is None:
        gateway.node.fault(
            f"the gateway's VNet {identity or '(its ipConfigurations name no subnet)'} is not "
            "among the exports",
            f"add it: {show_command(Kind.VNET, identity)}",
        )
    return found


def _vnet_id(gateway: Resource) -> str | None:
    for config in gateway.node.items("ipConfigurations"):
        subnet = config.get("subnet")
        if subnet is not None and (identity := subnet.text("id")):
            return parent(identity, "subnets")
    return None


def _peered(peering: Node, vnet: Resource, heap: Heap, notes: list[str]) -> tuple[IPv4Network, ...]:
    """Prefixes of a peered VNet that uses this VNet's gateway.

    `remoteVirtualNetworkAddressSpace` is what the peer has now, `remoteAddressSpace` what it had
    at the last synchronisation ("Update the address space for a peered virtual network").
    """
    if not peering.flag("allowGatewayTransit"):
        return ()
    name = peering.text("name") or peering.path
    reason = _unused(peering, vnet, heap)
    if reason:
        notes.append(f"{peering.where}: peering {name} left out: {reason}")
        return ()
    for space in (
        "remoteVirtualNetworkAddressSpace",
        "remoteAddressSpace",
        "peeredRemoteAddressSpace",
    ):
        if found := prefixes(peering.get(space), notes):
            listed = ", ".join(map(str, found))
            notes.append(f"peered VNet behind {name}, by gateway transit: {listed}")
            return found
    return _of_peer(peering, name, heap, notes)


def _of_peer(peering: Node, name: str, heap: Heap, notes: list[str]) -> tuple[IPv4Network, ...]:
    """The address space of the peered VNet itself, when the peering does not tell it."""
    reference = peering.get("remoteVirtualNetwork")
    remote = heap.find(Kind.VNET, reference.text("id") or "") if reference else None
    found = prefixes(remote.node.told("addressSpace", notes), notes) if remote else ()
    if found:
        listed = ", ".join(map(str, found))
        notes.append(f"peered VNet behind {name}, by gateway transit: {listed}")
    else:
        notes.append(
            f"{peering.where}: the prefixes of the peered VNet behind {name} are not known: "
            "neither the peering nor an export of that VNet tells them"
        )
    return found


def _unused(peering: Node, vnet: Resource, heap: Heap) -> str:
    """Why a peer does not use the gateway, as far as the exports tell; empty when it does."""
    state = peering.text("peeringState") or "Connected"
    if state.casefold() != "connected":
        return f"its state is {state}"
    reference = peering.get("remoteVirtualNetwork")
    remote = heap.find(Kind.VNET, reference.text("id") or "") if reference else None
    for back in _peerings(remote, heap) if remote else ():
        other = back.get("remoteVirtualNetwork")
        ours = (
            other is not None and (other.text("id") or "").casefold() == (vnet.id or "").casefold()
        )
        if ours and not back.flag("useRemoteGateways"):
            return "the peer does not use remote gateways"
    return ""


def _clients(gateway: Resource, notes: list[str]) -> tuple[IPv4Network, ...]:
    """Pools of point-to-site clients, those of groups of users among them.

    Custom routes are for those clients, not for sites.
    """
    if gateway.node.get("customRoutes") is not None and prefixes(
        gateway.node.get("customRoutes"), []
    ):
        notes.append(
            f"{gateway.node.at('customRoutes')}: left out: Azure gives them to point-to-site "
            "clients, not to sites"
        )
    settings = gateway.node.get("vpnClientConfiguration")
    groups = settings.items("vngClientConnectionConfigurations") if settings else ()
    holders = (settings, *groups) if settings else ()
    pools = (prefixes(each.get("vpnClientAddressPool"), notes) for each in holders)
    pool = tuple(dict.fromkeys(network for each in pools for network in each))
    if pool:
        listed = ", ".join(map(str, pool))
        notes.append(f"point-to-site clients behind the gateway: {listed}")
    return pool
