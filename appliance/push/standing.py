"""Where a push stands now: written by the push, read by whoever shows it."""

from __future__ import annotations

import time

from appliance.driver import Transaction
from appliance.model.change import Step
from appliance.push.machine import GUARDED, Machine, State


class Standing:
    """One push in progress. All is plain words and numbers, so that any thread may look.

    `run` is its number in the journal, `sent` of `total` commands went out, `last` of them without
    its key. `protection` is what brings the device back, in words; `due` when the device's own
    timer ends at the earliest (`time.monotonic`), None where none runs.
    """

    __slots__ = ("_machine", "due", "last", "minutes", "protection", "run", "sent", "site", "total")

    def __init__(self, machine: Machine, *, site: str, run: int, total: int, minutes: int) -> None:
        self._machine = machine
        self.site = site
        self.run = run
        self.total = total
        self.minutes = minutes
        self.sent = 0
        self.last = ""
        self.protection = ""
        self.due: float | None = None

    @property
    def state(self) -> State:
        """Where the machine is."""
        return self._machine.state

    @property
    def guarded(self) -> bool:
        """Whether the device may hold part of the change, or a timer of ours."""
        return self.state in GUARDED

    def went(self, step: Step) -> None:
        """A command is about to be sent."""
        self.sent += 1
        self.last = step.text.strip()

    def watch(self, guard: Transaction, since: float) -> None:
        """Start the countdown if the device's timer runs now; it began at `since` or later."""
        if guard.ticking and self.due is None:
            self.due = since + 60 * self.minutes

    def left(self) -> float | None:
        """Seconds until the device goes back by itself; None where no timer of ours runs."""
        if self.due is None or not self.guarded:
            return None
        return max(0.0, self.due - time.monotonic())


def clock(seconds: float) -> str:
    """A time to go as people read it: "4:05"."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02}"
