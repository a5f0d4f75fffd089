"""What a push may not do, whatever it is asked: each gate has a name by which it can be opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from appliance.checks import CHECKS, Finding, Subject, run
from appliance.driver import Disagreement
from appliance.errors import RefusedError
from appliance.gates import azure, crypto, device, others, path
from appliance.gates.day import today
from appliance.gates.gate import Before, Gate, Question
from appliance.job import Job

__all__ = [
    "CHECK_NAMES",
    "GATES",
    "NAMES",
    "Before",
    "Gate",
    "Question",
    "check",
    "closed",
    "findings",
    "readers_agree",
    "today",
]

GATES = (*path.GATES, *others.GATES, *device.GATES, *crypto.GATES, *azure.GATES)
"""All of them, in the order in which they are asked; to add one, add it to its module's table."""

NAMES = tuple(gate.name for gate in GATES)
"""Gates with names of their own; each breaking check is one more, by its id."""
CHECK_NAMES = tuple(check.id for check in CHECKS if check.gate)


def check(asked: Question, allowed: Collection[str]) -> None:
    """Raise `RefusedError` at the first closed gate that `allowed` does not name."""
    for name, reason in closed(asked):
        if name not in allowed:
            raise RefusedError(
                reason,
                where=f"site {asked.job.site.name}",
                hint=f"nothing was touched; if this is meant, add --allow {name}",
            )


def closed(asked: Question) -> Iterator[tuple[str, str]]:
    """Name and reason of everything that keeps this plan from being pushed."""
    for gate in GATES:
        if asked.of_intent or not gate.of_intent:
            yield from ((gate.name, reason) for reason in gate.find(asked))
    if asked.of_intent:
        for finding in filter(lambda finding: finding.stops, findings(asked.job)):
            yield finding.check.id, f"{finding.check.id}: {finding.check.title}: {finding.detail}"


def findings(job: Job) -> tuple[Finding, ...]:
    """What the checks find at one site today, accepted or not."""
    subject = Subject(site=job.site, expectation=job.expectation, intent=job.intent)
    return run((subject,), today=today())


def readers_agree(site: str, disagreements: Iterable[Disagreement]) -> None:
    """Raise `RefusedError` when two readers understand the device differently: no override."""
    lines = [
        f"{d.tunnel} {d.field}: {d.first!r} or {d.second!r}"
        + (f" (line {', '.join(map(str, d.lines))})" if d.lines else "")
        for d in disagreements
    ]
    if lines:
        raise RefusedError(
            "two readers of the running configuration disagree:\n  " + "\n  ".join(lines),
            where=f"site {site}",
            hint="nothing was touched; change these statements by hand to a usual form, and report",
        )
