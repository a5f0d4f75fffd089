"""What a router holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from appliance.driver import Pending
from appliance.errors import CommandRefused
from appliance.model.change import Change
from appliance.session import Session
from vendors.cisco.restore import undo
from vendors.cisco_ios.restore import differing
from vendors.cisco_ios.session import save
from vendors.cisco_ios.transaction import pending as asked
from vendors.cisco_ios.transaction import revert, stop

__all__ = ["differing", "keep", "pending", "settle"]

# `08:00:00 UTC Sat Nov 21 2026`; `show clock` has milliseconds, and a mark for unsynchronised.
_MOMENT = re.compile(r"(\d\d:\d\d:\d\d)(?:\.\d+)? \S+ \w{3} (\w{3}) +(\d+) (\d{4})")


def pending(session: Session) -> Pending | None:
    """The revert timer that runs, with what the device says of it."""
    try:
        words = asked(session)
    except CommandRefused:
        return None  # without an archive no timer can run
    if words is None:
        return None
    user = re.search(r"^User: *(\S+)", words, re.MULTILINE)
    return Pending(
        words="; ".join(line.strip() for line in words.splitlines() if line.strip()),
        who=user[1] if user else None,
        seconds=_left(session, words),
    )


def _left(session: Session, words: str) -> float | None:
    """Seconds until it ends; both moments are by the device's own clock."""
    value = re.search(r"Timer value: *(\d+) *min", words)
    armed, now = _moment(words), _moment(_clock(session))
    if value is None or armed is None or now is None or "idle" in words:
        return None
    return 60.0 * int(value[1]) - (now - armed).total_seconds()


def _clock(session: Session) -> str:
    try:
        return session.run("show clock")
    except CommandRefused:
        return ""


def _moment(text: str) -> datetime | None:
    found = _MOMENT.search(text)
    if found is None:
        return None
    return datetime.strptime(" ".join(found.groups()), "%H:%M:%S %b %d %Y").replace(tzinfo=UTC)


def settle(session: Session, rollback: Change) -> None:
    """The checkpoint of the timer comes back where one runs, else the inverse is sent."""
    if pending(session) is not None:
        revert(session)
    else:
        undo(session, rollback)


def keep(session: Session) -> None:
    """Stops the timer, if one runs, and saves."""
    if pending(session) is not None:
        stop(session)
    save(session)
