"""What stops traffic when one of several tunnels is lost: by the settings of those that remain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import product

from appliance.model.failure import Kind
from appliance.twin.finding import Finding
from appliance.twin.scenario import Probe
from appliance.twin.together import Lane, Together


def finding(
    field: str, reason: str, *, device: tuple[str, ...] = (), azure: tuple[str, ...] = ()
) -> Finding:
    """A loss that is not survived, by the field that stops the traffic; never breaking."""
    return Finding(
        kind=Kind.FAILOVER,
        fields=(field,) if field else (),
        breaking=False,
        reason=reason,
        device=device,
        azure=azure,
    )


def ruled(made: Together, ends: Sequence[str]) -> Iterator[Finding]:
    """What a loss would stop, by rules alone."""
    every = product(range(len(made.lanes)), made.probes)
    return stopped(made, ends, (pair for pair in every if _in_the_way(made, *pair)[0]))


def stopped(
    made: Together, ends: Sequence[str], lost: Iterable[tuple[int, Probe]]
) -> Iterator[Finding]:
    """Pairs that have no traffic without a lane, by what stops them."""
    causes: dict[tuple[int, str, str], list[Probe]] = {}
    for number, probe in lost:
        causes.setdefault((number, *_in_the_way(made, number, probe)), []).append(probe)
    for (number, field, reason), probes in causes.items():
        names = ", ".join(f"{one.local} <-> {one.remote}" for one in probes)
        yield finding(field, f"without {ends[number]} {reason or 'this traffic stops'}: {names}")


def _in_the_way(made: Together, lost: int, probe: Probe) -> tuple[str, str]:
    """The setting that stops this pair's traffic without that lane, and what it does; both empty
    where none does."""
    others = [lane for number, lane in enumerate(made.lanes) if number != lost]
    if not any(_inside(probe.remote, _led(lane)) for lane in others):
        return "routes", "no route of the device leads into the other tunnel"
    if not any(_inside(probe.local, _led_back(lane)) for lane in others):
        spoken = any(lane.dialogue is not None for lane in others)
        field = "bgp.networks" if spoken else "azure.on_premises.prefixes"
        return field, "Azure does not route back by the other tunnel"
    if not any(_passes(lane, probe) for lane in others):
        return "passes", "the device's own rules for the other tunnel are in the way"
    return _unnoticed(made.lanes[lost])


def _unnoticed(lane: Lane) -> tuple[str, str]:
    """Why traffic still goes into a lost tunnel. Routes of BGP leave with its session."""
    if lane.dialogue is None and lane.stays:
        reason = "traffic still goes into the lost tunnel, whose interface and routes stay"
        return "routes", reason
    if lane.dialogue is None and not lane.checks:
        return "ike.dpd", "the device does not notice, and keeps sending into the lost tunnel"
    return "", ""


def _led(lane: Lane) -> tuple[str, ...]:
    """What the device has a way to by this tunnel, BGP's included: its session stands."""
    return (*lane.device.routes, *(() if lane.dialogue is None else lane.dialogue.azure.networks))


def _led_back(lane: Lane) -> tuple[str, ...]:
    return (*lane.azure.routes, *(() if lane.dialogue is None else lane.dialogue.device.networks))


def _passes(lane: Lane, probe: Probe) -> bool:
    rules = lane.device.passes
    pair = probe.local, probe.remote
    return rules is None or any(
        _inside(pair[0], (ours,)) and _inside(pair[1], (theirs,)) for ours, theirs in rules
    )


def _inside(network: str, all_: Iterable[str]) -> bool:
    found = IPv4Network(network)
    return any(found.subnet_of(IPv4Network(one)) for one in all_)
