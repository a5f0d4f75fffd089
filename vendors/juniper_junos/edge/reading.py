"""Any Junos configuration as an ExpressRoute edge."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.edge import (
    MICROSOFT_ASN,
    Bfd,
    Edge,
    ErLink,
    ErSession,
    Filter,
    HostRoute,
    Standby,
)
from appliance.model.names import OURS
from appliance.model.secret import Hidden, Secret
from appliance.record import replace
from vendors.juniper_junos.edge.filters import Policies
from vendors.juniper_junos.edge.lines import label, line, line_objects, tags
from vendors.juniper_junos.edge.names import TAGGINGS
from vendors.juniper_junos.names import BGP_HOLD
from vendors.juniper_junos.reading.bgp import Neighbor, asn, neighbors
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.keys import plain
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.words import address, number
from vendors.juniper_junos.tree import NOTHING, Node

_DISTANCE = 170
"""Preference of BGP routes, learned and own alike ("Routing Protocols Overview")."""
_STATIC = 5
_DETECTS = 3
"""Packets that may be lost, unless said ("BGP User Guide", bfd-liveness-detection)."""


def edge(device: Device) -> Edge | None:
    """What a configuration says of ExpressRoute; None when it says nothing of the kind."""
    speaking = tuple(neighbors(device.root))
    found = [one for one in speaking if _is_microsoft(one)]
    hosts, standby = tuple(_hosts(device)), tuple(_standby(device))
    objects = dict(_objects(device.root))
    if not (found or hosts or standby or objects):
        return None
    policies = Policies(device.root.at("policy-options"))
    links = tuple(_link(device, one, policies) for one in found)
    return Edge(
        asn=next((own for one in found if (own := _own(device, one)) is not None), None),
        links=links,
        networks=_networks(device, found),
        hosts=hosts,
        standby=standby,
        bgp_distance=min((_distance(one) for one in found), default=_DISTANCE),
        behind=tuple(_behind(speaking, policies)),
        objects=objects,
    )


def _is_microsoft(neighbor: Neighbor) -> bool:
    return asn(neighbor.value("peer-as") or "") == MICROSOFT_ASN


def _behind(speaking: tuple[Neighbor, ...], policies: Policies) -> Iterator[ErSession]:
    """The sessions of the main table with others than Microsoft, the VPN's among them."""
    for one in speaking:
        remote = asn(one.value("peer-as") or "")
        if one.instance is None and remote not in {None, MICROSOFT_ASN}:
            yield replace(_session(one, policies), asn=remote)


def _own(device: Device, neighbor: Neighbor) -> int | None:
    return device.sessions.local_as(neighbor, Notes(device.found.rows))


def _distance(neighbor: Neighbor) -> int:
    return number(neighbor.value("preference")) or _DISTANCE


def _networks(device: Device, found: list[Neighbor]) -> tuple[IPv4Network, ...]:
    """What the export policies of the sessions let out of the device's own routes."""
    notes = Notes(device.found.rows)
    exports = ((one.values("export"), one.instance) for one in found)
    advertised = device.sessions.advertised
    return tuple(
        dict.fromkeys(
            prefix
            for names, instance in exports
            for prefix in advertised.networks(names, instance, notes)
        )
    )


def _hosts(device: Device) -> Iterator[HostRoute]:
    """Static routes of the main table to single addresses, but for those into tunnels."""
    for covered, node in device.routes.static.get(None, {}).items():
        if covered.prefixlen == covered.max_prefixlen:
            for hop in node.values("next-hop"):
                if address(hop) is not None and not _into_tunnel(device, hop):
                    yield HostRoute(address=covered.network_address, via=hop)


def _into_tunnel(device: Device, hop: str) -> bool:
    where = address(hop)
    owners = device.routes.leading_to(where, None) if where is not None else []
    return any(name.startswith("st0.") for name in owners)


def _standby(device: Device) -> Iterator[Standby]:
    """Static routes of the main table into tunnels; without a preference they have 5."""
    usual = device.root.at("routing-options", "static", "defaults").value("preference")
    for name in device.interfaces.units:
        if not name.startswith("st0.") or device.interfaces.instance(name) is not None:
            continue
        for hop in device.routes.of(name):
            said = hop.way.partition(" preference ")[2] or hop.node.value("preference")
            distance = number(said or usual)
            yield Standby(
                prefix=hop.network, via=name, distance=_STATIC if distance is None else distance
            )


