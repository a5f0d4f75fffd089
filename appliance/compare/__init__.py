"""Compare what is intended with what is running: field by field, by meaning.

Sets are sets; order, spelling, names and defaults never matter. What Azure would accept as well is
no difference: with a default policy the intent first settles on what the device has, if it can.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.compare.ends import ends, state
from appliance.compare.esp import esp, psk
from appliance.compare.finding import Finder
from appliance.compare.ike import ike
from appliance.compare.left import left
from appliance.compare.quirks import quirks
from appliance.compare.routing import bgp, passes, permits, routes, selectors
from appliance.compare.settle import settle
from appliance.compare.traffic import traffic
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.intent import Intent, Observed
from appliance.model.leftover import left_over
from appliance.model.pairing import pair
from appliance.model.tunnel import Tunnel, Tunnels

__all__ = ["compare", "settle", "strangers"]

RULES = (state, quirks, ends, ike, esp, psk, selectors, routes, bgp, permits, passes, traffic)
"""One function a group of fields, in the order in which a report reads best."""


def compare(intent: Intent, observed: Observed) -> tuple[Difference, ...]:
    """Every difference of the site's tunnels, worst first within a tunnel."""
    settled = settle(intent, observed)
    shared = frozenset(
        proposal.name for tunnel in strangers(intent, observed) for proposal in tunnel.ike.proposals
    )
    found: list[Difference] = []
    for wanted, running in pair(settled, observed.tunnels):
        differences = (
            [_absent(wanted)] if running is None else list(_tunnel(wanted, running, shared))
        )
        found += sorted(differences, key=lambda difference: -difference.severity)
    if intent.edge is not None:
        from appliance.compare.edge import edge  # noqa: PLC0415 -- few sites have one

        found += edge(intent.edge, observed.edge)
    found += left(left_over(intent, observed))
    return tuple(found)


def strangers(intent: Intent, observed: Observed) -> Tunnels:
    """Tunnels on the device that are not the site's: to be listed, never to be judged."""
    ours = {running.name for _, running in pair(intent, observed.tunnels) if running}
    return tuple(tunnel for tunnel in observed.tunnels if tunnel.name not in ours)


def _absent(wanted: Tunnel) -> Difference:
    peers = ", ".join(map(str, wanted.remote.addresses))
    return Difference(
        tunnel=wanted.name,
        path="tunnel",
        intended=f"tunnel to {peers}",
        running=None,
        severity=Severity.BREAKING,
        verdict=Verdict.MISSING,
        reason=f"the device has no tunnel to Azure's gateway {peers}",
    )


def _tunnel(wanted: Tunnel, running: Tunnel, shared: frozenset[str]) -> Iterator[Difference]:
    finder = Finder(wanted.name, running.sources, shared)
    if wanted.mode is not running.mode:
        yield finder.breaking(
            "mode", wanted.mode, running.mode, "the two forms propose different selectors"
        )
        return
    for rule in RULES:
        yield from rule(finder, wanted, running)
