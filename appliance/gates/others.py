"""Whether a change does something to tunnels that are not the site's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.gates.gate import Gate, Question
from appliance.gates.path import drawn
from appliance.model.intent import Intent
from appliance.model.pairing import LABEL, mine, pair
from appliance.model.tunnel import Tunnel
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
    ours = {one.name for one in (*mine(intent, plan.running), *mine(intent, plan.target))}
    return tuple(name for name in dict.fromkeys(names) if name not in ours)


def _rewritten(asked: Question) -> tuple[str, ...]:
    """Tunnels of others that the plan does not leave as they are."""
    after = {tunnel.name: _bare(tunnel) for tunnel in asked.plan.target}
    changed = (one.name for one in asked.plan.running if after.get(one.name) != _bare(one))
    return _not_ours(asked, changed)


def _bare(tunnel: Tunnel) -> Tunnel:
    """Without names, and without the MSS: an SRX has one for all its tunnels."""
    interface = tunnel.interface and replace(tunnel.interface, mss=None)
    return replace(tunnel, objects={}, interface=interface)


def _two_sites(asked: Question) -> Iterator[str]:
    intent = asked.job.intent
    for other in asked.beside:
        for words in _collisions(intent, other):
            yield f"site {other.site} is on the same device, and {words}"
    for wanted, running in pair(intent.tunnels, asked.plan.running):
        label = None if running is None else running.objects.get(LABEL)
        if running is not None and label is not None and not _ours(label, wanted, intent):
            yield (
                f"tunnel {running.name} on the device is labelled {label}, another site's, and "
                f"would become this site's {wanted.name} (was the site renamed?)"
            )


def _ours(label: str, wanted: Tunnel, intent: Intent) -> bool:
    names = {name for tunnel in intent.tunnels for name in (tunnel.name, tunnel.objects.get(LABEL))}
    return label in names or label == wanted.name


def _collisions(intent: Intent, other: Intent) -> Iterator[str]:
    """What one device cannot do for both: end tunnels of one gateway, draw the same networks."""
    theirs = {address for tunnel in other.tunnels for address in tunnel.remote.addresses}
    ours = {address for tunnel in intent.tunnels for address in tunnel.remote.addresses}
    for address in sorted(ours & theirs):
        yield f"both have a tunnel to {address}"
    found = {
        f"both would take traffic for {one if one.subnet_of(two) else two}"
        for tunnel in intent.tunnels
        for one in drawn(tunnel)
        for neighbour in other.tunnels
        for two in drawn(neighbour)
        if one.overlaps(two) and one.prefixlen and two.prefixlen
    }
    yield from sorted(found)


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
        words="another site is on the same device (by its address in the inventory, or by the "
        "labels on the device), and the tunnels of both would collide",
        find=_two_sites,
        of_intent=True,
    ),
)
