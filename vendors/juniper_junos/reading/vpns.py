"""Every `security ipsec vpn` as a tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Bgp,
    Local,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from vendors.juniper_junos.reading import ike as ikes
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.esp import esp
from vendors.juniper_junos.reading.ike import Gateway
from vendors.juniper_junos.reading.keys import psk
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.quirks import Parts, quirks
from vendors.juniper_junos.reading.routes import Hop
from vendors.juniper_junos.reading.selectors import of_policies, proxy_identity, traffic_selectors
from vendors.juniper_junos.reading.words import address, number, unit
from vendors.juniper_junos.tree import NOTHING, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter

LABEL = "appliance:"
"""What the description of our own st0 units begins with."""


def vpns(device: Device) -> Iterator[Tunnel]:
    """The tunnels in the order of the text, those switched off as well."""
    vpn = device.root.any("security", "ipsec", "vpn")
    whole = vpn is not None and device.root.get("security", "ipsec", "vpn") is None
    for name, node in vpn.children.items() if vpn is not None else ():
        manual = node.any("manual")
        if manual is not None and node.any("ike") is None:
            device.found.odd[manual.line] = None  # keys set by hand, without IKE
        elif not name.startswith("apply-") and (node.children or node.inactive):
            yield _tunnel(device, name, node, off=whole or node.inactive)


def _tunnel(device: Device, name: str, vpn: Node, *, off: bool) -> Tunnel:
    notes = _begun(device, name, vpn)
    gateway = ikes.gateway(device.found, vpn, notes)
    interface = _interface(device, vpn, notes)
    local = _local(device, gateway.node, notes)
    child, policy_off = esp(device.found, vpn, notes)
    mode, selectors, inert = _selectors(device, name, vpn, local, notes)
    remotes = ikes.addresses(gateway.node, notes)
    reach = _Reach(device, name, interface, notes)
    permits, where = device.zones.permits(local.interface, remotes)
    notes.at("permits", where)
    dead = interface is not None and interface.name in device.interfaces.off
    made = Tunnel(
        name=name,
        mode=mode,
        enabled=not (off or gateway.off or policy_off or dead or inert),
        dynamic=gateway.node.get("dynamic") is not None,
        local=local,
        remote=_remote(gateway.node, remotes, notes),
        interface=interface,
        ike=ikes.ike(device.found, gateway, notes),
        esp=child,
        psk=_key(gateway, notes),
        selectors=selectors,
        routes=reach.routes(),
        bgp=reach.bgp,
        permits=permits,
        passes=reach.passes(local),
        filter=reach.crossing(local),
        missing=tuple(notes.missing),
        quirks=tuple(quirks(Parts(device, vpn, gateway, interface, reach.bgp), notes)),
        objects=notes.objects,
        sources=notes.sources,
    )
    notes.name("off", "\n".join(_switches(device, vpn, gateway, made)))
    notes.name("groups", ", ".join(notes.groups))
    return made


def _begun(device: Device, name: str, vpn: Node) -> Notes:
    """What is known before anything is looked up."""
    notes = Notes(device.found.rows)
    notes.at("vpn", vpn)
    notes.name("vpn", name)
    notes.name("establish", vpn.value("establish-tunnels"))
    notes.at("establish", vpn.leaf("establish-tunnels"))
    notes.at("enabled", vpn)
    notes.at("mode", vpn.get("traffic-selector"), vpn.leaf("bind-interface"), vpn)
    return notes


def _switches(device: Device, vpn: Node, gateway: Gateway, made: Tunnel) -> Iterator[str]:
    """What switches a tunnel off, in so far as it stands at the tunnel itself."""
    if vpn.inactive:
        yield f"inactive security ipsec vpn {made.name}"
    for kind, node in (("gateway", gateway.node), ("ike policy", gateway.policy)):
        if node.inactive and kind in made.objects:
            yield f"inactive security ike {kind.split()[-1]} {made.objects[kind]}"
    policy = made.objects.get("ipsec policy")
    child = device.root.any("security", "ipsec", "policy", policy) if policy else None
    if child is not None and child.inactive:
        yield f"inactive security ipsec policy {policy}"
    if made.interface is not None and made.interface.name in device.interfaces.off:
        yield from _unit_off(device.interfaces.units[made.interface.name], made.interface.name)


def _unit_off(node: Node, name: str) -> Iterator[str]:
    path = f"interfaces {name.replace('.', ' unit ')}"
    if node.inactive:
        yield f"inactive {path}"
    if node.get("disable") is not None:
        yield f"{path} disable"


def _key(gateway: Gateway, notes: Notes) -> Secret | Hidden | None:
    notes.at("psk", gateway.policy.get("pre-shared-key"), gateway.policy)
    return psk(gateway.policy)


def _local(device: Device, gateway: Node, notes: Notes) -> Local:
    name = unit(gateway.value("external-interface"))
    notes.at("local.interface", gateway.leaf("external-interface"), gateway)
    given = address(gateway.value("local-address"))
    notes.at("local.address", gateway.leaf("local-address"), gateway.leaf("external-interface"))
    if name is not None and name not in device.interfaces.units:
        notes.lacks("interface", name)
    held = device.interfaces.first.get(name or "")
    instance = device.interfaces.instance(name) or gateway.value("routing-instance")
    notes.name("outside zone", device.zones.of(name))
    return Local(
        address=given if given is not None else (held.ip if held is not None else None),
        interface=name,
        identity=ikes.identity(gateway, "local-identity", "local.identity", notes),
        vrf=instance,
    )


def _remote(gateway: Node, remotes: tuple[IPv4Address, ...], notes: Notes) -> Remote:
    identity = ikes.identity(gateway, "remote-identity", "remote.identity", notes)
    if identity is None and gateway.get("dynamic") is not None:
        identity = ikes.identity(gateway, "dynamic", "remote.identity", notes)
    return Remote(addresses=remotes, identity=identity)


def _interface(device: Device, vpn: Node, notes: Notes) -> TunnelInterface | None:
    name = unit(vpn.value("bind-interface"))
    notes.at("interface.name", vpn.leaf("bind-interface"))
    if name is None:
        return None
    node = device.interfaces.units.get(name)
    if node is None:
        notes.lacks("interface", name)
    held = node or NOTHING
    _label(held, notes)
    zone = device.zones.of(name)
    notes.name("zone", zone)
    if zone is None and device.zones.known and name not in device.interfaces.elsewhere:
        notes.lacks("security zone of", name)
    notes.name("elsewhere", device.interfaces.elsewhere.get(name))
    instance = device.interfaces.instance(name)
    notes.name("instance", instance)
    mss, mss_node, where = device.mss(held)
    notes.name("mss", where)
    notes.at("interface.mss", mss_node)
    inet = held.get("family", "inet")
    notes.at("interface.mtu", held.leaf("family", "inet", "mtu"), inet, node)
    notes.at("interface.address", held.leaf("family", "inet", "address"), inet, node)
    first = device.interfaces.first.get(name)
    lender = held.value("family", "inet", "unnumbered-address")
    own = name if inet is not None and first is None else None
    return TunnelInterface(
        name=name,
        address=first,
        unnumbered=unit(lender) or own,
        mss=mss,
        mtu=number(held.value("family", "inet", "mtu")),
        vrf=instance,
    )


def _label(node: Node, notes: Notes) -> None:
    words = (node.value("description") or "").split()
    if words[:1] == [LABEL] and words[1:]:
        notes.name("label", words[1])


def _selectors(
    device: Device, name: str, vpn: Node, local: Local, notes: Notes
) -> tuple[Mode, tuple[TrafficSelector, ...], bool]:
    """What decides which packets enter, the pairs, and whether nothing leads into the tunnel."""
    identity = proxy_identity(device.found, vpn, notes)
    pairs = traffic_selectors(device.found, vpn, notes)
    if vpn.value("bind-interface") is not None:
        if pairs is not None:
            return Mode.POLICY_BASED, pairs, False
        return Mode.ROUTE_BASED, identity, False
    found, policies = of_policies(device, name, local.interface, notes)
    if policies:
        notes.name("address book", device.books.style)
        notes.name("policies", ", ".join(f"{' '.join(one.zones)} {one.name}" for one in policies))
    inert = not policies and device.policies.known
    return Mode.POLICY_BASED, identity or found, inert


class _Reach:
    """What lies behind a tunnel interface: routes, BGP, and what the rules let through."""

    def __init__(
        self, device: Device, name: str, interface: TunnelInterface | None, notes: Notes
    ) -> None:
        self.device = device
        self.name = name
        self.interface = interface
        self.notes = notes

    def routes(self) -> tuple[IPv4Network, ...]:
        """The static routes into the tunnel."""
        if self.interface is None:
            return ()
        found: dict[IPv4Network, None] = {}
        plain = f"next-hop {self.interface.name}"
        for hop in self.device.routes.of(self.interface.name):
            if self._mine(hop):
                found[hop.network] = None
                self.notes.at("routes", hop.node)
                self.notes.at(f"routes.{hop.network}", hop.node)
                if hop.way != plain:
                    self.notes.name(f"route {hop.network}", hop.way)
        return tuple(found)

    def _mine(self, hop: Hop) -> bool:
        """Of several VPNs on one interface the next hop decides, where it is said whose it is."""
        return hop.kind == "next-table" or hop.target not in self._others

    @cached_property
    def _others(self) -> frozenset[str]:
        """Next hops of this interface that lead to other VPNs."""
        name = self.interface.name if self.interface is not None else ""
        if len(self.device.bound.get(name, ())) < 2:  # noqa: PLR2004 -- several
            return frozenset()
        node = self.device.interfaces.units.get(name, NOTHING)
        return frozenset(
            peer
            for peer, said in node.items("family", "inet", "next-hop-tunnel")
            if said.value("ipsec-vpn") != self.name
        )

    @cached_property
    def bgp(self) -> Bgp | None:
        """The sessions through the tunnel."""
        if self.interface is None:
            return None
        return self.device.sessions.through(self.interface.name, self.notes, self._others)

    def passes(self, local: Local) -> tuple[TrafficSelector, ...] | None:
        """The pairs that the zone policies let through; a policy-based VPN is such a policy."""
        if self.interface is None or self.interface.name in self.device.interfaces.elsewhere:
            return None
        pairs, policies = self.device.passes.through(self.interface.name, local.interface)
        self.notes.name("address book", self.device.books.style)
        names = (f"{' '.join(one.zones)} {one.name}" for one in policies)
        self.notes.name("policies", ", ".join(names))
        if policies:
            self.notes.at("passes", policies[0].node)
        return pairs

    def crossing(self, local: Local) -> Filter | None:
        """What may cross the tunnel by the zone policies."""
        if self.interface is None or self.interface.name in self.device.interfaces.elsewhere:
            return None
        return self.device.crossing(self.interface.name, local.interface)
