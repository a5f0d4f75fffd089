"""What a push is given and gives back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.driver import Facts
from appliance.job import Job
from appliance.model.change import Plan, Step
from appliance.model.intent import Observed
from appliance.push.standing import Standing
from appliance.push.stop import Stop
from appliance.session import Session
from appliance.verify import Finding


class Outcome(StrEnum):
    """How a push ended."""

    UNCHANGED = "unchanged"
    PLANNED = "planned"
    DECLINED = "declined"
    PUSHED = "pushed"
    NOT_SAVED = "not saved"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A plan that was approved before. `hold` raises `RefusedError` where what the device says of
    itself, what it holds and the plan made now are not those it was given for. `words` say for the
    journal what was approved, and by whom; `signed`: whose signature that is was checked.
    """

    words: str
    signed: bool
    hold: Callable[[Facts, Observed, Plan], None]


Rehearsal = Callable[[Job, str], str]
"""Tries what a device that holds this text would hold after the push; gives a record of it, for the
journal. Raises `RefusedError` where it would not work, or could not be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to push. `minutes` is the device's own timer, `wait_seconds` how long a tunnel may take
    to come up (0: the read-back alone decides), `inverse` takes the recorded way back instead of
    the device's timer, `allow` names gates to open, `dry_run` stops before anything is sent.
    `stop` is heeded wherever that is safe. `patient` waits for this process's own push to the same
    box, where otherwise it is refused. Nothing but what `approval` is for is pushed. With
    `rehearse`, and for sites that ask for it, `rehearsal` is called before anything is sent.
    """

    minutes: int = 5
    wait_seconds: float = 90.0
    inverse: bool = False
    allow: frozenset[str] = frozenset()
    dry_run: bool = False
    patient: bool = False
    approval: Approval | None = None
    rehearse: bool = False
    rehearsal: Rehearsal | None = None
    stop: Stop = field(default_factory=Stop, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one site; `why` says what went wrong, empty when nothing did."""

    site: str
    outcome: Outcome
    plan: Plan
    findings: tuple[Finding, ...] = ()
    why: str = ""


class Watcher:
    """What a push tells while it works; the CLI overrides what it wants to show or ask."""

    def planned(self, plan: Plan, facts: Facts, protection: str) -> bool:  # noqa: ARG002 -- an interface
        """The plan stands; False declines it."""
        return True

    def begun(self, standing: Standing) -> None:
        """The push is in the journal, and nothing was sent yet; `standing` follows it."""

    def said(self, text: str) -> None:
        """A stage of the work has begun."""

    def sent(self, step: Step) -> None:
        """A command is about to be sent."""


Connect = Callable[[], AbstractContextManager[Session]]
Planner = Callable[[str], Plan]
