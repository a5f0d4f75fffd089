"""Whether a change does something to tunnels that are not the site's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

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
    """By the labels on the device: the inventory has each address only once."""
    intent, plan = asked.job.intent, asked.plan
    for wanted, running in pair(intent, plan.running):
        label = None if running is None else _foreign(running, intent)
        if running is not None and label is not None:
            yield (
                f"tunnel {running.name} on the device is labelled {label}, another site's, and "
                f"would become this site's {wanted.name} (was the site renamed?)"
            )
    for ours in mine(intent, plan.target):
        for other in plan.running:
            label = _foreign(other, intent)
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
        words="by its labels the device has tunnels of another site, and one of them would be "
        "taken over, or take traffic for the same networks",
        find=_two_sites,
        of_intent=True,
    ),
)
