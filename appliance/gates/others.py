"""Whether a change does something to tunnels that are not the site's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.gates.gate import Gate, Question
from appliance.gates.path import drawn
from appliance.model.change import Plan
from appliance.model.intent import Intent
from appliance.model.leftover import tunnels_left
from appliance.model.pairing import LABEL, mine, neighbours, pair
from appliance.model.tunnel import TrafficSelector, Tunnel
from appliance.record import replace


def _bounces(asked: Question) -> Iterator[str]:
    for name in _not_ours(asked, asked.plan.change.bounces):
        yield f"tunnel {name} is not this site's, and would go down and negotiate again"


def _shared(asked: Question) -> Iterator[str]:
    for step in asked.plan.change.steps:
        users = _not_ours(asked, step.touches)
        if users:
            yield (
                f"`{step.text.strip()}` changes what {', '.join(users)} uses too ({step.why}), "
                "which is not this site's"
            )
    for name in _rewritten(asked):
        yield f"tunnel {name} is not this site's, and would be configured differently"


def _not_ours(asked: Question, names: Iterable[str]) -> tuple[str, ...]:
    intent, plan = asked.job.intent, asked.plan
    left = tunnels_left(intent, plan.running)
    ours = {one.name for one in (*mine(intent, plan.running), *mine(intent, plan.target), *left)}
    return tuple(name for name in dict.fromkeys(names) if name not in ours)


def _rewritten(asked: Question) -> tuple[str, ...]:
    """Tunnels of others that the plan does not leave as they are.

    A way back (it is made from no differences) also closes for others what a push of ours opened
    for them, as a policy between zones that their tunnels are in too.
    """
    after = {tunnel.name: tunnel for tunnel in asked.plan.target}
    before = asked.plan.running
    if not asked.plan.differences:
        after = {name: _unruled(tunnel) for name, tunnel in after.items()}
        before = tuple(map(_unruled, before))
    known = neighbours(asked.job.intent, asked.plan.running)
    return _not_ours(
        asked,
        (
            one.name
            for one in before
            if not _kept(one, after.get(one.name), _needed(asked.job.intent, known.get(one.name)))
        ),
    )


def _unruled(tunnel: Tunnel) -> Tunnel:
    """Without rules, and without quirks: of two keys that differ the journal has two masks."""
    return replace(tunnel, passes=None, filter=None, quirks=())


def _needed(intent: Intent, site: str | None) -> tuple[TrafficSelector, ...] | None:
    """What must get through the tunnels of another site of ours; None for somebody else's."""
    if site is None:
        return None
    told = (other.tunnels for other in intent.beside if other.site == site)
    return tuple(pair for tunnels in told for one in tunnels for pair in one.passes or ())


def _kept(before: Tunnel, after: Tunnel | None, needed: tuple[TrafficSelector, ...] | None) -> bool:
    """Whether a tunnel is as it was; one of a site of ours but for what all have in common.

    Sites of one device may share a list of proposals, where more stand behind its own, and zones,
    whose policies let through what any of them needs.
    """
    if after is None or _bare(before) == _bare(after):
        return after is not None
    if needed is None:
        return False
    offered = (before.ike.proposals, after.ike.proposals)
    first = min(offered, key=len)
    return (
        all(listed[: len(first)] == first for listed in offered)
        and _alone(before) == _alone(after)
        and not any(_through(pair, before) > _through(pair, after) for pair in needed)
    )


def _through(pair: TrafficSelector, tunnel: Tunnel) -> bool:
    """Whether the device's rules let the pair through."""
    return tunnel.passes is None or any(
        pair.local.subnet_of(one.local) and pair.remote.subnet_of(one.remote)
        for one in tunnel.passes
    )


def _alone(tunnel: Tunnel) -> Tunnel:
    """Without what sites of one device have in common."""
    ike = replace(tunnel.ike, proposals=())
    return replace(_bare(tunnel), ike=ike, passes=None, filter=None)


def _bare(tunnel: Tunnel) -> Tunnel:
    """Without names, and without the MSS: an SRX has one for all its tunnels."""
    interface = tunnel.interface and replace(tunnel.interface, mss=None)
    return replace(tunnel, objects={}, interface=interface)


def _two_sites(asked: Question) -> Iterator[str]:
    """What another site on the device has, or may have, by its label or by what it asks for."""
    intent, plan = asked.job.intent, asked.plan
    for wanted, running in pair(intent, plan.running):
        if running is not None:
            yield from _taken_over(intent, wanted, running)
    yield from _drawn_twice(intent, plan)


def _taken_over(intent: Intent, wanted: Tunnel, running: Tunnel) -> Iterator[str]:
    label = _foreign(running, intent)
    if label is not None:
        yield (
            f"tunnel {running.name} on the device is labelled {label}, another site's, and "
            f"would become this site's {wanted.name} (was the site renamed?)"
        )
    elif LABEL not in running.objects:
        for other, why in _doubts(intent, running):
            yield (
                f"tunnel {running.name} on the device could be {other}'s as well as this site's "
                f"{wanted.name}: {why}"
            )


def _doubts(intent: Intent, running: Tunnel) -> Iterator[tuple[str, str]]:
    """Other sites on the device whose tunnel this may be, and what speaks for it."""
    for other in intent.beside:
        if other.intent is None:
            yield other.site, f"what that site needs is not known ({other.unknown})"
        same = [one for one in other.tunnels if one.remote.addresses == running.remote.addresses]
        if same and not any(_leaves(one, running) for one in intent.tunnels):
            yield other.site, "both go to this gateway, and it leaves from neither's end"


def _leaves(wanted: Tunnel, running: Tunnel) -> bool:
    ours, theirs = wanted.local, running.local
    ends = ((ours.address, theirs.address), (ours.interface, theirs.interface))
    return any(one is not None and one == other for one, other in ends)


def _drawn_twice(intent: Intent, plan: Plan) -> Iterator[str]:
    """By sites that the inventory does not have on this device; of those it has a check tells."""
    known = neighbours(intent, plan.running)
    for ours in mine(intent, plan.target):
        for other in plan.running:
            label = None if other.name in known else _foreign(other, intent)
            for network in _common(ours, other) if label is not None else ():
                yield (
                    f"tunnel {other.name} on the device is labelled {label}, another site's, and "
                    f"both would take traffic for {network}"
                )


def _foreign(tunnel: Tunnel, intent: Intent) -> str | None:
    """The label of a tunnel that another site of ours has made, such as "site-b-1"."""
    label = tunnel.objects.get(LABEL)
    if label is None or label.rpartition("-")[0] == intent.site:
        return None
    return None if any(label == wanted.name for wanted in intent.tunnels) else label


def _common(one: Tunnel, other: Tunnel) -> tuple[IPv4Network, ...]:
    """Networks that both draw, but for a default route."""
    pairs = ((a, b) for a in drawn(one) for b in drawn(other) if a.prefixlen and b.prefixlen)
    found = (a if a.subnet_of(b) else b for a, b in pairs if a.overlaps(b))
    return tuple(dict.fromkeys(found))


GATES = (
    Gate(
        name="other-tunnel-bounces",
        words="a tunnel that is not this site's would go down and negotiate again",
        find=_bounces,
    ),
    Gate(
        name="shared-object",
        words="an object that a tunnel of others uses would be changed or removed",
        find=_shared,
    ),
    Gate(
        name="two-sites",
        words="by its label, or by what the inventory says of another site on the device, one of "
        "its tunnels would be taken over; or a site that the inventory does not have there takes "
        "traffic for the same networks",
        find=_two_sites,
        of_intent=True,
    ),
)
