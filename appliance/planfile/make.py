"""Makes a plan file's values out of a plan and what was seen when it was made."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from appliance import journal
from appliance.machine import operator
from appliance.planfile import parts
from appliance.planfile.document import Keys, PlanFile
from appliance.planfile.seen import Seen, box, lines, prints, sent
from appliance.planfile.words import clean


def make(seen: Seen, gates: Iterable[str], made: int, expires: int) -> PlanFile:
    """The file of this plan, which opens these gates; times are in seconds since 1970.

    Raises `RefusedError` when fingerprints of keys cannot be made on this machine.
    """
    job, plan = seen.job, seen.plan
    return PlanFile(
        site=job.site.name,
        driver=job.driver.name,
        device=box(seen),
        tool=version("appliance"),
        who=clean(operator()),
        made=made,
        expires=expires,
        intent=parts.of_intent(job.intent),
        observed=parts.of_observed(seen.observed, edge=parts.of_edge(job.intent)),
        keys=Keys(
            machine=journal.machine(),
            running=prints(plan.running),
            target=prints(plan.target),
            sent=sent(plan.change.steps),
        ),
        change=lines(plan.change.steps),
        rollback=lines(plan.rollback.steps),
        bounces=tuple(map(clean, plan.change.bounces)),
        gates=tuple(gates),
    )
