"""Logical interfaces with their addresses, and the routing instances they are in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

from vendors.juniper_junos.reading.words import interface, unit
from vendors.juniper_junos.tree import NOTHING, Node


def parts(root: Node) -> Iterator[tuple[str, str, Node]]:
    """The logical systems and tenants of a device: kind, name, and what they have."""
    for kind in ("logical-systems", "tenants"):
        for name, part in root.items(kind):
            yield kind, name, part


class Interfaces:
    """The units of a device by name (`ge-0/0/0.0`).

    `elsewhere` are those that a logical system or a tenant has, with its zones: whose they are.
    """

    __slots__ = ("_by_address", "elsewhere", "first", "held", "instances", "off", "units")

    def __init__(self, root: Node) -> None:
        self.units: dict[str, Node] = {}
        self.off: set[str] = set()
        self.held: dict[str, tuple[IPv4Interface, ...]] = {}
        self.first: dict[str, IPv4Interface | None] = {}
        self._by_address: dict[IPv4Address, str] = {}
        above = root.any("interfaces")
        whole = above is not None and above.inactive
        for name, device in (above or NOTHING).children.items():
            off = whole or device.inactive or device.get("disable") is not None
            self._add(name, device, off=off)
        self.instances: dict[str, str] = {}
        for name, instance in root.items("routing-instances"):
            for member in instance.values("interface"):
                self.instances[unit(member) or member] = name
        self.elsewhere: dict[str, str] = {}
        for kind, name, part in parts(root):
            self._lend(kind, name, part)

    def _lend(self, kind: str, name: str, part: Node) -> None:
        """Take in the units of a part of the device, as if its name were an instance's."""
        own = set(self.units)
        for word, device in part.items("interfaces"):
            self._add(word, device, off=device.get("disable") is not None)
        lent = dict.fromkeys(self.units.keys() - own, name)
        for inner, instance in part.items("routing-instances"):
            members = (unit(member) or member for member in instance.values("interface"))
            lent.update((member, inner) for member in members if member in self.units)
        self.elsewhere.update(dict.fromkeys(lent, f"{kind} {name}"))
        self.instances.update(lent)

    def _add(self, name: str, device: Node, *, off: bool) -> None:
        above = device.any("unit") or NOTHING
        off = off or above.inactive
        for number, node in above.children.items():
            full = f"{name}.{number}"
            self.units[full] = node
            if off or node.inactive or node.get("disable") is not None:
                self.off.add(full)
            held = self.held[full] = _addresses(node)
            self.first[full] = held[0] if held else None
            for one in held:
                self._by_address.setdefault(one.ip, full)

    def of(self, where: IPv4Address | None) -> str | None:
        """The interface that has an address."""
        return None if where is None else self._by_address.get(where)

    def instance(self, name: str | None) -> str | None:
        """The routing instance of an interface, None for the main one."""
        return self.instances.get(name or "")


def _addresses(node: Node) -> tuple[IPv4Interface, ...]:
    """IPv4 addresses of a unit, the one it speaks from first."""
    found = [
        (interface(word), tuple(flag for flag, _ in said.items()))
        for word, said in node.items("family", "inet", "address")
    ]
    ranked = sorted(found, key=lambda pair: "primary" not in pair[1] and "preferred" not in pair[1])
    return tuple(dict.fromkeys(one for one, _ in ranked if one is not None))
