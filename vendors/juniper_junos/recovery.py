"""What an SRX holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

import re

from appliance.driver import Pending
from appliance.errors import CommandRefused
from appliance.model.change import Change
from appliance.session import Session
from vendors.juniper_junos.candidate import discard, enter
from vendors.juniper_junos.restore import differing
from vendors.juniper_junos.session import editor
from vendors.juniper_junos.transaction import READY, commit, stop
from vendors.juniper_junos.transaction import pending as asked

__all__ = ["differing", "keep", "pending", "settle"]


def pending(session: Session) -> Pending | None:
    """The commit that waits to be confirmed; what is left of its time is told in minutes."""
    words = asked(session)
    if words is None:
        return None
    who = re.search(r"\bby (\S+)", words)
    left = re.search(r"rollback in (\d+) ?min", words)
    return Pending(
        words=words,
        who=who[1] if who else None,
        seconds=60.0 * int(left[1]) if left else None,
    )


def settle(session: Session, rollback: Change) -> None:
    """What the device's own timer would do, now: the configuration before the last commit.

    Where none waits the inverse is committed. Uncommitted changes died with their session.
    """
    waits = asked(session) is not None
    if not waits and not rollback:
        return
    candidate = editor(session)
    enter(candidate)
    try:
        if waits:
            candidate.edit("rollback 1")
        else:
            candidate.paste("load set terminal", rollback.steps, ready=READY, end="\x04")
        commit(candidate)
    except CommandRefused:
        discard(candidate)
        raise


def keep(session: Session) -> None:
    """Confirms the commit that waits, if one does; what is committed survives a reboot."""
    if asked(session) is not None:
        stop(session)
