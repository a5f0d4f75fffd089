"""The ladder from a reachable appliance to a tunnel that carries traffic, rung by rung."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from appliance.model.state import Operational, TunnelState
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.verify import paths, sas
from appliance.verify.finding import (
    Evidence,
    Finding,
    Outcome,
    Renewal,
    Rung,
    Said,
    failed,
    proven,
    unknown,
)

__all__ = ["Finding", "Outcome", "Renewal", "Rung", "passed", "verify"]

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
_NO_RENEWALS: Mapping[str, Renewal] = MappingProxyType({})


def verify(  # noqa: PLR0913 -- all that one look at a device tells
    tunnels: Tunnels,
    state: Operational | None,
    *,
    before: Operational | None = None,
    reachable: bool = True,
    absent: Collection[str] = (),
    advice: Mapping[str, str] = _NO_ADVICE,
    renewals: Mapping[str, Renewal] = _NO_RENEWALS,
) -> tuple[Finding, ...]:
    """Each rung of each tunnel, in order.

    `state` None is a state that could not be read. With `before`, an earlier sample, counters must
    have moved since; without it they must have moved at all. `absent` are the names of tunnels that
    the device does not have. `advice` are a driver's own words on
    where to look, by rung; they follow what is said here. `renewals` are the tunnels, by name,
    whose SAs a change had to make anew.
    """
    ground = _ground(state, reachable=reachable)
    found: list[Finding] = []
    for tunnel in tunnels:
        found.append(_advised(_finding(tunnel, Rung.REACHABLE, ground), advice))
        if state is None or ground.verdict is not Outcome.PASSED:
            found += _halted(tunnel, _blocked(Rung.REACHABLE), _blocked(Rung.REACHABLE))
        elif (why := _unjudged(tunnel, absent=tunnel.name in absent)) is not None:
            found += _halted(tunnel, why, _blocked(Rung.IKE))
        else:
            evidence = replace(
                _evidence(tunnel, tunnels, state, before), renewal=renewals.get(tunnel.name)
            )
            found += [_advised(finding, advice) for finding in _climb(evidence)]
    return tuple(found)


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
            "no session with the appliance could be opened",
            "see whether it is powered, whether its management path is open from here, and "
            "whether its host key is the pinned one and the login is right",
        )
    if state is None:
        return unknown("its state could not be read", "verify again")
    return proven("the appliance answers")


def _evidence(
    tunnel: Tunnel, together: Tunnels, state: Operational, before: Operational | None
) -> Evidence:
    peer = _peer(tunnel, state) or TunnelState(remote=tunnel.remote.addresses[0])
    earlier = None if before is None else _peer(tunnel, before)
    return Evidence(tunnel=tunnel, together=together, peer=peer, earlier=earlier, state=state)


def _unjudged(tunnel: Tunnel, *, absent: bool) -> Said | None:
    """Why no SA is to be looked for; None when one is."""
    if absent:
        peers = " or ".join(map(str, tunnel.remote.addresses))
        return failed(f"the device has no tunnel to {peers}", "push the configuration first")
    if not tunnel.enabled:
        how = "the tunnel is shut down by configuration"
        if tunnel.mode is not Mode.ROUTE_BASED:
            how = "the tunnel is switched off by configuration: it is on no interface that is up"
        return unknown(how, "if that is not meant, push the configuration again")
    if not tunnel.remote.addresses:
        return unknown("the tunnel has no fixed peer, so no SA can be told to be its own", "")
    return None


def _halted(tunnel: Tunnel, first: Said, others: Said) -> list[Finding]:
    """The rungs of a tunnel that is not looked at: the first says why."""
    rungs = _rungs(tunnel)
    said = (first, *(others for _ in rungs[1:]))
    return [_finding(tunnel, rung, one) for rung, one in zip(rungs, said, strict=True)]


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
