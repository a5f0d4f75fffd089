"""Putting together what several rows, or several screens, tell of one peer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector

_BEST = (SaStatus.UP, SaStatus.NEGOTIATING, SaStatus.DOWN, None)


def best(*statuses: SaStatus | None) -> SaStatus | None:
    """Of several SAs for one purpose the one that works best: a rekey leaves a dead one behind."""
    return min(statuses, key=_BEST.index, default=None)


def together(children: Iterable[ChildState]) -> SaStatus | None:
    """Status of all selector pairs as one: up only when each is, so that none hides."""
    told = {child.status for child in children}
    if SaStatus.DOWN in told:
        return SaStatus.DOWN
    return SaStatus.UP if told == {SaStatus.UP} else None


def flows(children: Iterable[ChildState]) -> tuple[ChildState, ...]:
    """One child for each selector pair: IOS repeats a pair for each interface and each rekey."""
    found: dict[TrafficSelector | None, ChildState] = {}
    for child in children:
        known = found.get(child.selector)
        found[child.selector] = child if known is None else _same_flow(known, child)
    return tuple(found.values())


def _same_flow(one: ChildState, other: ChildState) -> ChildState:
    """Counters of both, status and algorithms of the better."""
    first, second = sorted((one, other), key=lambda child: _BEST.index(child.status))
    return replace(
        first,
        packets_in=_sum(first.packets_in, second.packets_in),
        packets_out=_sum(first.packets_out, second.packets_out),
        bytes_in=_sum(first.bytes_in, second.bytes_in),
        bytes_out=_sum(first.bytes_out, second.bytes_out),
        encryption=first.encryption or second.encryption,
        integrity=first.integrity or second.integrity,
    )


def _sum(*counts: int | None) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def grouped(states: Iterable[TunnelState]) -> tuple[TunnelState, ...]:
    """One state a peer (and local address) from the rows of one screen, in order of appearance."""
    return _joined(states, _same_peer)


def _joined(
    states: Iterable[TunnelState], join: Callable[[TunnelState, TunnelState], TunnelState]
) -> tuple[TunnelState, ...]:
    found: list[TunnelState] = []
    for state in states:
        place = next((n for n, known in enumerate(found) if _agree(known, state)), None)
        if place is None:
            found.append(state)
        else:
            found[place] = join(found[place], state)
    return tuple(found)


def _agree(one: TunnelState, other: TunnelState) -> bool:
    """Whether both are about one peer: by our address, else by interface, as far as told."""
    if one.remote != other.remote:
        return False
    if one.local is not None and other.local is not None:
        return one.local == other.local
    return one.interface is None or other.interface is None or one.interface == other.interface


def _same_peer(one: TunnelState, other: TunnelState) -> TunnelState:
    """The better IKE SA speaks for the peer, the younger of two; selector pairs add up."""
    first, second = sorted(
        (one, other), key=lambda state: (_BEST.index(state.ike), state.age_seconds or 0)
    )
    children = flows((*one.children, *other.children))
    child = together(children) if children else best(first.child, second.child)
    return replace(_filled(first, second), children=children, child=child)


def merged(screens: Iterable[Operational]) -> Operational:
    """One state of a device from several screens; what stands in front is believed first."""
    told = tuple(screens)
    return Operational(
        tunnels=_joined((state for screen in told for state in screen.tunnels), _screens),
        bgp=tuple(dict.fromkeys(session for screen in told for session in screen.bgp)),
        interfaces=tuple(dict.fromkeys(one for screen in told for one in screen.interfaces)),
        routes=tuple(dict.fromkeys(route for screen in told for route in screen.routes)),
        bfd=tuple(dict.fromkeys(session for screen in told for session in screen.bfd)),
    )


def _screens(first: TunnelState, second: TunnelState) -> TunnelState:
    """Two screens about one peer. Each selector pair keeps what the first said of it."""
    if (first.ike_version is None) != (second.ike_version is None):
        first, second = _ike_algorithms(first), _ike_algorithms(second)
    pairs = {child.selector: child for child in second.children}
    children = tuple(
        _filled_child(child, pairs.pop(child.selector, None)) for child in first.children
    )
    # Pairs only the second screen knows count only when the first told none at all: a screen
    # that lists pairs lists all of them, and spells those of other protocols its own way.
    children = children or tuple(pairs.values())
    child = first.child if first.children or not second.children else second.child
    return replace(_filled(first, second), children=children, child=child or second.child)


def _filled(first: TunnelState, second: TunnelState) -> TunnelState:
    """What the first does not tell is taken from the second; algorithms go together."""
    told = first.encryption or first.integrity or first.group
    source = first if told else second
    return replace(
        first,
        local=first.local or second.local,
        interface=first.interface or second.interface,
        ike=first.ike or second.ike,
        ike_version=first.ike_version or second.ike_version,
        encryption=source.encryption,
        integrity=source.integrity,
        group=source.group,
        age_seconds=second.age_seconds if first.age_seconds is None else first.age_seconds,
        peer_port=first.peer_port or second.peer_port,
    )


def _ike_algorithms(state: TunnelState) -> TunnelState:
    """Without algorithms that are those of a child SA, where an IKE SA can be asked for its own."""
    if state.ike_version is not None:
        return state
    return replace(state, encryption=None, integrity=None, group=None)


def _filled_child(first: ChildState, second: ChildState | None) -> ChildState:
    if second is None:
        return first
    return replace(
        first,
        status=first.status or second.status,
        packets_in=second.packets_in if first.packets_in is None else first.packets_in,
        packets_out=second.packets_out if first.packets_out is None else first.packets_out,
        bytes_in=second.bytes_in if first.bytes_in is None else first.bytes_in,
        bytes_out=second.bytes_out if first.bytes_out is None else first.bytes_out,
        encryption=first.encryption or second.encryption,
        integrity=first.integrity or second.integrity,
        age_seconds=second.age_seconds if first.age_seconds is None else first.age_seconds,
    )
