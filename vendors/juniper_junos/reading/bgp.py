"""BGP sessions that run through tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.tunnel import Bgp, BgpPeer
from appliance.record import dataclass
from vendors.juniper_junos.names import BGP_HOLD
from vendors.juniper_junos.reading.advertised import Advertised
from vendors.juniper_junos.reading.interfaces import Interfaces, parts
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.routes import Routes
from vendors.juniper_junos.reading.words import address, number, unit
from vendors.juniper_junos.tree import Node

_MULTIHOP_TTL = 64
"""What a bare `multihop` means ("BGP User Guide", multihop)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """A neighbour with the levels it inherits from: itself, its group, all of BGP."""

    address: IPv4Address
    instance: str | None
    group: str | None
    levels: tuple[Node, ...]
    off: bool

    def leaf(self, *words: str) -> Node | None:
        """Where a statement stands that is in force here: the nearest level counts."""
        return next((leaf for node in self.levels if (leaf := node.leaf(*words))), None)

    def value(self, *words: str) -> str | None:
        """The value of that statement."""
        return next((one for node in self.levels if (one := node.value(*words)) is not None), None)

    def values(self, *words: str) -> tuple[str, ...]:
        """The values of a list; a nearer level replaces the list of one further away."""
        return next((found for node in self.levels if (found := node.values(*words))), ())

    def section(self, word: str) -> Node | None:
        """A section that is in force here."""
        return next((found for node in self.levels if (found := node.get(word))), None)


class Sessions:
    """The BGP of a device: its neighbours by the interface they run through."""

    def __init__(self, root: Node, interfaces: Interfaces, routes: Routes) -> None:
        self.interfaces = interfaces
        self.advertised = Advertised(root, interfaces, routes)
        self._as: dict[str | None, tuple[int, Node] | None] = {None: _said_as(root, *_OWN_AS)}
        for name, node in _instances(root):
            self._as[name] = _said_as(node, *_OWN_AS)
        self._through: dict[str, list[Neighbor]] = {}
        for neighbor in neighbors(root):
            for name in self._ways(neighbor, routes):
                self._through.setdefault(name, []).append(neighbor)

    def _ways(self, neighbor: Neighbor, routes: Routes) -> list[str]:
        """The interfaces that a session runs through."""
        found = routes.leading_to(neighbor.address, neighbor.instance)
        if found:
            return found
        named = unit(neighbor.value("local-interface"))
        own = self.interfaces.of(address(neighbor.value("local-address")))
        return [name for name in (named, own) if name is not None][:1]

    def through(self, name: str, notes: Notes, others: frozenset[str]) -> Bgp | None:
        """The sessions through an interface, None when there are none.

        `others` are next hops that lead to other VPNs of the same interface.
        """
        instance = self.interfaces.instance(name)
        peers: dict[IPv4Address, BgpPeer] = {}
        local: int | None = None
        exports: tuple[str, ...] = ()
        for neighbor in self._through.get(name, ()):
            if neighbor.instance != instance or str(neighbor.address) in others:
                continue
            own = self.local_as(neighbor, notes)
            peer = self._peer(neighbor, name, own)
            if own is None:
                notes.lacks("routing-options", "autonomous-system")
            if peer is None or own is None:
                continue
            local = own if local is None else local
            peers[neighbor.address] = peer
            _where(neighbor, notes)
            exports = exports or neighbor.values("export")
        if local is None:
            return None
        if name in self.interfaces.elsewhere:  # with policies of its own
            return Bgp(local_asn=local, peers=tuple(peers.values()))
        notes.name("bgp export", " ".join(exports))
        networks = self.advertised.networks(exports, instance, notes)
        return Bgp(local_asn=local, peers=tuple(peers.values()), networks=networks)

    def local_as(self, neighbor: Neighbor, notes: Notes) -> int | None:
        """Of the neighbour, its group or all of BGP; else the instance's, else the device's."""
        said = [_said_as(node, "local-as") for node in neighbor.levels]
        said += [self._as.get(instance) for instance in (neighbor.instance, None)]
        own, node = next(filter(None, said), (None, None))
        notes.at("bgp.local_asn", node)
        return own

    def _peer(self, neighbor: Neighbor, through: str, local: int | None) -> BgpPeer | None:
        remote = asn(neighbor.value("peer-as") or "")
        if remote is None and neighbor.value("type") == "internal":
            remote = local
        if remote is None:
            return None
        given = address(neighbor.value("local-address"))
        source = self.interfaces.of(given)
        held = self.interfaces.first.get(through)
        hold = number(neighbor.value("hold-time"))
        hold = BGP_HOLD if hold is None else hold
        return BgpPeer(
            address=neighbor.address,
            asn=remote,
            multihop=_multihop(neighbor),
            source=source if source != through else None,
            local_address=given if given is not None else (held.ip if held is not None else None),
            keepalive_seconds=hold // 3,
            hold_seconds=hold,
            enabled=not neighbor.off,
        )


