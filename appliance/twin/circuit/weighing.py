"""From the ways that packets took to what it means for a site with a circuit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network

from appliance.model.edge import ErLink
from appliance.model.failure import Kind
from appliance.record import dataclass, replace
from appliance.twin.circuit import rules
from appliance.twin.circuit.crossing import (
    AGAIN,
    BACK,
    CIRCUIT,
    SILENT,
    STEADY,
    VPN,
    Crossed,
    Moment,
    Passing,
)
from appliance.twin.circuit.customer import apart
from appliance.twin.circuit.rules import Cause, found
from appliance.twin.circuit.standing import Link, Pair, Standing, pairs
from appliance.twin.finding import Finding
from appliance.twin.scenario import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One pair of networks at one moment."""

    pair: Pair
    passing: Passing


def judged(standing: Standing, probes: Sequence[Probe], crossed: Crossed) -> Iterator[Finding]:
    """All findings, those that break it first."""
    every = list(_all(standing, probes, crossed))
    yield from sorted(dict.fromkeys(every), key=lambda one: not one.breaking)


def _all(standing: Standing, probes: Sequence[Probe], crossed: Crossed) -> Iterator[Finding]:
    if not crossed.tunnel:
        yield _unreached(standing)
        return
    yield from _links(standing, crossed)
    moments = {one.what: list(_seen(probes, one)) for one in crossed.moments if not one.line}
    up = _up(standing, crossed)
    if up:
        every = list(_ways(standing, list(up.values()), moments.get(STEADY, [])))
        for moment in crossed.moments:
            if moment.line:
                more = _one_link(standing, up, moment, list(_seen(probes, moment)))
                every += _further(every, more)
        yield from every
        yield from _losses(standing, moments)
        yield from rules.undetected(standing)
    yield from _astray(standing, crossed.astray)


def _further(known: Iterable[Finding], more: Iterable[Finding]) -> list[Finding]:
    """What is not the same fault once more: a field names it."""
    told = {(one.kind, one.fields) for one in known}
    return [one for one in more if (one.kind, one.fields) not in told]


def _seen(probes: Sequence[Probe], moment: Moment) -> Iterator[_Seen]:
    for probe, passing in zip(probes, moment.passings, strict=False):
        pair = IPv4Network(probe.local), IPv4Network(probe.remote)
        yield _Seen(pair=pair, passing=passing)


def _unreached(standing: Standing) -> Finding:
    """By itself the tunnel came up: here it has the circuit beside it."""
    reason = "beside the circuit the tunnel does not come up"
    unexplained = found("", reason, breaking=True, kind=Kind.FAILOVER)
    return next(_led(standing), unexplained)


def _led(standing: Standing) -> Iterator[Finding]:
    """Routes of the device's own that lead the VPN's packets where they must not go."""
    led = [str(address) for address, over in apart(standing) if over is not None]
    if led:
        reason = f"the route to {' and '.join(led)} leads the VPN's own packets over the circuit"
        yield found("edge.hosts", reason, breaking=True, kind=Kind.FAILOVER)


def _links(standing: Standing, crossed: Crossed) -> Iterator[Finding]:
    """Sessions that did not come up, by the settings that keep them down."""
    up = {one.name for one in crossed.device if one.up}
    for link in standing.links:
        faults = list(rules.link_faults(standing, link))
        if link.name not in up:
            yield from faults or [_unexplained(link, crossed)]
        elif not crossed.keys:  # the kernel could not try them
            yield from (one for one in faults if one.fields == ("edge.session.key",))


def _unexplained(link: Link, crossed: Crossed) -> Finding:
    words = [
        f"{one.state} {one.error}".strip()
        for one in (*crossed.device, *crossed.microsoft)
        if one.name == link.name
    ]
    reason = f"{link.azure.label} does not come up: {'; '.join(words) or 'no session'}"
    return found("", reason, breaking=True, kind=Kind.BGP)


def _up(standing: Standing, crossed: Crossed) -> dict[str, ErLink]:
    names = {one.name for one in crossed.device if one.up}
    found = {one.name: one.held for one in standing.links if one.name in names}
    return {name: held for name, held in found.items() if held is not None}


def _ways(standing: Standing, up: list[ErLink], seen: Iterable[_Seen]) -> Iterator[Finding]:
    """While the circuit stands everything goes over it, both ways."""
    seen = list(seen)
    stopped = [one for one in seen if not (one.passing.out and one.passing.back)]
    yield from _told("", stopped, "while the circuit stands, this traffic does not arrive")
    turned = [one for one in seen if one not in stopped]
    yield from _grouped(
        [one for one in turned if one.passing.out == VPN],
        lambda one: rules.outward(standing, up, one.pair[1]),
        lambda one: _direction(one, "the device sends by the VPN", "Azure returns by the circuit"),
    )
    yield from _grouped(
        [one for one in turned if one.passing.back == VPN],
        lambda one: rules.homeward(standing, up, one.pair[0]),
        lambda one: _direction(one, "Azure returns by the VPN", "the device sends by the circuit"),
    )


def _direction(one: _Seen, by_tunnel: str, by_circuit: str) -> str:
    both = one.passing.out == one.passing.back
    return f"{by_tunnel} while the circuit stands" if both else f"{by_tunnel}, {by_circuit}"


