"""BGP as seen from the device: which neighbors are established, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from appliance.lab.azure_peer import AzurePeer, BgpPeer
from appliance.lab.circuit import Learned, Msee
from appliance.lab.junos.imports import let_in
from appliance.lab.junos.nine import MAGIC, reveal
from appliance.lab.junos.routes import addresses, connected, instance_of, outgoing, unit_of, units
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import admits

_HOLD = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One configured neighbor; `prefixes` are what it sends. `state` is that of BGP's machine."""

    address: str
    asn: int
    local: str
    local_asn: int
    group: str
    instance: str
    state: str
    hold: int
    interface: str = ""
    export: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    learned: tuple[Learned, ...] = ()

    @property
    def up(self) -> bool:
        """Whether it is established."""
        return self.state == "Establ"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A neighbor's statement with those it inherits from, innermost first."""

    root: Node
    instance: str
    above: Node
    chain: tuple[Node, ...]

    def value(self, *words: str) -> str:
        """What the innermost of them says."""
        return next((v for node in self.chain if (v := node.value(*words))), "")

    def many(self, *words: str) -> tuple[str, ...]:
        """The values that the innermost of them gives."""
        return next((tuple(v) for node in self.chain if (v := node.many(*words))), ())

    def has(self, *words: str) -> bool:
        """Whether any of them says it."""
        return any(node.has(*words) for node in self.chain)

    @property
    def asn(self) -> int:
        """Our number towards it."""
        for node in self.chain:
            own = node.find("local-as")
            if own is not None and own.children:
                return int(next(iter(own.children.values())).name)
        named = self.above.value("routing-options", "autonomous-system")
        return int(named or self.root.value("routing-options", "autonomous-system") or 0)


def neighbors(
    root: Node,
    peers: Iterable[AzurePeer],
    live: frozenset[str],
    circuits: Iterable[Msee] = (),
) -> Iterator[Neighbor]:
    """Every neighbor with its state; `live` names the tunnel interfaces that are up."""
    speakers = {peer.bgp.address: peer.bgp for peer in peers if peer.bgp is not None}
    links = {one.address: one for one in circuits}
    for instance, above in _instances(root):
        bgp = above.find("protocols", "bgp")
        if bgp is None or bgp.has("disable"):
            continue
        for group in bgp.all("group"):
            for node in group.all("neighbor"):
                place = _Place(root=root, instance=instance, above=above, chain=(node, group, bgp))
                found = _found(place, live)
                if node.name in links:
                    yield _taught(
                        place,
                        found,
                        _over(place, found, links[node.name]),
                        links[node.name].prefixes,
                    )
                    continue
                speaker = speakers.get(node.name)
                state = _state(place, found) or _met(found, speaker, live) or "Establ"
                yield _taught(place, found, state, speaker.prefixes if speaker is not None else ())


def _instances(root: Node) -> Iterator[tuple[str, Node]]:
    yield "", root
    above = root.find("routing-instances")
    for node in above.children.values() if above is not None else ():
        yield node.name, node


def _found(place: _Place, live: frozenset[str]) -> Neighbor:
    """A neighbor as configured, before anybody asks whether it is up."""
    node, group, _ = place.chain
    way = outgoing(place.root, place.instance, node.name, _down(place.root, live))
    local = place.value("local-address") or _own(place.root, way)
    return Neighbor(
        address=node.name,
        asn=int(place.value("peer-as") or place.asn),
        local=local,
        local_asn=place.asn,
        group=group.name,
        instance=place.instance,
        state="",
        hold=int(place.value("hold-time") or _HOLD),
        interface=way,
        export=place.many("export"),
    )


def _taught(place: _Place, found: Neighbor, state: str, prefixes: Iterable[str]) -> Neighbor:
    """The neighbor in this state, with what its import policies let in."""
    sent = prefixes if state == "Establ" else ()
    learned = tuple(
        Learned(prefix=prefix, via=found.address, local_preference=given)
        for prefix in sent
        if (given := let_in(place.root, place.many("import"), prefix)) is not None
    )
    taken = tuple(one.prefix for one in learned)
    return replace(found, state=state, prefixes=taken, learned=learned)


