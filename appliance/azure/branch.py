"""Virtual WAN's "Download VPN config" file: a site, and each hub that it is connected to.

The file is Azure's word for both gateway instances, the networks behind them, and the key, but it
has no algorithms: Virtual WAN's defaults are taken, and a note says so. Published examples are
objects with commas between them and no brackets around, which the reader of files takes as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import IPv4Address

from appliance.azure.connection import Parts, negotiated
from appliance.azure.expectation import VIRTUAL_WAN, Expectation
from appliance.azure.gateway import INSTANCES, is_private
from appliance.azure.heap import Heap
from appliance.azure.network import Networks
from appliance.azure.origin import Moved
from appliance.azure.resources import Kind, Resource
from appliance.azure.tree import Node
from appliance.azure.wan import renamed
from appliance.model.secret import Secret
from appliance.record import dataclass, replace

_ASSUMED = (
    "the file tells no algorithms: Virtual WAN's default lists are assumed; to be sure, add the "
    "export of the connection: az network vpn-gateway connection show"
)


@dataclass(frozen=True, slots=True)
class Branch:
    """One site at one hub; `modified` is when Azure wrote it, in seconds since 1970."""

    name: str
    site: Node
    connection: Node
    modified: float


def branches(heap: Heap) -> tuple[Branch, ...]:
    """All sites at all their hubs; those whose connection was exported as well are left out."""
    exported = {resource.name.casefold() for resource in heap.of(Kind.WAN_SITE)}
    connected = bool(heap.of(Kind.WAN_CONNECTION))
    newest: dict[tuple[str | None, ...], Branch] = {}
    for node, modified in heap.branches:
        for found in _of_file(node, modified):
            if connected and _name(found.site).casefold() in exported:
                heap.notes.append(
                    f"{found.site.where}: only the key is taken from here: the connection of "
                    f"{found.name} was exported, too, and says more"
                )
                continue
            key = _identity(found)
            old = newest.setdefault(key, found)
            older, newest[key] = sorted((old, found), key=lambda one: one.modified)
            if older.connection.value != newest[key].connection.value:
                heap.notes.append(
                    f"{older.site.where}: {older.name} is in {newest[key].site.where}, too; that "
                    "is newer, and counts"
                )
    return tuple(_told_apart(tuple(newest.values())))


def _identity(branch: Branch) -> tuple[str | None, ...]:
    """What is the same in an older file: the site's link, and the hub that it leads to."""
    hub = _hub(branch)
    told = tuple(hub.text(name) for name in ("AddressSpace", "Region")) if hub else ()
    return branch.name, branch.site.text("IPAddress"), *told


def _told_apart(found: Sequence[Branch]) -> Iterator[Branch]:
    """The same, with the link's address or the hub's network behind names that several have."""
    addresses, hubs = defaultdict[str, set[str | None]](set), defaultdict[str, set[str | None]](set)
    for each in found:
        addresses[each.name].add(each.site.text("IPAddress"))
        hubs[each.name].add(_space(each))
    for each in found:
        address = each.site.text("IPAddress") if len(addresses[each.name]) > 1 else None
        hub = _space(each) if len(hubs[each.name]) > 1 else None
        yield replace(each, name="/".join(filter(None, (each.name, address, hub))))


def _space(branch: Branch) -> str | None:
    hub = _hub(branch)
    return hub.text("AddressSpace") if hub else None


def assemble(branch: Branch, heap: Heap) -> Expectation | None:
    """What Azure expects of a site at one hub; None when faults, noted in its nodes, stop it."""
    gateway, hub = branch.connection.get("gatewayConfiguration"), _hub(branch)
    settings = branch.connection.get("connectionConfiguration")
    if gateway is None or settings is None or hub is None:
        missing = [
            name
            for name in ("hubConfiguration", "gatewayConfiguration", "connectionConfiguration")
            if branch.connection.get(name) is None
        ]
        branch.connection.fault(f"the site's connection lacks {', '.join(missing)}")
        return None

    def reach(notes: list[str], learned: bool) -> Networks:  # noqa: FBT001 -- see Parts
        return _networks(hub, notes, learned=learned)

    addresses = gateway.get("IpAddresses")
    if addresses is None or all(addresses.get(name) is None for name in INSTANCES):
        gateway.fault("the gateway has no IpAddresses.Instance0 and IpAddresses.Instance1")
        return None
    connection = _connection(branch, settings, addresses)
    parts = Parts(connection, _gateway(branch, gateway), _end(branch), reach, VIRTUAL_WAN)
    found = negotiated(parts, heap)
    return found and replace(_lifetimes(found, settings), notes=(*found.notes, _ASSUMED))