def _objects(root: Node) -> Iterator[tuple[str, str]]:
    """Policies and prefix lists of ours as they stand, and which ports carry tags."""
    for kind in ("policy-statement", "prefix-list"):
        for name, node in root.items("policy-options", kind):
            if name.startswith(OURS):
                yield f"policy-options {kind} {name}", "\n".join(_said(node))
    for port, node in root.items("interfaces"):
        for word in TAGGINGS:
            if node.get(word) is not None:
                yield f"tagging {port}", word


def _said(node: Node, before: str = "") -> Iterator[str]:
    for word, child in node.items():
        here = f"{before} {word}".strip()
        if child.children:
            yield from _said(child, here)
        else:
            yield here


def _link(device: Device, neighbor: Neighbor, policies: Policies) -> ErLink:
    over = line(device, neighbor)
    unit = NOTHING if over is None else over.unit
    outer, inner = tags(unit)
    notes = Notes(device.found.rows)
    _where(notes, unit, neighbor)
    return ErLink(
        label=label(unit),
        interface="" if over is None else over.name,
        address=None if over is None else over.held,
        vlan=inner,
        svlan=outer,
        bfd=_bfd(neighbor),
        enabled=over is not None and over.name not in device.interfaces.off,
        admits=over is None or _admits(device, over.name),
        session=_session(neighbor, policies),
        objects={**line_objects(device, over), **_session_objects(neighbor)},
        sources=notes.sources,
    )


def _admits(device: Device, name: str) -> bool:
    """Whether BGP reaches the device on a unit; where no zone is told nobody knows better."""
    zones = device.zones
    return zones.of(name) is None or zones.inbound(name, "protocols", "bgp")[0]


def _bfd(neighbor: Neighbor) -> Bfd | None:
    said = neighbor.section("bfd-liveness-detection")
    if said is None:
        return None
    both = number(said.value("minimum-interval"))
    sent = number(said.value("transmit-interval", "minimum-interval")) or both
    heard = number(said.value("minimum-receive-interval")) or both
    if sent is None or heard is None:
        return None
    lost = number(said.value("multiplier"))
    return Bfd(transmit_ms=sent, receive_ms=heard, multiplier=lost or _DETECTS)


def _session_objects(neighbor: Neighbor) -> dict[str, str]:
    found = {
        "group": neighbor.group or "",
        "instance": neighbor.instance or "",
        "import": " ".join(neighbor.values("import")),
        "export": " ".join(neighbor.values("export")),
    }
    own = neighbor.levels[0]
    if own.inactive:
        found["session off"] = "inactive"
    elif own.get("shutdown") is not None:
        found["session off"] = "shutdown"
    elif neighbor.off:
        found["session off"] = "above"
    if neighbor.value("authentication-key") and own.value("authentication-key") is None:
        found["inherited"] = "authentication-key"
    return {kind: name for kind, name in found.items() if name}


def _session(neighbor: Neighbor, policies: Policies) -> ErSession:
    hold = number(neighbor.value("hold-time")) or BGP_HOLD
    preference = number(neighbor.value("local-preference"))
    inward, outward = neighbor.values("import"), neighbor.values("export")
    return ErSession(
        peer=IPv4Address(str(neighbor.address)),
        key=_key(neighbor),
        bfd=_bfd(neighbor) is not None,
        receives=_inward(policies, inward, preference),
        sends=policies.chain(outward, inward=False, preference=None),
        keepalive_seconds=hold // 3,
        hold_seconds=hold,
        enabled=not neighbor.off,
    )


def _inward(policies: Policies, names: tuple[str, ...], preference: int | None) -> Filter | None:
    if not names and preference is None:
        return None
    return policies.chain(names, inward=True, preference=preference)


def _key(neighbor: Neighbor) -> Secret | Hidden | None:
    stored = neighbor.value("authentication-key")
    return None if stored is None else plain(stored)


def _where(notes: Notes, unit: Node, neighbor: Neighbor) -> None:
    address_ = next((node for _, node in unit.items("family", "inet", "address")), None)
    notes.at("edge.link.interface", address_)
    notes.at("edge.link.address", address_)
    notes.at("edge.link.vlan", unit.leaf("vlan-id"), unit.leaf("vlan-tags"))
    notes.at("edge.link.svlan", unit.leaf("vlan-tags"))
    notes.at("edge.link.bfd", neighbor.section("bfd-liveness-detection"))
    notes.at("edge.session.key", neighbor.leaf("authentication-key"))
    notes.at("edge.session.receives", neighbor.leaf("import"))
    notes.at("edge.session.sends", neighbor.leaf("export"))
    notes.at("edge.session", neighbor.levels[0])
