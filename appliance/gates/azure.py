"""Whether Azure's side is what the plan was made for: it agrees, is recent, and stands still."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.gates.gate import Gate, Question
from appliance.model.difference import Severity

_SETTLED = ("succeeded", "")
_DAY = 86_400


def _mismatch(asked: Question) -> Iterator[str]:
    for difference in asked.job.disagreements:
        if difference.severity is Severity.BREAKING:
            yield (
                f"inventory and Azure disagree on {difference.path.removeprefix('azure.')}: "
                f"{difference.intended} here, {difference.running} there ({difference.reason})"
            )


def _stale(asked: Question) -> Iterator[str]:
    if asked.job.stale:
        days = (asked.job.age_seconds or 0) / _DAY
        yield f"Azure's export is {days:.0f} days old, older than azure.max_age_days"


def _updating(asked: Question) -> Iterator[str]:
    for kind, state in asked.job.expectation.provisioning.items():
        if state.lower() not in _SETTLED:
            yield f"Azure's {kind} is {state}: not a time to push against it"


GATES = (
    Gate(
        name="azure-mismatch",
        words="inventory and Azure disagree so that the tunnel could not work",
        find=_mismatch,
        of_intent=True,
    ),
    Gate(
        name="stale-azure",
        words="the export is older than `azure.max_age_days`",
        find=_stale,
        of_intent=True,
    ),
    Gate(
        name="azure-updating",
        words="Azure's gateway or connection is being changed, or failed",
        find=_updating,
    ),
)
