"""Sites rehearsed: for the verb that asks for it, and as a gate before a push."""

from __future__ import annotations

import json
import threading

from appliance.cli.prediction import Prediction, predict
from appliance.errors import RefusedError, UsageError
from appliance.job import Job
from appliance.model.edge import Edge
from appliance.report import rehearsal as report
from appliance.report.finding import finding_lines
from appliance.twin import (
    Joint,
    Rehearsal,
    Subject,
    Whole,
    failover,
    missing,
    of_site,
    on_paper,
    play_together,
    playable,
    rehearse,
    together,
    together_on_paper,
)

_ROOM = threading.BoundedSemaphore(6)
"""Sandboxes at a time, whoever asks: each has two daemons, four hosts and a Python, 40 MB in all.
What they do is mostly waiting, so that more than two do not slow each other on two cores."""
_NOT_LOST = "nothing is lost unless asked for: `appliance rehearse SITE`, or --thorough"


def rehearsed(job: Job, predicted: Prediction, *, losses: bool = False) -> Whole:
    """Each tunnel in its own sandbox, side by side; with `losses` then all of them together,
    and the circuit that they stand behind.

    Raises `UsageError` when the device holds no tunnel: with `--as-is` there is nothing to try.
    """
    if job.site.vpn_site is not None:
        raise UsageError(
            f"site {job.site.name} has no tunnel on its device",
            where=job.site.where,
            hint=f"rehearse {job.site.vpn_site}, whose device has the VPN",
        )
    subjects = of_site(job, predicted.tunnels)
    if not subjects:
        raise UsageError(
            f"the device holds no tunnel for site {job.site.name}",
            where=job.site.where,
            hint="without --as-is it is tried as the plan would make it",
        )
    absent, edges = missing(), (job.intent.edge, predicted.edge)
    if absent:
        ruled = tuple(on_paper(subject, absent) for subject in subjects)
        return _nothing_lost(subjects, ruled, edges, absent)
    with _ROOM:
        alone, joint = _tried(subjects, thorough=losses)
        if not losses:
            return _nothing_lost(subjects, alone, edges, _NOT_LOST)
        return Whole(
            tunnels=alone,
            subjects=subjects,
            joint=joint,
            failover=failover.rehearse(subjects, alone, edges),
        )


def _nothing_lost(
    subjects: tuple[Subject, ...],
    alone: tuple[Rehearsal, ...],
    edges: tuple[Edge | None, Edge | None],
    why: str,
) -> Whole:
    """What losses would do is judged by rules; `why` it is not tried."""
    return Whole(
        tunnels=alone,
        subjects=subjects,
        joint=together_on_paper(subjects, alone, why),
        failover=failover.on_paper(subjects, edges, why),
    )


def _tried(
    subjects: tuple[Subject, ...], *, thorough: bool
) -> tuple[tuple[Rehearsal, ...], Joint | None]:
    """Each by itself, and thorough ones together: at the same time, since most of it is waiting.

    What came of them together counts where each came up by itself.
    """

    def alone(subject: Subject) -> Rehearsal:
        return rehearse(subject, thorough=thorough)

    if len(subjects) == 1:
        only = (alone(subjects[0]),)  # here Ctrl-C ends it at once
        return only, together(subjects, only) if thorough else None
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- hardly ever needed

    with ThreadPoolExecutor(len(subjects) + 1) as pool:
        both = pool.submit(play_together, subjects) if thorough and playable(subjects) else None
        found = tuple(pool.map(alone, subjects))
        if not thorough:
            return found, None
        return found, together(subjects, found, None if both is None else both.result)


def gate(job: Job, text: str) -> str:
    """The rehearsal before a push to a device that holds this text, as a document for the journal.

    Raises `RefusedError` with the findings where it would not work, or no daemon can run here.
    """
    predicted = predict(job, text)
    found = rehearsed(job, predicted)
    where = f"site {job.site.name}"
    if not found.works:
        lines = [line.strip() for one in found.breaking for line in finding_lines(one)]
        raise RefusedError(
            "\n  ".join(("the rehearsal failed: it would not work", *lines)),
            where=where,
            hint=f"nothing was touched; `appliance rehearse {job.site.name}` tells all of it",
        )
    untried = [one.why for one in found.tunnels if one.outcome is None]
    if untried:
        raise RefusedError(
            f"it cannot be rehearsed: {untried[0]}",
            where=where,
            hint="nothing was touched; `appliance doctor rehearse` tells what this machine lacks",
        )
    return json.dumps(report.document(job.site.name, predicted.how, found))
