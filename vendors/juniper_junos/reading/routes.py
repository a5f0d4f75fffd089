"""Static routes, and which interface leads to an address."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.record import dataclass
from vendors.juniper_junos.reading.interfaces import Interfaces, parts
from vendors.juniper_junos.reading.words import address, network, unit
from vendors.juniper_junos.tree import Node

_TABLE = "inet.0"


@dataclass(frozen=True, slots=True)
class Hop:
    """One way of a static route: `way` is how it is written, without `next-hop` what it leads to.

    `target` is an interface, an address, or a table.
    """

    network: IPv4Network
    instance: str | None
    node: Node
    kind: str
    target: str
    way: str


class Routes:
    """Who leads where: connected networks of interfaces and static routes, by routing instance."""

    def __init__(self, root: Node, interfaces: Interfaces) -> None:
        self.interfaces = interfaces
        self.static: dict[str | None, dict[IPv4Network, Node]] = {}
        self._owners: dict[tuple[str | None, IPv4Network], list[str]] = {}
        self._lengths: list[int] = []
        self._of: dict[str, list[Hop]] = {}
        self._forwarding = {
            name
            for name, node in root.items("routing-instances")
            if node.value("instance-type") == "forwarding"
        }
        for name, held in interfaces.held.items():
            for one in held if name not in interfaces.off else ():
                self._own(interfaces.instance(name), one.network, name)
        hops = list(self._read(root))
        later = [hop for hop in hops if not self._direct(hop)]
        for _ in range(2):  # a next hop may be reached by a static route
            later = [hop for hop in later if not self._resolved(hop)]

    def _read(self, root: Node) -> Iterator[Hop]:
        yield from self._static(root.at("routing-options"), None)
        for _, name, part in parts(root):
            yield from self._static(part.at("routing-options"), name)
            yield from self._instances(part)
        yield from self._instances(root)

    def _instances(self, part: Node) -> Iterator[Hop]:
        for name, node in part.items("routing-instances"):
            yield from self._static(node.at("routing-options"), name)

    def _static(self, options: Node, instance: str | None) -> Iterator[Hop]:
        table = _TABLE if instance is None else f"{instance}.{_TABLE}"
        for path in (("static", "route"), ("rib", table, "static", "route")):
            for word, node in options.items(*path):
                covered = network(word)
                if covered is not None and not word.startswith("apply-"):
                    self.static.setdefault(instance, {})[covered] = node
                    yield from _hops(covered, instance, node)

    def _direct(self, hop: Hop) -> bool:
        """Take a hop that names its interface."""
        if hop.kind == "next-table" or address(hop.target) is not None or ":" in hop.target:
            return False
        self._add(hop, [unit(hop.target) or hop.target])
        return True

    def _resolved(self, hop: Hop) -> bool:
        """Take a hop that is an address or a table, if it leads somewhere."""
        if hop.kind == "next-table":
            instance = hop.target.removesuffix(_TABLE).removesuffix(".") or None
            owners = self.leading_to(hop.network.network_address, instance)
            for name in owners:
                self._of.setdefault(name, []).append(hop)
            self._own_all(hop, owners)
            return bool(owners)
        where = address(hop.target)
        owners = self.leading_to(where, hop.instance) if where is not None else []
        if where is not None and not owners and hop.instance in self._forwarding:
            owners = self.leading_to(where, None)  # its interfaces are those of the main table
        self._add(hop, owners)
        return bool(owners)

    def _add(self, hop: Hop, names: list[str]) -> None:
        own = [
            name
            for name in names
            if hop.instance in self._forwarding or self.interfaces.instance(name) == hop.instance
        ]
        for name in own:
            self._of.setdefault(name, []).append(hop)
        self._own_all(hop, own)

    def _own_all(self, hop: Hop, names: list[str]) -> None:
        for name in names:
            self._own(hop.instance, hop.network, name)

    def _own(self, instance: str | None, covered: IPv4Network, name: str) -> None:
        if covered.prefixlen not in self._lengths:
            self._lengths = sorted([*self._lengths, covered.prefixlen], reverse=True)
        owners = self._owners.setdefault((instance, covered), [])
        if name not in owners:
            owners.append(name)

    def leading_to(self, target: IPv4Address, instance: str | None) -> list[str]:
        """The interfaces that the longest match leads to."""
        for length in self._lengths:
            covered = IPv4Network((target, length), strict=False)
            owners = self._owners.get((instance, covered))
            if owners:
                return owners
            if covered in self.static.get(instance, {}):
                return []  # it is discarded, or leads somewhere that is not known
        return []

    def of(self, interface: str) -> list[Hop]:
        """The static routes into an interface, in order."""
        return sorted(self._of.get(interface, []), key=lambda hop: hop.node.line)


def _hops(covered: IPv4Network, instance: str | None, node: Node) -> Iterator[Hop]:
    preference = node.value("preference")
    behind = f" preference {preference}" if preference is not None else ""
    for word in node.values("next-hop"):
        yield Hop(covered, instance, node, "next-hop", word, f"next-hop {word}{behind}")
    for word, said in node.items("qualified-next-hop"):
        own = said.value("preference")
        kind = "qualified-next-hop"
        way = f"{kind} {word}" + (f" preference {own}" if own is not None else "")
        yield Hop(covered, instance, node, kind, said.value("interface") or word, way)
    table = node.value("next-table")
    if table is not None:
        yield Hop(covered, instance, node, "next-table", table, f"next-table {table}")
