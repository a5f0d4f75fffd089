"""Interfaces and routes of an SRX: where a packet to an address goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.lab.junos.tree import Node

_DEPTH = 8
_STATIC = 5
_NOWHERE = ("discard", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route of a table; a `hop` without `unit` has yet to be looked up, `discard` and `reject`
    are hops that lead nowhere. `table` is where `next-table` leads; `kind` is what Junos calls the
    protocol."""

    network: IPv4Network
    kind: str
    preference: int = 0
    unit: str = ""
    hop: str = ""
    table: str | None = None


def units(root: Node) -> Iterator[tuple[str, Node, Node]]:
    """(ge-0/0/0.0, its port, its unit) of every logical interface."""
    ports = root.find("interfaces")
    for port in ports.ordered() if ports is not None else ():
        for unit in port.all("unit"):
            yield f"{port.name}.{unit.name}", port, unit


def unit_of(root: Node, name: str) -> Node | None:
    """A logical interface that is there and not disabled."""
    port, _, number = name.rpartition(".")
    node = root.find("interfaces", port)
    unit = node.find("unit", number) if node is not None else None
    if node is None or unit is None or node.has("disable") or unit.has("disable"):
        return None
    return unit


def addresses(unit: Node) -> list[IPv4Interface]:
    """Its IPv4 addresses, the primary one first."""
    found = unit.all("family", "inet", "address")
    found.sort(key=lambda node: not (node.has("primary") or node.has("preferred")))
    return [IPv4Interface(node.name) for node in found]


def instance_of(root: Node, unit: str) -> str:
    """The routing instance that an interface is in; empty is the main one."""
    above = root.find("routing-instances")
    for instance in above.children.values() if above is not None else ():
        if instance.has("interface", unit):
            return instance.name
    return ""


def options(root: Node, instance: str) -> Node | None:
    """The routing options of an instance."""
    if not instance:
        return root.find("routing-options")
    return root.find("routing-instances", instance, "routing-options")


def connected(root: Node, instance: str = "") -> Iterator[Route]:
    """The networks of the interfaces themselves."""
    for name, _, unit in units(root):
        if unit_of(root, name) is None or instance_of(root, name) != instance:
            continue
        for address in addresses(unit):
            yield Route(network=address.network, kind="Direct", unit=name)


def static(root: Node, instance: str = "") -> Iterator[Route]:
    """The static routes of an instance, each of their ways by itself."""
    above = options(root, instance)
    held = above.all("static", "route") if above is not None else []
    for node in held:
        if ":" in node.name:
            continue
        network = IPv4Network(node.name)
        preference = int(node.value("preference") or _STATIC)
        for hop in node.many("next-hop"):
            yield _way(network, hop, preference)
        for other in node.all("qualified-next-hop"):
            yield _way(network, other.name, int(other.value("preference") or preference))
        for word in _NOWHERE:
            if node.has(word):
                yield Route(network=network, kind="Static", preference=preference, hop=word)
        if node.has("next-table"):
            table = node.value("next-table").rpartition(".inet.0")[0]
            yield Route(network=network, kind="Static", preference=preference, table=table)


def _way(network: IPv4Network, hop: str, preference: int) -> Route:
    unit = hop if not hop[:1].isdigit() else ""
    return Route(
        network=network, kind="Static", preference=preference, unit=unit, hop="" if unit else hop
    )


def selected(root: Node, instance: str = "") -> Iterator[Route]:
    """The routes that traffic selectors insert by themselves."""
    for vpn in root.all("security", "ipsec", "vpn"):
        unit = vpn.value("bind-interface")
        if unit and instance_of(root, unit) == instance:
            for selector in vpn.all("traffic-selector"):
                remote = selector.value("remote-ip")
                if remote and ":" not in remote:
                    network = IPv4Network(remote, strict=False)
                    yield Route(network=network, kind="Static", preference=_STATIC, unit=unit)


def table(root: Node, instance: str = "") -> list[Route]:
    """All routes of an instance that the configuration makes."""
    return [*connected(root, instance), *static(root, instance), *selected(root, instance)]


def outgoing(root: Node, instance: str, target: str, down: frozenset[str] = frozenset()) -> str:
    """The interface that a packet to the address leaves by; empty when it goes nowhere."""
    return _out(root, instance, IPv4Address(target), down, _DEPTH)


def _out(root: Node, instance: str, target: IPv4Address, down: frozenset[str], depth: int) -> str:
    fitting = [r for r in table(root, instance) if target in r.network and r.unit not in down]
    fitting.sort(key=lambda route: (-route.network.prefixlen, route.preference))
    for route in fitting:
        if route.unit:
            return route.unit if unit_of(root, route.unit) is not None else ""
        if not depth or route.hop in _NOWHERE:
            return ""
        if route.table is not None:
            return _out(root, route.table, target, down, depth - 1)
        found = _out(root, instance, IPv4Address(route.hop), down, depth - 1)
        if found:
            return found
    return ""
