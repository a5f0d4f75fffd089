"""Whether the VPN's own BGP sessions stay behind the circuit, in both directions.

Weight decides before local preference (IOS), and a longer prefix before both ("Configure
ExpressRoute and site-to-site coexisting connections": the same prefixes on both).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.edge import Edge, ErSession, Filter, decide


def behind(finder: Finder, wanted: Edge, held: Edge) -> Iterator[Difference]:
    """What would put a session of the VPN before the circuit's."""
    running = {session.peer: session for session in held.behind}
    circuit = [link.session for link in held.links]
    prefixes = sorted({p for one in wanted.links for p in _taught(one.session)})
    for ours in wanted.behind if circuit else ():
        theirs = running.get(ours.peer)
        if theirs is not None and theirs.enabled:
            yield from _weight(finder, theirs, circuit)
            yield from _preferred(finder, theirs, circuit, prefixes)
            yield from _more_specific(finder, theirs, wanted, held)


def _taught(session: ErSession) -> list[IPv4Network]:
    return [] if session.receives is None else session.receives.passed()


def _weight(finder: Finder, vpn: ErSession, circuit: list[ErSession]) -> Iterator[Difference]:
    least = min(session.weight or 0 for session in circuit)
    if (vpn.weight or 0) > least:
        reason = (
            f"weight stands above local preference: what {vpn.peer} teaches over the VPN wins over "
            f"the circuit, which has weight {least}"
        )
        yield finder.warning("edge.behind.weight", None, vpn.weight, reason)


def _preferred(
    finder: Finder, vpn: ErSession, circuit: list[ErSession], prefixes: list[IPv4Network]
) -> Iterator[Difference]:
    path = "edge.behind.local_preference"
    for prefix in prefixes:
        over = [decide(session.receives, prefix) for session in circuit]
        let_in = [verdict.local_preference for verdict in over if verdict.passes]
        least = min(let_in, default=None)
        if least is None:
            continue  # told of the circuit's own session
        theirs = decide(vpn.receives, prefix)
        if theirs.passes and theirs.local_preference > least:
            reason = f"{prefix}: what {vpn.peer} teaches over the VPN wins over the circuit"
            yield finder.warning(path, f"below {least}", theirs.local_preference, reason)
            return
        words = _could_prefer(vpn.receives, least) if theirs.passes is None else ""
        if words:
            reason = (
                f"{prefix}: a rule of {vpn.peer} over the VPN could put it before the circuit; "
                "whether it does cannot be told"
            )
            values = (f"below {least}", words)
            verdict = Verdict.UNVERIFIABLE
            yield finder.found(Severity.INFORMATION, path, values, reason, verdict=verdict)
            return


def _could_prefer(running: Filter | None, least: int) -> str:
    """The conditions that are not understood of rules which prefer more than that."""
    rules = () if running is None else running.clauses
    return "; ".join(
        word for rule in rules if (rule.local_preference or 0) > least for word in rule.unread
    )


def _more_specific(
    finder: Finder, vpn: ErSession, wanted: Edge, held: Edge
) -> Iterator[Difference]:
    """Azure takes the longer prefix, whichever gateway it comes by."""
    found = [
        prefix
        for prefix in held.networks
        if any(prefix != ours and prefix.subnet_of(ours) for ours in wanted.networks)
        and decide(vpn.sends, prefix).passes
        and not all(decide(link.session.sends, prefix).passes for link in held.links)
    ]
    if found:
        reason = (
            f"more specific networks go to {vpn.peer} over the VPN and not over the circuit: Azure "
            "answers them through the VPN"
        )
        yield finder.warning("edge.behind.sends", [], [str(prefix) for prefix in found], reason)