def _grouped(
    seen: Iterable[_Seen], cause: Callable[[_Seen], Cause], says: Callable[[_Seen], str]
) -> Iterator[Finding]:
    groups: dict[tuple[Cause, str], list[_Seen]] = {}
    for one in seen:
        groups.setdefault((cause(one), says(one)), []).append(one)
    for ((field, why), text), members in groups.items():
        reason = f"{text}{f': {why}' if why else ''} ({_names(members)})"
        yield found(field, reason, breaking=True, kind=Kind.PATH)


def _one_link(
    standing: Standing, up: dict[str, ErLink], moment: Moment, seen: list[_Seen]
) -> Iterator[Finding]:
    """The other links must carry all that the one did."""
    label = next(one.azure.label for one in standing.links if one.name == moment.line)
    yield from _told("", _lost(seen), f"without {label} this traffic stops")
    left = [held for name, held in up.items() if name != moment.line]
    carried = [one for one in seen if one.passing.gap_ms is not None]
    for one in _ways(standing, left, carried):
        yield _without(label, one)


def _without(label: str, one: Finding) -> Finding:
    return replace(one, reason=f"without {label} {one.reason}")


def _losses(standing: Standing, moments: dict[str, list[_Seen]]) -> Iterator[Finding]:
    """All links gone: the VPN carries it; all back: the circuit does again."""
    for one in _lost(moments.get(CIRCUIT, [])):
        field, why = rules.without_circuit(standing, *one.pair)
        text = why or "it does not move to the VPN"
        yield from _told(field, [one], f"when the circuit is lost, this traffic stops: {text}")
    if not _lost(moments.get(CIRCUIT, [])):
        text = "when the circuit drops packets while its lines stay up, this traffic stops"
        yield from _told("", _lost(moments.get(SILENT, [])), text)
    before = moments.get(STEADY, [])
    for what in (BACK, AGAIN):
        astray = [
            now
            for was, now in zip(before, moments.get(what, []), strict=False)
            if (now.passing.out, now.passing.back) != (was.passing.out, was.passing.back)
        ]
        yield from _told("", astray, "when the circuit is back, this traffic does not return to it")


def _lost(seen: Iterable[_Seen]) -> list[_Seen]:
    return [one for one in seen if one.passing.gap_ms is None]


def _told(field: str, seen: Sequence[_Seen], reason: str) -> Iterator[Finding]:
    if seen:
        text = f"{reason} ({_names(seen)})"
        yield found(field, text, breaking=True, kind=Kind.FAILOVER)


def _names(seen: Iterable[_Seen]) -> str:
    return ", ".join(f"{one.pair[0]} <-> {one.pair[1]}" for one in seen)


def _astray(standing: Standing, astray: tuple[str, ...]) -> Iterator[Finding]:
    """What a default route over the circuit would take along; the device's own is not known."""
    if "gateway" in astray:
        reason = (
            "a default route that the circuit teaches takes the VPN's own packets with it: the VPN "
            "falls with the circuit, unless a static default route stands before BGP"
        )
        yield found("edge.hosts", reason, breaking=False, kind=Kind.FAILOVER)
    else:
        yield from rules.unsafe(standing)
    if "internet" in astray:
        reason = (
            "the default route is let in over the circuit: if Azure ever teaches one, it takes all "
            "traffic, unless a static default route stands before BGP"
        )
        yield found("edge.session.receives", reason, breaking=False, kind=Kind.PATH)


def on_paper(standing: Standing) -> Iterator[Finding]:
    """The same by rules alone: sessions, each direction's way, and what the VPN would carry."""
    links = [(link, list(rules.link_faults(standing, link))) for link in standing.links]
    every = [*_led(standing), *(fault for _, faults in links for fault in faults)]
    up = [link.held for link, faults in links if link.held is not None and not faults]
    if up:
        every += _ruled(standing, up)
        every += rules.undetected(standing)
    every += _astray(standing, rules.astray(standing, up))
    yield from sorted(dict.fromkeys(every), key=lambda one: not one.breaking)


def _ruled(standing: Standing, up: list[ErLink]) -> Iterator[Finding]:
    """Which way each pair would take: the VPN's where a rule says so; then with one link only."""
    known = _by_rules(standing, up)
    every = list(_ways(standing, up, known))
    for link in up if len(up) > 1 else ():
        left = [one for one in up if one is not link]
        more = _ways(standing, left, _by_rules(standing, left))
        every += _further(every, [_without(link.label or link.interface, one) for one in more])
    yield from every
    stopped = [one for one in known if rules.without_circuit(standing, *one.pair)[0]]
    lost = [_Seen(pair=one.pair, passing=Passing(out="", back="", gap_ms=None)) for one in stopped]
    yield from _losses(standing, {CIRCUIT: lost})


def _by_rules(standing: Standing, up: list[ErLink]) -> list[_Seen]:
    return [
        _Seen(
            pair=pair,
            passing=Passing(
                out=VPN if rules.outward(standing, up, pair[1])[0] else "circuit",
                back=VPN if rules.homeward(standing, up, pair[0])[0] else "circuit",
                gap_ms=0,
            ),
        )
        for pair in pairs(standing)
    ]
