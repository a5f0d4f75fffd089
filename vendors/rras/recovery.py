"""What a Windows server holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

from contextlib import suppress

from appliance.driver import Pending
from appliance.errors import CommandRefused
from appliance.model.change import Change
from appliance.session import Session
from vendors.rras import deadman
from vendors.rras.snapshots import differing as differ
from vendors.rras.transaction import undo


def pending(session: Session) -> Pending | None:
    """Our scheduled task, until it has run; whose push made it the server does not tell."""
    try:
        waits = deadman.pending(session)
    except CommandRefused:
        return None  # this login could not have made it
    return Pending(words=f"the scheduled task {deadman.PATH}{deadman.NAME}") if waits else None


def settle(session: Session, rollback: Change) -> None:
    """Sends the inverse, but for keys nobody knows; then the task goes."""
    undo(session, rollback)
    with suppress(CommandRefused):  # it may have run, and been removed
        deadman.disarm(session)


def keep(session: Session) -> None:
    """Removes the task, if it waits; Windows keeps what it was given."""
    if pending(session) is not None:
        deadman.disarm(session)


def differing(before: str, after: str) -> tuple[str, ...]:
    """What differs between two snapshots, by name; texts that a mask has cut are compared whole."""
    try:
        return differ(before, after)
    except ValueError:
        return () if before.strip() == after.strip() else ("the snapshot as a whole",)
