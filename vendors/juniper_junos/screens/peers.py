"""Putting together what several rows, or several screens, tell of one peer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from appliance.model.state import ChildState, Operational, SaStatus, TunnelState

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


def grouped(states: Iterable[TunnelState]) -> tuple[TunnelState, ...]:
    """One state a peer (and local address or interface) from several, in order of appearance."""
    found: list[TunnelState] = []
    for state in states:
        place = next((n for n, known in enumerate(found) if _agree(known, state)), None)
        if place is None:
            found.append(state)
        else:
            found[place] = _joined(found[place], state)
    return tuple(found)


def _agree(one: TunnelState, other: TunnelState) -> bool:
    """Whether both are about one peer: by our address and by interface, as far as told."""
    if one.remote != other.remote:
        return False
    pairs = ((one.local, other.local), (one.interface, other.interface))
    return all(ours is None or theirs is None or ours == theirs for ours, theirs in pairs)


def _joined(one: TunnelState, other: TunnelState) -> TunnelState:
    """The better IKE SA speaks for the peer, an IKE SA for a child; selector pairs add up."""
    first, second = sorted((one, other), key=_weight)
    children = _children(one.children, other.children)
    told = first.encryption or first.integrity or first.group
    source = first if told else second
    return replace(
        first,
        local=first.local or second.local,
        interface=first.interface or second.interface,
        ike=first.ike or second.ike,
        ike_version=first.ike_version or second.ike_version,
        child=together(children) if children else best(first.child, second.child),
        children=children,
        encryption=source.encryption,
        integrity=source.integrity,
        group=source.group,
        peer_port=first.peer_port or second.peer_port,
    )


def _weight(state: TunnelState) -> int:
    return _BEST.index(state.ike)


def _children(
    first: tuple[ChildState, ...], second: tuple[ChildState, ...]
) -> tuple[ChildState, ...]:
    """One child a selector pair; a pair that is not told stands for itself."""
    found = list(first)
    for child in second:
        known = (n for n, one in enumerate(found) if one.selector == child.selector)
        place = next(known, None) if child.selector is not None else None
        if place is None:
            found.append(child)
        elif _BEST.index(child.status) < _BEST.index(found[place].status):
            found[place] = child
    return tuple(found)


def merged(screens: Iterable[Operational]) -> Operational:
    """One state of a device from several screens."""
    told = tuple(screens)
    return Operational(
        tunnels=grouped(state for screen in told for state in screen.tunnels),
        bgp=tuple(dict.fromkeys(session for screen in told for session in screen.bgp)),
        interfaces=tuple(dict.fromkeys(one for screen in told for one in screen.interfaces)),
        routes=tuple(dict.fromkeys(route for screen in told for route in screen.routes)),
        bfd=tuple(dict.fromkeys(session for screen in told for session in screen.bfd)),
    )
