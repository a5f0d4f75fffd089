"""Operational commands about interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.routes import addresses
from appliance.lab.junos.rows import rows
from appliance.lab.junos.tables import asleep
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import inbound, zone_of
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_TUNNEL_MTU, _USUAL_MTU = "9192", "1500"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A logical interface as `show interfaces` describes it; packets are those of its tunnel."""

    name: str
    description: str
    up: bool
    zone: str
    admits: tuple[str, ...]
    inet: bool
    mtu: str
    addresses: tuple[IPv4Interface, ...]
    sent: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A physical interface with those logical ones that were asked for."""

    name: str
    description: str
    off: bool
    tunnel: bool
    units: tuple[Unit, ...]


def _ports(cli: Cli, wanted: str) -> list[Port]:
    held = cli.device.network.root.find("interfaces")
    found: list[Port] = []
    for node in held.ordered() if held is not None else ():
        units = tuple(_units(cli, node, wanted))
        if wanted in {"", node.name} or units:
            port = Port(
                name=node.name,
                description=node.value("description"),
                off=node.has("disable"),
                tunnel=node.name == "st0",
                units=units,
            )
            found.append(port)
    return found


def _units(cli: Cli, port: Node, wanted: str) -> Iterator[Unit]:
    root, down = cli.device.network.root, asleep(cli.device)
    for node in (child for child in port.ordered() if child.words[0] == "unit"):
        name = f"{port.name}.{node.name}"
        if wanted not in {"", port.name, name}:
            continue
        zone = zone_of(root, name)
        own = [row for row in rows(cli.device) if row.up and row.link.interface == name]
        yield Unit(
            name=name,
            description=node.value("description"),
            up=not (port.has("disable") or node.has("disable") or name in down),
            zone=zone.name if zone is not None else "",
            admits=tuple(inbound(root, name)),
            inet=node.has("family", "inet"),
            mtu=node.value("family", "inet", "mtu") or _mtu(port),
            addresses=tuple(addresses(node)),
            sent=sum(row.sent for row in own),
            received=sum(row.received for row in own),
        )


def _mtu(port: Node) -> str:
    return _TUNNEL_MTU if port.name == "st0" else _USUAL_MTU


def _terse(cli: Cli, given: Given) -> str:
    ports = _ports(cli, given.first)
    if given.first and not ports:
        return _not_found(given.first)
    lines = ["Interface               Admin Link Proto    Local                 Remote"]
    for port in ports:
        if given.first in {"", port.name}:
            lines.append(_line(port.name, off=port.off, up=not port.off))
        for unit in port.units:
            node = cli.device.network.root.find("interfaces", port.name, "unit", _number(unit))
            off = port.off or (node is not None and node.has("disable"))
            lines += _protocols(_line(unit.name, off=off, up=unit.up), node)
    return "".join(f"{line}\n" for line in lines)


def _number(unit: Unit) -> str:
    return unit.name.rpartition(".")[2]


def _line(name: str, *, off: bool, up: bool) -> str:
    return f"{name:<23} {'down' if off else 'up':<5} {'up' if up else 'down'}"


def _protocols(head: str, unit: Node | None) -> Iterator[str]:
    families = unit.find("family") if unit is not None else None
    first = True
    for family in families.ordered() if families is not None else ():
        listed = [node.name for node in family.all("address")] or [""]
        for at, address in enumerate(listed):
            proto = family.name if not at else ""
            start = f"{head:<34}" if first else " " * 34
            yield f"{start} {proto:<8} {address:<21}".rstrip()
            first = False
    if first:
        yield head


def _interfaces(cli: Cli, given: Given) -> str:
    ports = _ports(cli, given.first)
    if given.first and not ports:
        return _not_found(given.first)
    return screen("juniper_junos/interfaces", ports=ports)


def _descriptions(cli: Cli, _given: Given) -> str:
    lines = ["Interface       Admin Link Description"]
    for port in _ports(cli, ""):
        named = [(port.name, port.description, not port.off)]
        named += [(unit.name, unit.description, unit.up) for unit in port.units]
        for name, text, up in named:
            if text:
                state = "up" if up else "down"
                lines.append(f"{name:<15} {'down' if port.off else 'up':<5} {state:<4} {text}")
    return "".join(f"{line}\n" for line in lines)


def _not_found(name: str) -> str:
    return f"error: device {name} not found\n"


INTERFACES = (
    command("show interfaces", _interfaces, "brief detail extensive media statistics", rest=1),
    command("show interfaces terse", _terse, rest=1),
    command("show interfaces descriptions", _descriptions),
)
