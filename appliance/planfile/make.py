"""Makes a plan file's values out of a plan and what was seen when it was made."""

from __future__ import annotations

from collections.abc import Iterable

from appliance import journal
from appliance.planfile import parts
from appliance.planfile.document import Keys, PlanFile
from appliance.planfile.seen import Seen, box, lines, prints
from appliance.planfile.words import clean
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """Who makes a plan file, with what release of the tool, when, and until when it holds.

    Times are seconds since 1970.
    """

    who: str
    tool: str
    made: int
    expires: int


def make(seen: Seen, gates: Iterable[str], making: Making) -> PlanFile:
    """The file of this plan, which opens these gates.

    Raises `RefusedError` when fingerprints of keys cannot be made on this machine.
    """
    job, plan = seen.job, seen.plan
    return PlanFile(
        site=job.site.name,
        driver=job.driver.name,
        device=box(seen),
        tool=making.tool,
        who=making.who,
        made=making.made,
        expires=making.expires,
        intent=parts.of_intent(job.intent),
        observed=parts.of_observed(seen.observed),
        keys=Keys(
            machine=journal.machine(),
            running=prints(plan.running),
            target=prints(plan.target),
        ),
        change=lines(plan.change.steps),
        rollback=lines(plan.rollback.steps),
        bounces=tuple(map(clean, plan.change.bounces)),
        gates=tuple(gates),
    )
