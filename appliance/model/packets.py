"""What a line of a filter that keeps no state matches: sets of packets, and of their flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network

from appliance.model.diagram import Interval
from appliance.model.traffic import (
    ADDRESSES,
    NOTHING,
    PORTS,
    PROTOCOLS,
    TCP,
    Box,
    Direction,
    Flows,
    flows,
)
from appliance.record import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Rule
    from appliance.model.tunnel import Tunnel

ECHO, ECHO_REPLY = 8, 0
BGP_PORT = 179

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


Turned = Callable[[Match, Direction], Flows]


def first_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose first packet is matched."""
    return NOTHING if match.established else later_flows(match, direction)


def later_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose later packets, which go the same way, are matched."""
    return NOTHING if match.icmp not in (None, ECHO) else _begun(match, direction)


def answered_flows(match: Match, direction: Direction) -> Flows:
    """The flows in one direction whose answers, which go the other way, are matched."""
    if match.icmp not in (None, ECHO_REPLY):
        return NOTHING
    asked = replace(
        match,
        source=match.target,
        target=match.source,
        source_ports=match.target_ports,
        target_ports=match.source_ports,
    )
    return _begun(asked, direction)


def _begun(match: Match, direction: Direction) -> Flows:
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


def views(label: str, own: Direction, *, later: bool) -> Iterator[tuple[str, Direction, Turned]]:
    """How a list for packets that go `own` is asked: by flows of that way, and by their answers.

    `later`: it also stops segments of connections that are there, which a flow needs behind its
    first packet. Each is a title, a direction of flows, and what turns a match into some.
    """
    yield label, own, first_flows
    yield f"{label} (answers)", Direction(1 - own), answered_flows
    if later:
        yield f"{label} (later packets)", own, later_flows


def sessions(tunnel: Tunnel) -> Iterator[Rule]:
    """What lets BGP to the device itself through a filter that sees its own packets."""
    from appliance.model.filters import ANYWHERE, Rule  # noqa: PLC0415 -- reading needs no rules

    for peer in tunnel.bgp.peers if tunnel.bgp is not None else ():
        ours = peer.local_address
        yield Rule(
            permit=True,
            local=ANYWHERE if ours is None else IPv4Network(ours),
            remote=IPv4Network(peer.address),
            protocol=TCP,
            ports=((BGP_PORT, BGP_PORT),),
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
