"""The ladder from a reachable appliance to a tunnel that carries traffic, rung by rung."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from appliance.model.state import Operational, TunnelState
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.verify import paths, sas
from appliance.verify.finding import (
    Evidence,
    Finding,
    Outcome,
    Rung,
    Said,
    failed,
    proven,
    unknown,
)

__all__ = ["Finding", "Outcome", "Rung", "passed", "verify"]

_JUDGES: Mapping[Rung, tuple[Rung, Callable[[Evidence], Iterator[Said]]]] = MappingProxyType(
    {
        Rung.IKE: (Rung.REACHABLE, sas.ike),
        Rung.KEY: (Rung.REACHABLE, sas.key),
        Rung.CHILD: (Rung.IKE, sas.child),
        Rung.COUNTERS: (Rung.CHILD, sas.counters),
        Rung.INTERFACE: (Rung.CHILD, paths.interface),
        Rung.ROUTES: (Rung.INTERFACE, paths.routes),
        Rung.BGP: (Rung.INTERFACE, paths.bgp),
    }
)
"""Each rung stands on another: one-way traffic hides neither routes nor BGP, which explain it."""

_NO_ADVICE: Mapping[str, str] = MappingProxyType({})


def verify(
    tunnels: Tunnels,
    state: Operational | None,
    *,
    before: Operational | None = None,
    reachable: bool = True,
    advice: Mapping[str, str] = _NO_ADVICE,
) -> tuple[Finding, ...]:
    """Each rung of each tunnel, in order.

    `state` None is a state that could not be read. With `before`, an earlier sample, counters must
    have moved since; without it they must have moved at all. `advice` are a driver's own words on
    where to look, by rung; they follow what is said here.
    """
    ground = _ground(state, reachable=reachable)
    return tuple(
        _advised(finding, advice)
        for tunnel in tunnels
        for finding in _ladder(tunnel, tunnels, ground, state, before)
    )


def passed(findings: Iterable[Finding]) -> bool:
    """Whether every tunnel is proven up: what a push waits for, and undoes its change without.

    IKE SA, key and child SAs must have passed; interface, routes and BGP must not have failed.
    Traffic has no vote: a host that does not answer a ping must not undo a good tunnel.
    """
    known = tuple(findings)
    needed = (Rung.REACHABLE, Rung.IKE, Rung.KEY, Rung.CHILD)
    return bool(known) and all(
        finding.verdict is Outcome.PASSED
        or finding.rung is Rung.COUNTERS
        or (finding.verdict is Outcome.UNKNOWN and finding.rung not in needed)
        for finding in known
    )


def _ground(state: Operational | None, *, reachable: bool) -> Said:
    if not reachable:
        return failed(
            "the appliance does not answer",
            "see whether it is powered, whether its management path is open from here, and "
            "whether the login is right",
        )
    if state is None:
        return unknown("its state could not be read", "verify again")
    return proven("the appliance answers")


def _ladder(
    tunnel: Tunnel,
    together: Tunnels,
    ground: Said,
    state: Operational | None,
    before: Operational | None,
) -> Iterator[Finding]:
    yield _finding(tunnel, Rung.REACHABLE, ground)
    why = _unjudged(tunnel, ground)
    if why is not None or state is None:
        yield from (_finding(tunnel, rung, why or ground) for rung in _rungs(tunnel))
        return
    peer = _peer(tunnel, state) or TunnelState(remote=tunnel.remote.addresses[0])
    earlier = None if before is None else _peer(tunnel, before)
    evidence = Evidence(tunnel=tunnel, together=together, peer=peer, earlier=earlier, state=state)
    yield from _climb(evidence)


def _unjudged(tunnel: Tunnel, ground: Said) -> Said | None:
    if ground.verdict is not Outcome.PASSED:
        return _blocked(Rung.REACHABLE)
    if not tunnel.enabled:
        return unknown("not judged: the tunnel is shut down by configuration", "")
    if not tunnel.remote.addresses:
        return unknown("not judged: the tunnel has no fixed peer", "")
    return None


def _climb(evidence: Evidence) -> Iterator[Finding]:
    """A rung is judged when the one it stands on did not fail; else it names what failed."""
    causes: dict[Rung, Rung] = {}
    for rung in _rungs(evidence.tunnel):
        below, judge = _JUDGES[rung]
        cause = causes.get(_present(evidence.tunnel, below))
        said = tuple(judge(evidence)) if cause is None else (_blocked(cause),)
        if cause is not None:
            causes[rung] = cause
        elif any(one.verdict is Outcome.FAILED for one in said):
            causes[rung] = rung
        yield from (_finding(evidence.tunnel, rung, one) for one in said)


def _present(tunnel: Tunnel, rung: Rung) -> Rung:
    """The rung itself, or the one below where this tunnel has no such rung."""
    absent = rung in _JUDGES and rung not in _rungs(tunnel)
    return _present(tunnel, _JUDGES[rung][0]) if absent else rung


def _rungs(tunnel: Tunnel) -> tuple[Rung, ...]:
    """Without a tunnel interface, routes or BGP there is nothing to prove of them."""
    absent = {
        Rung.INTERFACE: tunnel.mode is not Mode.ROUTE_BASED,
        Rung.ROUTES: not paths.prefixes(tunnel),
        Rung.BGP: tunnel.bgp is None or not any(peer.enabled for peer in tunnel.bgp.peers),
    }
    return tuple(rung for rung in _JUDGES if not absent.get(rung, False))


_BEST = ("up", "negotiating", "down", None)


def _peer(tunnel: Tunnel, state: Operational) -> TunnelState | None:
    """The tunnel's peer; of several addresses (primary, backups) the one that works best."""
    found = [
        one for one in state.tunnels if one.remote in tunnel.remote.addresses and _ours(tunnel, one)
    ]
    found.sort(key=lambda one: (_BEST.index(one.ike), _BEST.index(one.child)))
    return found[0] if found else None


def _ours(tunnel: Tunnel, state: TunnelState) -> bool:
    """Two tunnels to one gateway differ by the address they leave from."""
    local = tunnel.local.address
    return local is None or state.local is None or local == state.local


def _finding(tunnel: Tunnel, rung: Rung, said: Said) -> Finding:
    return Finding(
        tunnel=tunnel.name,
        rung=rung,
        verdict=said.verdict,
        detail=said.detail,
        next_step=said.next_step,
    )


def _blocked(cause: Rung) -> Said:
    return unknown(f"not judged before `{cause}` passes", "")


def _advised(finding: Finding, advice: Mapping[str, str]) -> Finding:
    """A rung that passed, or waits for another, needs no advice."""
    where = advice.get(finding.rung, "")
    if not where or not finding.next_step:
        return finding
    return replace(finding, next_step=f"{finding.next_step}. Look at: {where}")
