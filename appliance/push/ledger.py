"""What a push writes down while it works, and what becomes of the push where that fails.

Until something is armed on the device nothing can be lost: the push is refused. While the change is
made it is taken back, for nobody could find out later what was done. On the way back, and when the
device keeps the change already, the work goes on: the device is worth more than the record of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from appliance import journal
from appliance.errors import ApplianceError, RefusedError
from appliance.push.machine import Event, State

_TAKES_BACK = frozenset(
    {
        *(State.ARMED, State.SENDING, State.SENT, State.HELD, State.PROVEN),
        State.CONFIRMING,  # what is written down here has not been done yet
    }
)
_ROOM = 1 << 20
"""Bytes that must be free beside what is written at once: events, and the database's own log."""


class Ledger:
    """The journal's entry of one push. `lost` says why it is not complete; empty while it is."""

    def __init__(self, run: journal.Run) -> None:
        self.id = run.id
        self.lost = ""
        self._run = run
        self._state = State.BEGUN

    def record(self, state: State, event: Event, detail: str = "") -> None:
        """One event. Raises `ApplianceError` where the change is to be taken back for it."""
        self._state = state
        self._written(lambda: self._run.record(state, event, detail))

    def text(self, name: str, text: str) -> None:
        """A text for people; raises as `record` does."""
        self._written(lambda: self._run.text(name, text))

    def snapshot(self, name: str, text: str) -> None:
        """A configuration; raises as `record` does."""
        self._written(lambda: self._run.snapshot(name, text))

    def why(self, words: str) -> None:
        """What went wrong; where even that cannot be kept, it was told."""
        try:
            self._run.why(words)
        except RefusedError as error:
            self.lost = error.message

    def unwritten(self, site: str) -> str:
        """What a person should know of the entry where not all could be written; else empty."""
        if not self.lost:
            return ""
        return f"{self.lost}: make room, then `appliance recover {site}` ends the entry there"

    def _written(self, write: Callable[[], None]) -> None:
        try:
            write()
        except RefusedError as error:
            first, self.lost = not self.lost, error.message
            if self._state is State.ARMING:
                raise
            if first and self._state in _TAKES_BACK:
                raise ApplianceError(
                    f"{error.message}; the change is taken back",
                    where=error.where,
                    hint=error.hint,
                ) from None


def need_room(text: str) -> None:
    """Raise `RefusedError` where the journal's disk has no room for a push from this configuration.

    It keeps the configuration before and after, each as long as the text.
    """
    folder = journal.state_directory()
    found = os.statvfs(folder)
    free, wanted = found.f_bavail * found.f_frsize, _ROOM + 4 * len(text.encode())
    if free < wanted:
        raise RefusedError(
            f"the journal has no room: {free // 1024} KiB are free, a push needs {wanted // 1024}",
            where=str(folder),
            hint="nothing was touched; make room, or point XDG_STATE_HOME elsewhere",
        )
