"""What an ASA holds of a push that nobody drives any more, and how that ends."""

from __future__ import annotations

import re

from appliance.driver import Pending
from appliance.errors import CommandRefused
from appliance.model.change import Change
from appliance.session import Session
from vendors.cisco.restore import differing as differ
from vendors.cisco.restore import undo
from vendors.cisco_asa import applet
from vendors.cisco_asa.restore import ASA
from vendors.cisco_asa.session import save
from vendors.cisco_asa.transaction import stop


def pending(session: Session) -> Pending | None:
    """Our applet, while its countdown runs; the ASA does not tell who made it."""
    if not applet.pending(session) or applet.has_run(session):
        return None
    left = re.search(r"countdown.*? left (\d+) secs", _own(session))
    words = f"the applet {applet.NAME}"
    return Pending(words=words, seconds=float(left[1]) if left else None)


def _own(session: Session) -> str:
    """What `show event manager` tells of our applet."""
    try:
        shown = session.run("show event manager")
    except CommandRefused:
        return ""
    return shown.partition(applet.HEADING)[2].partition("event manager applet ")[0]


def settle(session: Session, rollback: Change) -> None:
    """Sends the inverse; the applet waits until that is done, then goes, run or not."""
    undo(session, rollback)
    if applet.pending(session):
        applet.disarm(session)


def keep(session: Session) -> None:
    """Takes the applet away, if it is there, and saves."""
    if applet.pending(session):
        stop(session)
    save(session)


def differing(before: str, after: str) -> tuple[str, ...]:
    """First lines of the sections in which two configurations differ; our applet is none."""
    return tuple(line for line in differ(ASA, before, after) if line != applet.HEADING)