_OWN_AS = ("routing-options", "autonomous-system")


def _said_as(node: Node, *path: str) -> tuple[int, Node] | None:
    """The AS number at a path, and where; options (`loops 2`) have lines of their own there."""
    known = ((asn(word), leaf) for word, leaf in node.items(*path))
    found = [(value, leaf) for value, leaf in known if value is not None]
    return max(found, key=lambda one: one[1].last, default=None)


def _multihop(neighbor: Neighbor) -> int | None:
    said = neighbor.section("multihop")
    if said is None:
        return None
    return number(said.value("ttl")) or _MULTIHOP_TTL


_FIELDS = {
    "asn": ("peer-as",),
    "multihop": ("multihop",),
    "source": ("local-address",),
    "timers": ("hold-time",),
}


def _where(neighbor: Neighbor, notes: Notes) -> None:
    """Remember where a session stands, and each field of it that is told."""
    path = f"bgp.peers.{neighbor.address}"
    notes.at("bgp.peers", neighbor.levels[0])
    for field, words in _FIELDS.items():
        notes.at(f"{path}.{field}", neighbor.leaf(*words), neighbor.section(words[0]))
    notes.at(path, neighbor.levels[0])
    notes.name("bgp group", notes.objects.get("bgp group") or neighbor.group)


def neighbors(root: Node) -> Iterator[Neighbor]:
    """All neighbours of the main instance and of the others, deactivated ones as well."""
    places: list[tuple[str | None, Node]] = [(None, root), *_instances(root)]
    for instance, node in places:
        bgp = node.any("protocols", "bgp")
        if bgp is None:
            continue
        protocols = node.any("protocols")
        off = bgp.inactive or (protocols is not None and protocols.inactive) or _shut(bgp)
        yield from _of_group(bgp, (bgp,), instance, None, off=off)
        groups = bgp.any("group")
        for name, group in groups.children.items() if groups is not None else ():
            if not name.startswith("apply-"):
                shut = off or group.inactive or _shut(group)
                yield from _of_group(group, (group, bgp), instance, name, off=shut)


def _instances(root: Node) -> Iterator[tuple[str, Node]]:
    """The routing instances of a device, and its logical systems with theirs."""
    for _, name, part in parts(root):
        yield name, part
        yield from part.items("routing-instances")
    yield from root.items("routing-instances")


def _of_group(
    holder: Node, above: tuple[Node, ...], instance: str | None, group: str | None, *, off: bool
) -> Iterator[Neighbor]:
    held = holder.any("neighbor")
    for word, node in held.children.items() if held is not None else ():
        where = address(word)
        if where is not None and "/" not in word:
            yield Neighbor(
                address=where,
                instance=instance,
                group=group,
                levels=(node, *above),
                off=off or node.inactive or _shut(node),
            )


def _shut(node: Node) -> bool:
    return node.get("shutdown") is not None or node.get("disable") is not None


def asn(text: str) -> int | None:
    """An AS number, plain or as `65000.1` (RFC 5396)."""
    high, dot, low = text.partition(".")
    if not dot:
        return number(text)
    upper, lower = number(high), number(low)
    return None if upper is None or lower is None else (upper << 16) + lower
