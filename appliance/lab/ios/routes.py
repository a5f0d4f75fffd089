"""Which way an address goes: connected networks and static routes of the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route; `interface` or `via` (an address) may be empty. `code` as IOS prints it."""

    network: int
    bits: int
    code: str
    interface: str = ""
    via: str = ""
    distance: int = 0

    @property
    def prefix(self) -> str:
        """`10.20.0.0/16`."""
        return f"{dotted(self.network)}/{self.bits}"

    def covers(self, value: int) -> bool:
        """Whether the address belongs to this route."""
        shift = 32 - self.bits
        return value >> shift == self.network >> shift


def interface_address(node: Node) -> str:
    """The primary address of an interface, without its mask; empty when it has none."""
    found = node.children.get(("ip", "address"))
    return found.words[2] if found and address(found.words[2]) is not None else ""


def effective_address(config: Configuration, node: Node) -> str:
    """The same, following `ip unnumbered`."""
    lender = config.interface(node.value("ip", "unnumbered"))
    return interface_address(node) or (interface_address(lender) if lender else "")


def is_up(node: Node) -> bool:
    """Whether an interface is not shut down and has, or borrows, an address."""
    return node.find("shutdown") is None and node.words[1] != "Null0"


def vrf_of(node: Node) -> str:
    """The VRF of an interface; empty is the global table."""
    return node.value("vrf", "forwarding") or node.value("ip", "vrf", "forwarding")


def static(config: Configuration, vrf: str = "") -> list[Route]:
    """The static routes of one table, as configured."""
    found = []
    start = ("ip", "route", "vrf", vrf) if vrf else ("ip", "route")
    for node in config.root.all(*start):
        if not vrf and node.words[2] == "vrf":
            continue
        network, mask, *rest = node.words[len(start) :]
        hop = rest[0]
        is_address = address(hop) is not None
        second = rest[1] if len(rest) > 1 and address(rest[1]) is not None else ""
        number = next((word for word in rest[1:2] + rest[2:3] if word.isdecimal()), "1")
        found.append(
            Route(
                network=address(network) or 0,
                bits=bin(address(mask) or 0).count("1"),
                code="S",
                interface="" if is_address else hop,
                via=hop if is_address else second,
                distance=int(number),
            )
        )
    return found


def connected(config: Configuration, vrf: str = "") -> list[Route]:
    """The networks of the interfaces of one table that are not shut down."""
    found = []
    for node in config.root.all("interface"):
        for own in node.all("ip", "address"):
            value, mask = address(own.words[2]), address(own.words[-1])
            if own.words[-1] == "secondary":
                mask = address(own.words[3])
            if value is None or mask is None or not is_up(node) or vrf_of(node) != vrf:
                continue
            bits = bin(mask).count("1")
            found.append(Route(network=value & mask, bits=bits, code="C", interface=node.words[1]))
    return found


def configured(config: Configuration, vrf: str = "") -> list[Route]:
    """Connected and static routes of one table together."""
    return [*connected(config, vrf), *static(config, vrf)]


def outgoing(table: list[Route], target: str, live: frozenset[str] | None = None) -> str:
    """The interface a packet to `target` leaves by; empty when there is no route.

    `live` names the tunnels that are up; routes into others do not count. None: all count.
    """
    value = address(target)
    for _ in range(8):
        found = _best(table, value, live) if value is not None else None
        if found is None:
            return ""
        if found.interface:
            return found.interface
        value = address(found.via)
    return ""


def _best(table: list[Route], value: int, live: frozenset[str] | None) -> Route | None:
    usable = [
        route
        for route in table
        if route.covers(value)
        and (live is None or not route.interface.startswith("Tunnel") or route.interface in live)
    ]
    return max(usable, key=lambda route: (route.bits, -route.distance), default=None)
