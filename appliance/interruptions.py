"""Which tunnels a plan interrupts, for how long at most, and what carries traffic meanwhile.

Estimates are made of what is documented: Azure's DPD timeout ("IPsec/IKE policy": 45 s unless set),
which side may dial (`connectionMode`), and BGP's ConnectRetryTimer (RFC 4271, 10: 120 s). What
nobody documents, as how soon Azure dials again, is not known here either.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import Plan
from appliance.model.difference import Verdict
from appliance.model.intent import Dials, Intent
from appliance.model.interruption import Effect, Interruption
from appliance.model.leftover import tunnels_left
from appliance.model.pairing import mine, neighbours, pair
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.record import replace

_LEAST = 1  # second: two to five messages, each one way to Azure and back
_RETRY = 120  # seconds: ConnectRetryTimer
_DOWN = (Effect.CHILD, Effect.IKE, Effect.GONE)
_NEGOTIATED = ("ike", "esp", "psk", "local", "remote", "selectors", "mode", "encapsulation")
_QUIET = (
    *("name", "objects", "sources", "routes", "permits", "passes", "filter", "interface", "bgp"),
    "quirks",
)
"""Of a tunnel: what is not negotiated, so that SAs are what they should be without it."""


def interruptions(plan: Plan, intent: Intent) -> tuple[Interruption, ...]:
    """What becomes of each tunnel of the site, of other sites on the device, and of those of others
    that are interrupted."""
    theirs = neighbours(intent, plan.running)
    left = tunnels_left(intent, plan.running)
    ours = {one.name for one in (*mine(intent, plan.running), *mine(intent, plan.target), *left)}
    found = [
        replace(one, site=theirs.get(one.tunnel))
        for one in _all(plan, intent, ours)
        if one.ours or one.effect in _DOWN or one.tunnel in theirs
    ]
    up = {one.tunnel for one in found if one.ours and one.effect in {Effect.NOTHING, Effect.LATER}}
    return tuple(
        replace(one, meanwhile=_meanwhile(one, plan.running, up)) if one.effect in _DOWN else one
        for one in found
    )


def _all(plan: Plan, intent: Intent, ours: set[str]) -> Iterator[Interruption]:
    before = {tunnel.name: tunnel for tunnel in plan.running}
    after = {tunnel.name: tunnel for tunnel in plan.target}
    for name in {**before, **after}:
        effect = _effect(plan, intent, before.get(name), after.get(name))
        least, because = _LEAST, ""
        most: int | None = None
        if effect in {Effect.IKE, Effect.CHILD}:
            most, because = _negotiated(before[name], after.get(name, before[name]), intent)
        elif effect is Effect.BGP:
            most, because = _RETRY, "BGP's ConnectRetryTimer (RFC 4271) is 120 s unless set"
        told = effect in {Effect.IKE, Effect.CHILD, Effect.BGP}
        yield Interruption(
            tunnel=name,
            ours=name in ours,
            effect=effect,
            seconds=(least, most) if told else None,
            because=because or _gap(plan, name),
        )


def _gap(plan: Plan, name: str) -> str:
    """What passes for a moment through a tunnel that stays up, or does not."""
    told = (step.gap for step in plan.change.steps if name in step.touches and step.gap)
    return "; ".join(dict.fromkeys(told))


def _effect(plan: Plan, intent: Intent, before: Tunnel | None, after: Tunnel | None) -> Effect:
    if before is None:
        return Effect.NEW
    if after is None:
        return Effect.GONE
    if after.enabled and not before.enabled:
        return Effect.ON
    name = before.name
    bouncing = [step for step in plan.change.steps if name in step.bounces]
    if bouncing:
        return Effect.CHILD if all(step.child_only for step in bouncing) else Effect.IKE
    if _sessions(before) != _sessions(after) and _differs(plan, intent, name, ("bgp",)):
        return Effect.BGP
    same = _negotiable(before) == _negotiable(after)
    quiet = same or not _differs(plan, intent, name, _NEGOTIATED)
    return Effect.NOTHING if quiet else Effect.LATER


def _differs(plan: Plan, intent: Intent, name: str, fields: tuple[str, ...]) -> bool:
    """Whether the plan was made for a difference there: what a device cannot say is none.

    A way back is made from no differences.
    """
    if not plan.differences:
        return True
    pairs = pair(intent, plan.running)
    wanted = {ours.name for ours, running in pairs if running is not None and running.name == name}
    known = (one for one in plan.differences if one.verdict is not Verdict.UNVERIFIABLE)
    told = (one.path.partition(".")[0] for one in known if one.tunnel in wanted)
    return any(field in fields for field in told)


def _sessions(tunnel: Tunnel) -> object:
    """The BGP sessions that are there already; one that is new resets none."""
    return tunnel.bgp and (tunnel.bgp.local_asn, set(tunnel.bgp.peers))


def _negotiable(tunnel: Tunnel) -> dict[str, object]:
    return {name: getattr(tunnel, name) for name in tunnel.__slots__ if name not in _QUIET}


def _negotiated(before: Tunnel, after: Tunnel, intent: Intent) -> tuple[int | None, str]:
    """The most seconds until it is up again, and where that comes from."""
    keys = {key for key in (before.psk, after.psk) if isinstance(key, Secret)}
    if len(keys) > 1:
        return None, "the key is another: until Azure's connection has the same"
    if not set(after.remote.addresses) <= set(before.remote.addresses):
        return None, "it leads to another gateway address: until that one answers"
    if intent.peer.dials is Dials.AZURE:
        return None, "only Azure dials (connectionMode InitiatorOnly), and how soon is not known"
    first = "when either side dials"
    if after.mode is Mode.POLICY_BASED:
        first = "with the first packet for Azure, where neither side dials by itself"
    give_up = intent.gives_up_seconds
    return give_up, f"{first}; at worst when Azure's DPD gives the old SAs up, after {give_up} s"


def _meanwhile(one: Interruption, running: Tunnels, up: set[str]) -> tuple[str, ...]:
    """Tunnels of the site that stay up, with a network in common or BGP to learn it by."""
    here = next((tunnel for tunnel in running if tunnel.name == one.tunnel), None)
    if here is None or not one.ours:
        return ()
    others = (tunnel for tunnel in running if tunnel.name in up)
    return tuple(other.name for other in others if _instead(here, other))


def _instead(here: Tunnel, other: Tunnel) -> bool:
    both = here.bgp is not None and other.bgp is not None
    ours = (*here.routes, *(pair.remote for pair in here.selectors))
    theirs = (*other.routes, *(pair.remote for pair in other.selectors))
    return both or any(a.overlaps(b) for a in ours for b in theirs)
