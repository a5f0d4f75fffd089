"""Differences, drift and plans as documents and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.drift import Drift
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.interruption import Effect, Interruption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.change import Change, Plan

MARKS = {Severity.BREAKING: "!!", Severity.WARNING: " !", Severity.INFORMATION: " i"}
"""Marks carry the severity without colour; ` ?` is what cannot be known."""


def difference(found: Difference) -> dict[str, object]:
    """One difference as it stands in every document."""
    source = found.source
    return {
        "tunnel": found.tunnel,
        "path": found.path,
        "intended": found.intended,
        "running": found.running,
        "severity": found.severity.name.lower(),
        "verdict": found.verdict.value,
        "reason": found.reason,
        "source": None if source is None else {"line": source.line, "text": source.text},
    }


def drift(found: Drift, code: int) -> dict[str, object]:
    """One site of the drift document; `code` is its own exit code."""
    return {
        "site": found.site,
        "code": code,
        "drifted": found.drifted,
        "stale": found.stale,
        "azure_age_seconds": None if found.age_seconds is None else round(found.age_seconds),
        "differences": [_told(d, found) for d in found.differences],
        "azure": [_told(d, found) for d in found.azure],
        "plan": None if found.plan is None else steps(found.plan.change),
        "strangers": list(found.strangers),
        **({"beside": dict(found.beside)} if found.beside else {}),
        "unrecognized": [{"line": s.line, "text": s.text} for s in found.unrecognized],
        "disagreements": [
            {
                "tunnel": d.tunnel,
                "field": d.field,
                "first": d.first,
                "second": d.second,
                "lines": list(d.lines),
            }
            for d in found.disagreements
        ],
    }


def _told(one: Difference, found: Drift) -> dict[str, object]:
    """A difference with what else a watch knows of it."""
    known = found.of(one)
    rest = {"moved": known.moved, "az": known.command, "accepted": known.accepted}
    return {**difference(one), **{name: words or None for name, words in rest.items()}}


def plan(made: Plan) -> dict[str, object]:
    """A plan; commands show a mark where the key goes."""
    return {
        "schema": "appliance/plan/1",
        "site": made.site,
        "differences": [difference(d) for d in made.differences],
        "change": steps(made.change),
        "bounces": list(made.change.bounces),
        "interruptions": [interruption(one) for one in made.interruptions],
        "rollback": steps(made.rollback),
    }


def interruption(one: Interruption) -> dict[str, object]:
    """What becomes of one tunnel; `seconds` are the least and the most, null is not known."""
    return {
        "tunnel": one.tunnel,
        "ours": one.ours,
        **({} if one.site is None else {"site": one.site}),
        "effect": one.effect.name.lower(),
        "seconds": None if one.seconds is None else list(one.seconds),
        "because": one.because or None,
        "meanwhile": list(one.meanwhile),
    }


def steps(change: Change) -> list[dict[str, object]]:
    """Commands with what each is for."""
    return [{"command": step.text, "why": step.why} for step in change.steps]


def lines(found: Sequence[Difference]) -> Iterator[str]:
    """Differences for people, two lines each: what, and what follows from it."""
    for one in found:
        mark = " ?" if one.verdict is Verdict.UNVERIFIABLE else MARKS[one.severity]
        place = f"   line {one.source.line}: {one.source.text.strip()}" if one.source else ""
        yield f"{mark} {one.tunnel}  {one.path}: {_values(one)}{place}"
        yield f"     {one.reason}"


def _values(found: Difference) -> str:
    if found.verdict is Verdict.UNVERIFIABLE:
        return "cannot be compared"
    if found.verdict is Verdict.MISSING and isinstance(found.intended, list):
        return f"missing {show(found.intended)}"
    if found.verdict is Verdict.EXTRA and isinstance(found.running, list):
        wanted = found.intended if isinstance(found.intended, list) else []
        return f"extra {show([one for one in found.running if one not in wanted] or found.running)}"
    ours, theirs = _sides(found.path)
    return f"{ours} {show(found.intended)}, {theirs} {show(found.running)}"


def _sides(path: str) -> tuple[str, str]:
    """What the two values are called: inventory and Azure may disagree before a device is asked."""
    return ("inventory", "Azure") if path.startswith("azure.") else ("intended", "running")


def show(value: object) -> str:
    """A JSON value in words."""
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(show(item) for item in value)
    if isinstance(value, dict):
        return " ".join(f"{show(item)}" for item in value.values() if item is not None)
    return str(value)


def drift_lines(found: Drift, *, verbose: bool) -> Iterator[str]:
    """One site of a drift report; nothing for a clean one unless `verbose`."""
    told = [d for d in (*found.azure, *found.differences) if verbose or found.matters(d)]
    doubts = [*found.disagreements] if found.disagreements else []
    if not told and not doubts and not found.stale and not verbose:
        return
    verdict = "drift" if found.drifted else "in sync"
    yield f"{found.site}: {verdict}{_age(found.age_seconds)}"
    if found.stale:
        yield "   Azure's export is older than azure.max_age_days allows: export it again"
    for one in told:
        yield from lines((one,))
        yield from _known_lines(found, one)
    if found.plan is not None and found.plan.change:
        count = len(found.plan.change.steps)
        yield f"   {count} commands would mend the device: `appliance plan {found.site}`"
    for doubt in doubts:
        yield f" ? {doubt.tunnel}  {doubt.field}: read as {doubt.first!r} and as {doubt.second!r}"
    if verbose:
        yield from _beside(found)


def _beside(found: Drift) -> Iterator[str]:
    """What is on the device and was not judged."""
    for name, site in found.beside.items():
        yield f"   {name} on the device is {site}'s"
    if found.strangers:
        yield f"   other tunnels on the device: {', '.join(found.strangers)}"
    for source in found.unrecognized:
        yield f"   not understood, line {source.line}: {source.text.strip()}"


def _known_lines(found: Drift, one: Difference) -> Iterator[str]:
    known = found.of(one)
    if known.moved:
        yield f"     {known.moved}"
    if known.command:
        yield f"     or at Azure: {known.command}"
    if known.accepted:
        yield f"     accepted {known.accepted}"


def _age(seconds: float | None) -> str:
    if seconds is None:
        return ""
    days, hours = divmod(int(seconds // 3600), 24)
    return f" (Azure's export is {days} d {hours} h old)"


def plan_lines(made: Plan) -> Iterator[str]:
    """A plan for people: why, what, what bounces, and the way back."""
    if made.differences:
        yield f"differences ({len(made.differences)}):"
        yield from (f"  {line}" for line in lines(made.differences))
    if not made.change:
        yield "nothing to change"
        return
    yield f"commands ({len(made.change.steps)}):"
    yield from (f"  {step.text}" for step in made.change.steps)
    bounced, gone = _interrupted(made)
    if bounced or not gone:
        yield f"bounces: {', '.join(bounced) or 'nothing that is up'}"
    if gone:
        yield f"takes down for good: {', '.join(gone)}"
    for one in made.interruptions:
        yield from (f"  {line}" for line in _interruption(one))
    yield f"rollback ({len(made.rollback.steps)}):"
    yield from (f"  {step.text}" for step in made.rollback.steps)


def interrupted(made: Plan) -> str:
    """What a plan does to tunnels that are there, in words of a sentence."""
    bounced, gone = _interrupted(made)
    told = [f"bounces {', '.join(bounced) or 'nothing that is up'}"] if bounced or not gone else []
    return ", ".join([*told, *([f"takes {' and '.join(gone)} down for good"] if gone else [])])


def _interrupted(made: Plan) -> tuple[list[str], list[str]]:
    """Tunnels that come up again, and those that do not."""
    gone = [one.tunnel for one in made.interruptions if one.effect is Effect.GONE]
    return [name for name in made.change.bounces if name not in gone], gone


def _interruption(one: Interruption) -> Iterator[str]:
    whose = "" if one.ours else f" ({one.site or 'not this site'}'s)"
    yield f"{one.tunnel}{whose}: {one.effect.value}{_duration(one.seconds)}"
    if one.because:
        yield f"  {one.because}"
    if one.effect in {Effect.CHILD, Effect.IKE, Effect.GONE} and one.ours:
        yield f"  meanwhile: {_carrying(one.meanwhile)}"


def _duration(seconds: tuple[int, int | None] | None) -> str:
    if seconds is None:
        return ""
    least, most = seconds
    return f", {least} s to no known limit" if most is None else f", {least} to {most} s"


def _carrying(names: tuple[str, ...]) -> str:
    return f"{', '.join(names)}, if it is up" if names else "no other tunnel of the site"


def gate_lines(closed: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What would keep the plan from being pushed, for people."""
    if not closed:
        yield "gates: all open"
        return
    yield f"gates: a push stops at {len(closed)}"
    for name, reason in closed:
        yield f"  {reason}"
        yield f"    if this is meant: --allow {name}"
