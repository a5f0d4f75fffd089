"""Virtual WAN: each link of each site's connection, put together into what Azure expects.

A hub's VPN gateway always has two instances, both active, and a link has a tunnel to each ("Virtual
WAN site-to-site"). Its answers name things otherwise than a VNet gateway's; they are renamed here,
so that one reader serves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from appliance.azure.connection import Parts, negotiated
from appliance.azure.expectation import VIRTUAL_WAN, Expectation
from appliance.azure.heap import Heap
from appliance.azure.network import Networks, prefixes
from appliance.azure.origin import Moved
from appliance.azure.resources import Kind, Resource, name_of, parent, show_command
from appliance.azure.tree import Node
from appliance.record import dataclass, replace

_CONNECTION = {
    "id": "id",
    "connectionProtocol": "vpnConnectionProtocolType",
    "connectionMode": "vpnLinkConnectionMode",
    "connectionStatus": "connectionStatus",
    "provisioningState": "provisioningState",
    "etag": "etag",
    "dpdTimeoutSeconds": "dpdTimeoutSeconds",
    "enableBgp": "enableBgp",
    "sharedKey": "sharedKey",
    "ipsecPolicies": "ipsecPolicies",
    "usePolicyBasedTrafficSelectors": "usePolicyBasedTrafficSelectors",
    "useLocalAzureIpAddress": "useLocalAzureIpAddress",
    "gatewayCustomBgpIpAddresses": "vpnGatewayCustomBgpAddresses",
    "ingressNatRules": "ingressNatRules",
    "egressNatRules": "egressNatRules",
}
_SITE = {
    "gatewayIpAddress": "ipAddress",
    "fqdn": "fqdn",
    "bgpSettings": "bgpProperties",
    "linkProperties": "linkProperties",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a connection, which is negotiated by itself; `node` is where it stands."""

    name: str
    connection: Resource
    node: Node


def links(heap: Heap) -> tuple[Link, ...]:
    """All links of all connections. Where there are several, the link's name is added."""
    found = []
    for connection in heap.of(Kind.WAN_CONNECTION):
        nodes = connection.node.items("vpnLinkConnections") or (connection.node,)
        for number, node in enumerate(nodes):
            name = node.text("name") or name_of(node.text("id") or "") or str(number)
            full = f"{connection.name}/{name}" if len(nodes) > 1 else connection.name
            found.append(Link(full, connection, node))
    return tuple(found)


def assemble(link: Link, heap: Heap) -> Expectation | None:
    """What Azure expects on one link; None when faults, noted in its nodes, stop it."""
    gateway = _gateway(link, heap)
    site = _site(link, heap)
    if gateway is None or site is None:
        return None

    def reach(notes: list[str], learned: bool) -> Networks:  # noqa: FBT001 -- see Parts
        return _hub_networks(gateway, heap, notes, learned=learned)

    connection = _as_connection(link)
    end = _as_site(link, site)
    found = negotiated(Parts(connection, gateway, end, reach, VIRTUAL_WAN), heap)
    return _with_key(found, site.name, heap)


def renamed(node: Node, names: Mapping[str, str]) -> Moved:
    """An object with the members of another under other names: new name -> name there."""
    found = {new: node.get(old) for new, old in names.items()}
    told = {new: member for new, member in found.items() if member is not None}
    return Moved(
        {new: member.value for new, member in told.items()},
        {new: member.path for new, member in told.items()},
    )


def _as_connection(link: Link) -> Resource:
    """The link's connection in the shape of a VNet gateway's."""
    value = renamed(link.node, _CONNECTION)
    whole = renamed(link.connection.node, {"trafficSelectorPolicies": "trafficSelectorPolicies"})
    state = renamed(link.connection.node, {"provisioningState": "provisioningState"})
    for more in (whole, state):
        value |= more
        value.origin |= more.origin
    value.caveat = link.connection.caveat
    node = Node(value, link.node.file, link.node.path, link.node.faults)
    return replace(link.connection, name=link.name, node=node)


def _as_site(link: Link, site: Resource) -> Resource:
    """The end of a link in the shape of a local network gateway."""
    end = _site_link(link, site) or site.node
    value = renamed(end, _SITE)
    if "bgpSettings" not in value:  # a site without links, and PowerShell
        settings = renamed(end, {"bgpSettings": "bgpSettings"})
        value |= settings
        value.origin |= settings.origin
    space = renamed(site.node, {"localNetworkAddressSpace": "addressSpace"})
    value |= space
    value.origin |= space.origin
    value.caveat = site.caveat
    return replace(site, node=Node(value, end.file, end.path, end.faults))


def _site_link(link: Link, site: Resource) -> Node | None:
    """The link of the site; None where the site has none but is its only link itself."""
    known = site.node.items("vpnSiteLinks")
    if not known:
        return None
    reference = link.node.get("vpnSiteLink")
    wanted = name_of(reference.text("id") or "") if reference else ""
    found = [each for each in known if _called(each) == wanted.casefold()]
    if not found and not wanted and len(known) == 1:
        found = [known[0]]
    if not found:
        link.node.fault(
            f"the site {site.name} has no link {wanted or '(the connection names none)'}",
            f"export it again: {show_command(Kind.WAN_SITE, site.id)}",
        )
    return found[0] if found else None


