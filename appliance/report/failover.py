"""A circuit that was lost and came back, as part of a rehearsal's document and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.report.finding import finding_document, finding_lines
from appliance.twin.circuit.crossing import (
    AGAIN,
    BACK,
    CIRCUIT,
    LINK,
    SILENT,
    STEADY,
    VPN,
    Crossed,
    Moment,
    Passing,
)
from appliance.twin.circuit.customer import Timers
from appliance.twin.circuit.failover import Failover

_DONE = {
    STEADY: "all links up",
    LINK: "{} goes down",
    CIRCUIT: "all links go down",
    BACK: "they come up",
    SILENT: "they drop packets, and stay up",
    AGAIN: "they carry again",
}


def document(one: Failover | None) -> dict[str, object] | None:
    """As it stands in `appliance/rehearsal/1`; None where the site has no circuit."""
    if one is None:
        return None
    crossed = one.crossed
    return {
        "works": one.works,
        "daemons": crossed is not None,
        "why_not": one.why or None,
        "standby": one.tunnel,
        "links": [_link(line, crossed) for line in one.lines],
        "findings": [finding_document(found) for found in one.findings],
        "noticed_by": [] if crossed is None else list(_noticed(crossed)),
        "moments": [] if crossed is None else [_moment(one, each) for each in crossed.moments],
        "taught_default_takes": [] if crossed is None else list(crossed.astray),
        "unproven": list(one.unproven),
    }


def _link(line: tuple[str, str, Timers | None], crossed: Crossed | None) -> dict[str, object]:
    name, label, timers = line
    sessions = () if crossed is None else crossed.device
    return {
        "link": label,
        "up": None if crossed is None else any(one.up for one in sessions if one.name == name),
        "timers": None
        if timers is None
        else {
            "bfd_ms": {"device": timers.bfd_ms, "here": timers.bfd_played_ms},
            "hold_seconds": {"device": timers.hold_seconds, "here": timers.hold_played_seconds},
        },
    }


def _moment(one: Failover, moment: Moment) -> dict[str, object]:
    names = _names(one)
    return {
        "what": moment.what,
        "link": names.get(moment.line),
        "settled_ms": moment.settled_ms,
        "gap_ms": _gap(moment.passings),
        "pairs": [
            {
                "local": probe.local,
                "remote": probe.remote,
                "device_to_azure": names.get(passing.out),
                "azure_to_device": names.get(passing.back),
                "gap_ms": passing.gap_ms,
            }
            for probe, passing in zip(one.probes, moment.passings, strict=False)
        ],
    }


def _names(one: Failover) -> dict[str, str]:
    """What the ways are called for people."""
    return {VPN: f"VPN {one.tunnel}", **{name: label for name, label, _ in one.lines}}


def _gap(passings: Sequence[Passing]) -> int | None:
    """The longest; None where one of them lasts."""
    known = [one.gap_ms for one in passings if one.gap_ms is not None]
    return max(known, default=0) if len(known) == len(passings) else None


def lines(one: Failover | None) -> Iterator[str]:
    """For people; nothing where the site has no circuit."""
    if one is None:
        return
    labels = " and ".join(label for _, label, _ in one.lines)
    verdict = "works" if one.works else "fails"
    yield f"ExpressRoute {labels or 'without a link'}, {one.tunnel} stands by: {verdict}"
    if one.why:
        yield f"  by rules alone: {one.why}"
    for found in one.findings:
        yield from finding_lines(found)
    if one.crossed is not None:
        yield from _moments(one, one.crossed)
        yield from dict.fromkeys(f"  timers: {text}" for text in _timers(one))


def _moments(one: Failover, crossed: Crossed) -> Iterator[str]:
    names = _names(one)
    done = [_DONE[one.what].format(names.get(one.line, "")) for one in crossed.moments]
    width = max(map(len, done))
    for moment, what in zip(crossed.moments, done, strict=True):
        ways = [
            (names.get(p.out, "nowhere"), names.get(p.back, "nowhere")) for p in moment.passings
        ]
        counted = {way: ways.count(way) for way in ways}
        told = "; ".join(_way(way, count, len(ways)) for way, count in counted.items())
        by = " and ".join(_noticed(crossed)) if moment.what == SILENT else ""
        yield f"  {what:{width}}  {told}{_course(moment)}{f', noticed by {by}' if by else ''}"


def _noticed(crossed: Crossed) -> tuple[str, ...]:
    """What told the device that its silent links are dead, by BIRD's words for it."""
    words = {"BFD session down": "BFD", "Hold timer expired": "BGP's hold time"}
    return tuple(
        dict.fromkeys(
            by for one in crossed.fell for sign, by in words.items() if one.error.endswith(sign)
        )
    )


def _way(way: tuple[str, str], count: int, of: int) -> str:
    out, back = way
    both = f"{out} both ways" if out == back else f"out by {out}, back by {back}"
    return both if count == of else f"{both} ({count} of {of} pairs)"


def _course(moment: Moment) -> str:
    gap = _gap(moment.passings)
    if moment.what == STEADY:
        return ""
    if gap is None:
        return "; traffic stops"
    back = moment.settled_ms if moment.what in (BACK, AGAIN) else None
    after = "" if back is None else f", after {_seconds(back)}"
    return f"{after}; {_seconds(gap)} without traffic"


def _timers(one: Failover) -> Iterator[str]:
    for _, _, timers in one.lines:
        if timers is None:
            continue
        hold = f"BGP's hold time {timers.hold_seconds} s is {timers.hold_played_seconds} s here"
        if timers.bfd_ms is None:
            yield f"no BFD; {hold}: a silent link stays unnoticed for up to {timers.hold_seconds} s"
        elif timers.bfd_ms == timers.bfd_played_ms:
            yield f"BFD notices after {timers.bfd_ms / 1_000:g} s, here as on the device; {hold}"
        else:
            played = (timers.bfd_played_ms or 0) / 1_000
            yield f"BFD notices after {timers.bfd_ms / 1_000:g} s, here after {played:g} s; {hold}"


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1_000:.2f} s"
