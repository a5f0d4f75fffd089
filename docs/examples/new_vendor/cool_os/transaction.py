"""A guarded change: `guard N` makes Cool OS go back by itself after N minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from appliance.errors import CommandRefused, RefusedError, RollbackError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Session

from .session import read


class GuardedChange:
    """A change that the device takes back unless it is confirmed."""

    ticking = True

    def __init__(self, session: Session, minutes: int) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session
        self._minutes = minutes

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return f"the device goes back by itself after {self._minutes} minutes, unless confirmed"

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Sends the change line by line; stops at the first refused one."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:
        """Stops the guard, and saves. Raises `SessionError` when the device has gone back."""
        session.run("guard keep")
        self.confirmed = True
        session.run("save")


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,  # noqa: ARG001 -- the device has its own checkpoint
    minutes: int,
    reconnect: Callable[[], AbstractContextManager[Session]],
) -> Iterator[GuardedChange]:
    """Arms the guard; leaving without `confirm` goes back at once, and reads that it did.

    Raises `RefusedError` with nothing touched when the guard cannot be armed, `RollbackError` when
    the way back cannot be confirmed.
    """
    before = read(session)
    try:
        session.run(f"guard {minutes}")
    except CommandRefused as refused:
        raise RefusedError(
            f"the guard cannot be armed: {refused.answer}",
            where=session.prompt,
            hint="wait until the other one ends: `show guard`",
        ) from None
    change = GuardedChange(session, minutes)
    try:
        yield change
    finally:
        if not change.confirmed:
            _go_back(before, minutes, reconnect)


def _go_back(
    before: str, minutes: int, reconnect: Callable[[], AbstractContextManager[Session]]
) -> None:
    hint = f"within {minutes} minutes the device goes back by itself; read it then"
    try:
        with reconnect() as session:
            session.run("guard back")
            after = read(session)
            name = session.prompt
    except SessionError as error:
        raise RollbackError(
            f"the device could not be brought back: {error.message}", where=error.where, hint=hint
        ) from error
    if after != before:
        raise RollbackError("the device is not as it was", where=name, hint=hint)