def _over(place: _Place, found: Neighbor, link: Msee) -> str:
    """The state of a session with Microsoft's router: everything on the line must fit."""
    waiting = _state(place, found)
    if waiting:
        return waiting
    stored = place.value("authentication-key")
    key = reveal(stored) if stored.startswith(MAGIC) else stored
    agreed = found.asn == link.asn and found.local_asn == link.device_asn and key == link.key
    same = found.local == link.device_address.partition("/")[0]
    if not link.up or not same or _tags(place.root, found.interface) != (link.svlan, link.vlan):
        return "Connect"
    return "Establ" if agreed else "Active"


def _tags(root: Node, name: str) -> tuple[int | None, int | None]:
    """Outer and inner tag of a unit whose port is told to expect them."""
    port, unit = root.find("interfaces", name.rpartition(".")[0]), unit_of(root, name)
    if port is None or unit is None:
        return None, None
    two = port.has("flexible-vlan-tagging") or port.has("stacked-vlan-tagging")
    outer, inner = unit.value("vlan-tags", "outer"), unit.value("vlan-tags", "inner")
    if outer and inner and two:
        return int(outer), int(inner)
    one = unit.value("vlan-id")
    return None, int(one) if one and (two or port.has("vlan-tagging")) else None


def bfd_sessions(
    root: Node, found: Iterable[Neighbor], circuits: Iterable[Msee]
) -> Iterator[tuple[str, bool, str]]:
    """(neighbor, whether it is up, interface) of every session over a circuit with BFD."""
    links = {one.address: one for one in circuits}
    for one in found:
        group = root.find("protocols", "bgp", "group", one.group)
        node = group.find("neighbor", one.address) if group is not None else None
        asked = any(n is not None and n.has("bfd-liveness-detection") for n in (node, group))
        link = links.get(one.address)
        if link is not None and asked:
            lets = admits(root, one.interface, "protocols", "bfd")
            yield one.address, lets and link.up and link.bfd and one.up, one.interface


def _down(root: Node, live: frozenset[str]) -> frozenset[str]:
    """Tunnel interfaces without a tunnel lead nowhere."""
    port = root.find("interfaces", "st0")
    units = {f"st0.{unit.name}" for unit in port.all("unit")} if port is not None else set()
    return frozenset(units - live)


def _own(root: Node, unit: str) -> str:
    node = unit_of(root, unit) if unit else None
    own = addresses(node) if node is not None else []
    return str(own[0].ip) if own else ""


def _state(place: _Place, found: Neighbor) -> str:
    """The state it stays in for what is configured here; empty when it dials."""
    if place.has("shutdown"):
        return "Idle"
    if not found.interface or not found.local or not _is_own(place, found.local):
        return "Idle"
    near = any(
        IPv4Address(found.address) in route.network and route.unit == found.interface
        for route in connected(place.root, place.instance)
    )
    if found.asn != found.local_asn and not near and not place.has("multihop"):
        return "Idle"
    return "" if admits(place.root, found.interface, "protocols", "bgp") else "Active"


def _is_own(place: _Place, address: str) -> bool:
    return any(
        str(own.ip) == address and instance_of(place.root, name) == place.instance
        for name, _, unit in units(place.root)
        for own in addresses(unit)
    )


def _met(found: Neighbor, speaker: BgpPeer | None, live: frozenset[str]) -> str:
    """The state it stays in because the other end does not fit; empty when it does."""
    if speaker is None or found.interface not in live:
        return "Active"
    if found.asn != speaker.asn:
        return "Idle"
    if speaker.device_asn and found.local_asn != speaker.device_asn:
        return "Idle"
    if speaker.device_address and found.local != speaker.device_address:
        return "Active"
    return ""
