"""Which traffic may cross a tunnel: an exact set of flows.

A flow is what one side starts: its direction, protocol, both addresses and both ports; the answers
to it belong to it. Ports are told apart for TCP and UDP only. An ICMP flow is an echo request with
its reply: errors go with the flow that they speak of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from appliance.model import diagram
from appliance.model.diagram import Interval, Node
from appliance.record import dataclass, replace


class Direction(IntEnum):
    """Which side starts the flow."""

    TO_AZURE = 0
    FROM_AZURE = 1

    @property
    def word(self) -> str:
        """As the inventory and reports spell it."""
        return "to-azure" if self is Direction.TO_AZURE else "from-azure"


ICMP, TCP, UDP = 1, 6, 17
PROTOCOL_NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp", 47: "gre", 50: "esp", 51: "ah", 89: "ospf"}

BOTH: tuple[Interval, ...] = ((0, 1),)
PROTOCOLS: tuple[Interval, ...] = ((0, 255),)
ADDRESSES: tuple[Interval, ...] = ((0, 0xFFFF_FFFF),)
PORTS: tuple[Interval, ...] = ((0, 0xFFFF),)

_PORTED = ((TCP, TCP), (UDP, UDP))
_PORTLESS = ((0, TCP - 1), (TCP + 1, UDP - 1), (UDP + 1, 255))


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Flows whose every coordinate is in one of the intervals of its side; all are by default.

    `ports` are those that the flow is sent to, `from_ports` those it is sent from. Protocols that
    have none are only in the set where both are unrestricted.
    """

    direction: tuple[Interval, ...] = BOTH
    protocol: tuple[Interval, ...] = PROTOCOLS
    local: tuple[Interval, ...] = ADDRESSES
    remote: tuple[Interval, ...] = ADDRESSES
    ports: tuple[Interval, ...] = PORTS
    from_ports: tuple[Interval, ...] = PORTS


@dataclass(frozen=True, slots=True)
class Flows:
    """A set of flows; equal sets are equal values."""

    node: Node = diagram.EMPTY

    def __or__(self, other: Flows) -> Flows:
        return Flows(diagram.combine(self.node, other.node, diagram.UNION))

    def __and__(self, other: Flows) -> Flows:
        return Flows(diagram.combine(self.node, other.node, diagram.INTERSECTION))

    def __sub__(self, other: Flows) -> Flows:
        return Flows(diagram.combine(self.node, other.node, diagram.DIFFERENCE))

    def __bool__(self) -> bool:
        return bool(self.node)

    def boxes(self) -> Iterator[Box]:
        """The set as boxes that do not overlap; what holds the same inside stands together."""
        found: dict[Box, Box] = {}
        for direction, inside in _grouped(self.node):
            for protocol, addresses in _grouped(inside):
                for box in _addressed(protocol, addresses):
                    both = BOTH if box in found else direction
                    found[box] = replace(box, direction=both)
        yield from found.values()


def flows(box: Box) -> Flows:
    """All flows of a box."""
    whole = box.ports == PORTS and box.from_ports == PORTS
    plain = _within(box.protocol, _PORTED)
    node = _node(box, plain, box.ports, box.from_ports)
    if whole:
        rest = _node(box, _within(box.protocol, _PORTLESS), PORTS, PORTS)
        node = diagram.combine(node, rest, diagram.UNION)
    return Flows(node)


def networks(intervals: Sequence[Interval]) -> Iterator[IPv4Network]:
    """The same addresses as networks, in order."""
    for low, high in intervals:
        yield from summarize_address_range(IPv4Address(low), IPv4Address(high))


def interval(network: IPv4Network) -> Interval:
    """A network as the numbers of its first and last address."""
    return int(network.network_address), int(network.broadcast_address)


def between(local: IPv4Network, remote: IPv4Network, direction: Direction | None = None) -> Flows:
    """Everything between two networks, one way or (None) both."""
    ways = BOTH if direction is None else ((int(direction), int(direction)),)
    return flows(Box(direction=ways, local=(interval(local),), remote=(interval(remote),)))


def answered(protocols: Sequence[Interval], allowed: Flows) -> Flows:
    """What `allowed` becomes on a device that cannot tell who began, for these protocols.

    Whoever may answer may then also begin: from the port that was asked to the port that asked.
    """
    found = allowed
    for box in (allowed & flows(Box(protocol=tuple(protocols)))).boxes():
        found |= flows(turned(box))
    return found


def turned(box: Box) -> Box:
    """The flows whose packets are the answers to those of `box`."""
    return Box(
        direction=tuple((1 - high, 1 - low) for low, high in box.direction),
        protocol=box.protocol,
        local=box.local,
        remote=box.remote,
        ports=box.from_ports,
        from_ports=box.ports,
    )


def _addressed(protocol: tuple[Interval, ...], node: Node) -> Iterator[Box]:
    for local, towards in _grouped(node):
        for remote, asked in _grouped(towards):
            for ports, asking in _grouped(asked):
                for from_ports, _ in _grouped(asking):
                    yield Box(
                        protocol=protocol,
                        local=local,
                        remote=remote,
                        ports=ports,
                        from_ports=from_ports,
                    )


def _grouped(node: Node) -> list[tuple[tuple[Interval, ...], Node]]:
    """Intervals by what is inside them, in order of the first."""
    found: dict[Node, list[Interval]] = {}
    for low, high, inner in node:
        found.setdefault(inner, []).append((low, high))
    return [(tuple(intervals), inner) for inner, intervals in found.items()]


def _node(
    box: Box, protocols: Sequence[Interval], ports: Sequence[Interval], asking: Sequence[Interval]
) -> Node:
    return diagram.box((box.direction, protocols, box.local, box.remote, ports, asking))


def _within(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    return [
        (max(low, first), min(high, last))
        for low, high in one
        for first, last in other
        if max(low, first) <= min(high, last)
    ]


EVERYTHING = flows(Box())
NOTHING = Flows()
