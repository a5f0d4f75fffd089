"""Timers of BGP sessions: a session's own, or those of its group or of the whole process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from appliance.model.tunnel import Bgp, BgpPeer

USUAL = (60, 180)
"""Seconds: keepalive and hold where nobody says anything."""
INHERITED = "inherited"
OWN = "own"


def form(own: tuple[int, int] | None, above: tuple[int, int]) -> str | None:
    """How a session has its timers, where that is not told by their values.

    `own` are said for the session itself, `above` are those that it would have without.
    """
    if own is None:
        return INHERITED if above != USUAL else None
    return OWN if above != USUAL or own == USUAL else None


def kind(peer: BgpPeer) -> str:
    """Under what `Tunnel.objects` keeps the form of a session's timers."""
    return f"bgp timers {peer.address}"


def spoken(peer: BgpPeer, objects: Mapping[str, str]) -> tuple[int, int] | None:
    """The timers that stand with the session itself; None where none do."""
    timers, said = (peer.keepalive_seconds, peer.hold_seconds), objects.get(kind(peer))
    return None if said == INHERITED or (timers == USUAL and said != OWN) else timers


def placed(
    objects: Mapping[str, str], wanted: Bgp, held: Bgp | None, process: Iterable[str]
) -> dict[str, str]:
    """`objects` for sessions that are `wanted`: what is inherited and other is said then.

    `held` are the sessions that run, `process` the lines of the process.
    """
    found = dict(objects)
    running = {peer.address: peer for peer in held.peers} if held is not None else {}
    above = any(line.split()[:1] == ["timers"] for line in process)
    for peer in wanted.peers:
        before = running.get(peer.address)
        same = before is not None and _seconds(before) == _seconds(peer)
        if not same and (kind(peer) in found or (before is None and above)):
            found[kind(peer)] = OWN
    return found


def _seconds(peer: BgpPeer) -> tuple[int, int]:
    return peer.keepalive_seconds, peer.hold_seconds