def _called(link: Node) -> str:
    return (link.text("name") or name_of(link.text("id") or "")).casefold()


def _gateway(link: Link, heap: Heap) -> Resource | None:
    identity = parent(link.connection.id or "", "vpnConnections")
    found = heap.find(Kind.WAN_GATEWAY, identity)
    known = heap.of(Kind.WAN_GATEWAY)
    if found is None and "/" not in identity.rpartition("vpnGateways/")[2] and len(known) == 1:
        found = known[0] if not link.connection.id or link.connection.caveat else None
    if found is None:
        link.connection.node.fault(
            f"vpn-gateway {name_of(identity)} is not among the exports"
            + heap.why_not(Kind.WAN_GATEWAY, identity),
            f"add it: {show_command(Kind.WAN_GATEWAY, identity)}",
        )
    return found


def _site(link: Link, heap: Heap) -> Resource | None:
    reference = link.connection.node.get("remoteVpnSite")
    if reference is None:
        link.connection.node.fault("the connection does not say its site (remoteVpnSite)")
        return None
    identity = reference.text("id") or ""
    found = heap.find(Kind.WAN_SITE, identity)
    if found is None:
        reference.fault(
            f"vpn-site {name_of(identity) or '(no id)'} is not among the exports"
            + heap.why_not(Kind.WAN_SITE, identity),
            f"add it: {show_command(Kind.WAN_SITE, identity)}",
        )
    return found


def _hub_networks(gateway: Resource, heap: Heap, notes: list[str], *, learned: bool) -> Networks:
    """The hub's own prefix, those of the VNets connected to it, and its point-to-site clients."""
    reference = gateway.node.get("virtualHub")
    identity = (reference.text("id") if reference else None) or ""
    hub = heap.find(Kind.HUB, identity)
    if hub is None:
        if learned:
            notes.append("the gateway's hub is not among the exports; its prefixes come by BGP")
        else:
            gateway.node.fault(
                f"the gateway's hub {name_of(identity)} is not among the exports",
                f"add it: {show_command(Kind.HUB, identity)}",
            )
        return Networks()
    prefix = hub.node.get("addressPrefix")
    own = prefix.network(notes) if prefix else None
    behind = [each for vnet in _spokes(hub, heap, notes) for each in vnet]
    found = (own, *behind) if own else tuple(behind)
    return Networks(tuple(dict.fromkeys(found)), _clients(hub, heap, notes), hub)


def _clients(hub: Resource, heap: Heap, notes: list[str]) -> tuple[IPv4Network, ...]:
    """Pools of the hub's point-to-site gateway, where that was exported."""
    pools: list[IPv4Network] = []
    for gateway in heap.of(Kind.WAN_CLIENTS):
        reference = gateway.node.get("virtualHub")
        if reference is not None and heap.find(Kind.HUB, reference.text("id") or "") is hub:
            for settings in gateway.node.items("p2SConnectionConfigurations"):
                pools += prefixes(settings.get("vpnClientAddressPool"), notes)
    if pools:
        notes.append(f"point-to-site clients behind the hub: {', '.join(map(str, pools))}")
    return tuple(dict.fromkeys(pools))


def _spokes(hub: Resource, heap: Heap, notes: list[str]) -> Iterator[tuple[IPv4Network, ...]]:
    """Networks of the VNets at a hub; PowerShell and old answers have its connections in it."""
    connected = [
        spoke
        for spoke in heap.of(Kind.HUB_CONNECTION)
        if heap.find(Kind.HUB, parent(spoke.id or "", "hubVirtualNetworkConnections")) is hub
    ]
    nodes = [spoke.node for spoke in connected] or hub.node.items("virtualNetworkConnections")
    if not nodes:
        notes.append(
            f"{hub.node.where}: which VNets are connected to the hub is not known; for them: "
            f"az network vhub connection list -g RESOURCE_GROUP --vhub-name {hub.name} -o json"
        )
    for node in nodes:
        reference = node.get("remoteVirtualNetwork")
        identity = (reference.text("id") if reference else None) or ""
        vnet = heap.find(Kind.VNET, identity)
        if vnet is None:
            notes.append(
                f"{node.where}: the prefixes of VNet {name_of(identity)} are not known; add "
                f"it: {show_command(Kind.VNET, identity)}"
            )
        else:
            yield prefixes(vnet.node.told("addressSpace", notes), notes)


def _with_key(found: Expectation | None, site: str, heap: Heap) -> Expectation | None:
    """The key out of the site's configuration file, when nothing else tells it."""
    if found is None or found.psk is not None:
        return found
    from appliance.azure.branch import keys_of  # noqa: PLC0415 -- sites of Virtual WAN only

    keys = keys_of(site, found.on_premises.address, heap.branches)
    return replace(found, psk=keys[0], psk_state="known") if len(keys) == 1 else found
