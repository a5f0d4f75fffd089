"""What a line of a filter that keeps no state matches: sets of packets, and of their flows."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.model.diagram import Interval
from appliance.model.traffic import (
    ADDRESSES,
    NOTHING,
    PORTS,
    PROTOCOLS,
    Box,
    Direction,
    Flows,
    flows,
)
from appliance.record import dataclass

ECHO, ECHO_REPLY = 8, 0

_MOST_HOLES = 10
"""A wildcard with more bits behind holes than this stands for too many ranges to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The packets of one protocol part of a line; all of them by default.

    `icmp` is the ICMP type asked for, `established` asks for TCP segments of a connection that is
    there already.
    """

    protocol: tuple[Interval, ...] = PROTOCOLS
    source: tuple[Interval, ...] = ADDRESSES
    target: tuple[Interval, ...] = ADDRESSES
    source_ports: tuple[Interval, ...] = PORTS
    target_ports: tuple[Interval, ...] = PORTS
    icmp: int | None = None
    established: bool = False


def first_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose first packet is matched."""
    return NOTHING if match.established else later_flows(match, direction)


def later_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose later packets, which go the same way, are matched."""
    if match.icmp not in (None, ECHO):
        return NOTHING
    outwards = direction is Direction.TO_AZURE
    return flows(
        Box(
            direction=((int(direction), int(direction)),),
            protocol=match.protocol,
            local=match.source if outwards else match.target,
            remote=match.target if outwards else match.source,
            ports=match.target_ports,
            from_ports=match.source_ports,
        )
    )


def answered_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose answers, which go the other way, are matched."""
    if match.icmp not in (None, ECHO_REPLY):
        return NOTHING
    outwards = direction is Direction.TO_AZURE
    return flows(
        Box(
            direction=((int(direction), int(direction)),),
            protocol=match.protocol,
            local=match.target if outwards else match.source,
            remote=match.source if outwards else match.target,
            ports=match.source_ports,
            from_ports=match.target_ports,
        )
    )


def ranges(base: int, wild: int) -> tuple[Interval, ...] | None:
    """The addresses that an address with wildcard bits stands for; None: too many ranges."""
    base &= ~wild & 0xFFFF_FFFF
    low = (wild ^ (wild + 1)) >> 1
    holes = [bit for bit in range(32) if wild & ~low & (1 << bit)]
    if len(holes) > _MOST_HOLES:
        return None
    starts = [base]
    for bit in holes:
        starts += [start | (1 << bit) for start in starts]
    return tuple((start, start + low) for start in sorted(starts))


def places(pairs: Sequence[tuple[int, int]]) -> tuple[Interval, ...] | None:
    """The same for several addresses with wildcard bits."""
    found: list[Interval] = []
    for base, wild in pairs:
        some = ranges(base, wild)
        if some is None:
            return None
        found.extend(some)
    return tuple(found)
