"""From what happened to what it means for the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.model.failure import Kind
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from appliance.twin.finding import AZURE, DEVICE, Finding, configuration
from appliance.twin.scenario import Attempt, Outcome, Passage, Probe, Scenario
from appliance.twin.verdict import Cause, cause, rekeyed

_ANY = ("0.0.0.0/0", "0.0.0.0/0")
_OF_LIVE_TUNNELS = (Kind.REKEY, Kind.TRAFFIC, Kind.LEAK, Kind.LET_THROUGH)


def judge(
    scenario: Scenario, outcome: Outcome, tunnel: Tunnel, *, silence: Finding | None = None
) -> tuple[Finding, ...]:
    """All findings, those that break it first. `silence`: what keeps BGP down,
    which is a warning where static routes carry the traffic.

    What fails only when Azure dials is a warning, as long as the device may dial: it keeps the
    tunnel up. When only Azure may, its attempt decides.
    """
    attempts = ((DEVICE, outcome.device), (AZURE, outcome.azure))
    decisive = DEVICE if outcome.device is not None else AZURE
    found = [
        finding
        for dialled, attempt in attempts
        if attempt is not None
        for finding in _attempt(scenario, attempt, dialled, decisive=dialled == decisive)
    ]
    if silence is not None:
        rest = [one for one in found if not _for_want_of_bgp(one)]
        found = [replace(silence, breaking=len(rest) < len(found)), *rest]
    every = [*configuration(tunnel), *_merged(found)]
    return tuple(sorted(every, key=lambda finding: not finding.breaking))


def _for_want_of_bgp(found: Finding) -> bool:
    """A route that would have been learnt is not missing by itself."""
    return found.fields in {("routes",), ("azure.on_premises.prefixes",), ("bgp.networks",)}


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """The same fault seen from both ends is one: the called end may see another side of it."""
    once: dict[tuple[tuple[str, ...], Kind | None], Finding] = {}
    for one in found:
        key = one.fields, one.kind if one.kind in _OF_LIVE_TUNNELS or not one.fields else None
        first = once.setdefault(key, one)
        if first is not one:
            dialled = tuple(dict.fromkeys((*first.dialled, *one.dialled)))
            once[key] = replace(first, dialled=dialled, breaking=first.breaking or one.breaking)
    return list(once.values())


def _attempt(
    scenario: Scenario, attempt: Attempt, dialled: str, *, decisive: bool
) -> Iterator[Finding]:
    by_device = dialled == DEVICE
    for tried in attempt.tries:
        if tried.error is not None:
            yield _of(cause(tried, scenario, by_device=by_device), dialled, decisive=decisive)
    for rekey in (attempt.child_rekey, attempt.ike_rekey):
        if rekey is not None and rekey.error is not None:
            yield _of(rekeyed(rekey, by_device=by_device), dialled, decisive=decisive)
    yield from _narrowed(scenario, attempt, dialled, decisive=decisive)
    yield from _traffic(scenario, attempt, dialled, decisive=decisive)


def _of(found: Cause, dialled: str, *, decisive: bool) -> Finding:
    return Finding(
        kind=found.kind,
        fields=found.fields,
        breaking=decisive,
        reason=found.reason,
        dialled=(dialled,),
        device=found.device,
        azure=found.azure,
    )


def _narrowed(
    scenario: Scenario, attempt: Attempt, dialled: str, *, decisive: bool
) -> Iterator[Finding]:
    """The daemons take the intersection; devices and Azure demand the pair they have."""
    held, expected = _pairs(scenario, DEVICE), _pairs(scenario, AZURE)
    got = [_seen(sa.ours[0], sa.theirs[0], dialled) for sa in attempt.sas if sa.ours and sa.theirs]
    odd = [pair for pair in got if pair not in held]
    # Azure with any-to-any lets a dialling device have its narrower pairs.
    odd += [pair for pair in got if pair in held and pair not in expected and expected != [_ANY]]
    if odd:
        yield Finding(
            kind=Kind.SELECTORS,
            fields=("selectors",),
            breaking=decisive,
            reason="agreed only because these daemons settle on what both have: devices do not",
            dialled=(dialled,),
            device=tuple(map(_arrow, held)),
            azure=tuple(map(_arrow, expected)),
        )


def _pairs(scenario: Scenario, end: str) -> list[tuple[str, str]]:
    """Configured selectors as the device sees them."""
    one = scenario.device if end == DEVICE else scenario.azure
    held = one.dials or one.answers
    children = () if held is None else held.children
    return [_seen(child.ours, child.theirs, end) for child in children]


def _seen(ours: str, theirs: str, end: str) -> tuple[str, str]:
    return (ours, theirs) if end == DEVICE else (theirs, ours)


def _arrow(pair: tuple[str, str]) -> str:
    return " <-> ".join(pair)


def _traffic(
    scenario: Scenario, attempt: Attempt, dialled: str, *, decisive: bool
) -> Iterator[Finding]:
    """Permitted pairs that do not arrive, grouped by what is in their way; others that do."""
    stopped: dict[tuple[Kind, str], list[Probe]] = {}
    loose: list[Probe] = []
    for probe, passage in zip(scenario.probes, attempt.passages, strict=False):
        if probe.permitted and not _arrives(passage):
            kind = Kind.LEAK if passage.out_leaks or passage.back_leaks else Kind.TRAFFIC
            field = _in_the_way(scenario, probe)
            if not field and not _carried(attempt, probe):
                if any(tried.error for tried in attempt.tries):
                    continue  # its SA was refused: that has a finding of its own
                field = "selectors"
            stopped.setdefault((kind, field), []).append(probe)
        elif not probe.permitted and (passage.out or passage.back):
            loose.append(probe)
    for (kind, field), probes in stopped.items():
        yield Finding(
            kind=kind,
            fields=(field,) if field else (),
            breaking=decisive,
            reason=f"{_lost(kind)}: {_names(probes)}",
            dialled=(dialled,),
        )
    if loose:
        yield Finding(
            kind=Kind.LET_THROUGH,
            fields=(_opened(scenario),),
            breaking=False,
            reason=f"traffic that nobody asked for gets through: {_names(loose)}",
            dialled=(dialled,),
        )


def _opened(scenario: Scenario) -> str:
    """What decides which traffic gets through this device."""
    if scenario.device.passes is not None:
        return "passes"
    return "selectors" if scenario.device.pairs else "routes"


def _arrives(passage: Passage) -> bool:
    return passage.out and passage.back


def _lost(kind: Kind) -> str:
    if kind is Kind.LEAK:
        return "the device sends it in clear towards the Internet"
    return "the tunnel is up and this traffic does not arrive"


def _names(probes: list[Probe]) -> str:
    return ", ".join(f"{probe.local} <-> {probe.remote}" for probe in probes)


def _in_the_way(scenario: Scenario, probe: Probe) -> str:
    """The setting that leaves this pair out; empty when none of them does."""
    device, azure = scenario.device, scenario.azure
    pair = probe.local, probe.remote
    reasons = {
        "selectors": bool(device.pairs) and not _within(pair, device.pairs),
        "routes": not device.pairs and not _inside(probe.remote, device.routes),
        "passes": device.passes is not None and not _within(pair, device.passes),
        _told(scenario): not _inside(probe.local, azure.routes),
    }
    return next((field for field, true in reasons.items() if true), "")


def _told(scenario: Scenario) -> str:
    """By what Azure knows the site's networks."""
    return "bgp.networks" if scenario.bgp else "azure.on_premises.prefixes"


def _carried(attempt: Attempt, probe: Probe) -> bool:
    """Whether a live child SA is for this pair, whoever's view it is in."""
    got = [(ours, theirs) for sa in attempt.sas for ours in sa.ours for theirs in sa.theirs]
    pair = probe.local, probe.remote
    return _within(pair, got) or _within((pair[1], pair[0]), got)


def _within(pair: tuple[str, str], all_: Iterable[tuple[str, str]]) -> bool:
    return any(_inside(pair[0], (ours,)) and _inside(pair[1], (theirs,)) for ours, theirs in all_)


def _inside(network: str, all_: Iterable[str]) -> bool:
    found = IPv4Network(network)
    return any(found.subnet_of(IPv4Network(one)) for one in all_)
