"""Drift with a memory: who moved, what would mend it, and what is new since the last look."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping

from appliance.azure.commands import command
from appliance.checks.accepted import DRIFT, cover
from appliance.drift import Drift, Told, between
from appliance.drift.moved import moved, sides
from appliance.driver import disagreements
from appliance.errors import ApplianceError
from appliance.job import Job
from appliance.journal import seen
from appliance.model.change import Plan
from appliance.model.difference import Difference, Severity
from appliance.model.intent import Observed
from appliance.plan import plan
from appliance.record import replace


def watched(job: Job, text: str, *, cross_check: bool = False) -> Drift:
    """As `drift.look`, with all that is known of each difference; a site in sync is remembered.

    The memory is kept below the state directory; where that cannot be written nothing is known of
    before, and the watch goes on.
    """
    observed = job.driver.parse(text)
    doubts = disagreements(job.driver, text) if cross_check else ()
    found = between(job, observed, doubts)
    every = (*found.azure, *found.differences)
    if not any(one.severity > Severity.INFORMATION for one in every):
        if not found.stale:
            _remember(job, observed)
        return found
    notes = _notes(job, observed, every)
    return replace(found, told=notes, plan=_plan(job, observed))


def _remember(job: Job, observed: Observed) -> None:
    try:
        seen.in_sync(job.site.name, sides(job, observed))
    except ApplianceError:
        return  # as with the rest of the memory: less is told, nothing is wrong


def _notes(
    job: Job, observed: Observed, found: Iterable[Difference]
) -> Mapping[tuple[str, str], Told]:
    try:
        then, now = seen.baseline(job.site.name), sides(job, observed)
    except ApplianceError:
        then, now = None, {}
    return {(one.tunnel, one.path): _note(job, one, moved(one, then, now)) for one in found}


def _note(job: Job, difference: Difference, who: str) -> Told:
    today = time.strftime("%Y-%m-%d")
    accepted = cover(job.site, f"{DRIFT}{difference.path}", today)
    return Told(
        moved=who,
        command=command(difference, job.expectation) or "",
        accepted="" if accepted is None else f"until {accepted.until}: {accepted.reason}",
    )


def _plan(job: Job, observed: Observed) -> Plan | None:
    """The way back to what is meant, where there is one that needs no person."""
    try:
        return plan(job.intent, observed, job.driver)
    except ApplianceError:
        return None


def findings(found: Drift) -> dict[str, str]:
    """What a watch knows a finding by (mark -> words): a value that moves on is another finding."""
    every = (one for one in (*found.azure, *found.differences) if found.matters(one))
    return {
        _mark(one.tunnel, one.path, one.running): f"{one.tunnel} {one.path}" for one in every
    } | ({_mark("stale"): "Azure's export is too old"} if found.stale else {})


def failure(error: ApplianceError) -> dict[str, str]:
    """The same for a site that could not be looked at: one finding, whatever the words."""
    return {_mark(type(error).__name__): f"could not be looked at ({type(error).__name__})"}


def _mark(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