def keys_of(
    site: str, address: IPv4Address | None, found: Sequence[tuple[Node, float]]
) -> tuple[Secret, ...]:
    """The different keys that configuration files have for a site's link with this address."""
    keys = dict.fromkeys(
        key.value
        for node, modified in found
        for branch in _of_file(node, modified)
        if _name(branch.site).casefold() == site.casefold()
        and branch.site.text("IPAddress") == str(address)
        and (settings := branch.connection.get("connectionConfiguration")) is not None
        and (key := settings.get("PSK")) is not None
        and isinstance(key.value, str)
    )
    return tuple(map(Secret, keys))


def _of_file(node: Node, modified: float) -> Iterator[Branch]:
    """The sites at their hubs in one element of a file."""
    if not node.is_object:
        return
    site, connections = node.get("vpnSiteConfiguration"), node.items("vpnSiteConnections")
    if site is None or not connections:
        node.fault("a site without vpnSiteConfiguration and vpnSiteConnections")
        return
    link = site.text("LinkName")
    name = f"{_name(site)}/{link}" if link else _name(site)
    when = _time(node) or modified
    for number, connection in enumerate(connections, start=1):
        hub = connection.get("hubConfiguration")
        region = (hub.text("Region") if hub else None) or str(number)
        full = f"{name}/{region}" if len(connections) > 1 else name
        yield Branch(full, site, connection, when)


def _name(site: Node) -> str:
    return site.text("Name") or site.text("IPAddress") or "site"


def _time(node: Node) -> float | None:
    """When Azure wrote it; None when it does not say so in words that are understood."""
    version = node.get("configurationVersion")
    said = version.text("LastUpdatedTime") if version else None
    try:
        return None if said is None else datetime.fromisoformat(said).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _hub(branch: Branch) -> Node | None:
    return branch.connection.get("hubConfiguration")


def _networks(hub: Node, notes: list[str], *, learned: bool) -> Networks:
    entries = (*hub.items("AddressSpace"), *hub.items("ConnectedSubnets"))
    found = (entry.network(notes) for entry in entries)
    vnet = tuple(dict.fromkeys(each for each in found if each is not None))
    if not vnet and not learned:
        hub.fault("the hub has neither AddressSpace nor ConnectedSubnets")
    return Networks(vnet)


def _resource(kind: Kind, name: str, value: Moved, place: Node, modified: float) -> Resource:
    return Resource(kind, None, name, Node(value, place.file, place.path, place.faults), modified)


def _connection(branch: Branch, settings: Node, addresses: Node | None) -> Resource:
    value = renamed(settings, {"enableBgp": "IsBgpEnabled", "sharedKey": "PSK"})
    value["ipsecPolicies"] = []
    first = addresses.get(INSTANCES[0]) if addresses else None
    shown = first.address() if first else None
    value["useLocalAzureIpAddress"] = shown is not None and is_private(shown)
    return _resource(Kind.WAN_CONNECTION, branch.name, value, settings, branch.modified)


def _gateway(branch: Branch, gateway: Node) -> Resource:
    settings = gateway.get("BgpSetting")
    addresses = [_instance(gateway, settings, name) for name in INSTANCES]
    told = [each for each in addresses if len(each) > 1]
    bgp = Moved({"bgpPeeringAddresses": told})
    if settings is not None and (asn := settings.get("Asn")) is not None:
        bgp["asn"] = asn.value
        bgp.origin["asn"] = asn.path
    value = Moved({"bgpSettings": bgp})
    return _resource(Kind.WAN_GATEWAY, branch.name, value, gateway, branch.modified)


def _instance(gateway: Node, settings: Node | None, name: str) -> Moved:
    value = Moved({"ipconfigurationId": name})
    sources = (
        ("tunnelIpAddresses", gateway, "IpAddresses"),
        ("defaultBgpIpAddresses", settings, "BgpPeeringAddresses"),
        ("customBgpIpAddresses", settings, "CustomBgpPeeringAddresses"),
    )
    for member, holder, source in sources:
        both = holder.get(source) if holder else None
        own = both.get(name) if both else None
        if own is not None and own.value not in ("", []):
            value[member], value.origin[member] = own.value, own.path
    return value


def _end(branch: Branch) -> Resource:
    value = renamed(branch.site, {"gatewayIpAddress": "IPAddress", "bgpSettings": "BgpSetting"})
    return _resource(Kind.WAN_SITE, _name(branch.site), value, branch.site, branch.modified)


def _lifetimes(found: Expectation, settings: Node) -> Expectation:
    told = settings.get("IPsecParameters")
    seconds = told.number("SALifeTimeInSeconds") if told else None
    kilobytes = told.number("SADataSizeInKilobytes") if told else None
    return replace(
        found,
        esp_lifetime_seconds=seconds or found.esp_lifetime_seconds,
        esp_lifetime_kilobytes=kilobytes or found.esp_lifetime_kilobytes,
    )
