"""A way back that the ASA takes by itself: an Event Manager applet with the inverse in it.

The ASA has no commit-confirm. An applet with a countdown timer runs commands in configuration mode
with all rights (general operations guide, "Embedded Event Manager", from 9.2(1), single context
mode). Each command runs on its own, so that only an inverse of one-line statements fits; and what
stands in an applet everybody can read, so that no key may be in it.
"""

from __future__ import annotations

import re
from contextlib import suppress

from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.model.change import KEY_MARK, Change, Step
from appliance.session import Session
from vendors.cisco_asa.unit import Unit

NAME = "appliance-revert"
CHECKPOINT = "disk0:/appliance-revert.cfg"
SINCE = (9, 2)
HEADING = f"event manager applet {NAME}"
_MOST = 400
"""More commands than this are no small change, and would take the device longer than the timer."""


_WHOLE = (
    r"(?:no|clear|access-list|access-group|route|nat|sysopt) |crypto map \S+ (?:\d+|interface) "
    r"|crypto ikev[12] enable |crypto ipsec ikev1 transform-set "
)


def check_free(session: Session) -> None:
    """Raise `RefusedError` when an applet of a push is there: another push is under way, or died.

    A device without applets, or a login that may not see them, has none.
    """
    if pending(session):
        raise RefusedError(
            f"the device has an applet {NAME}: another push is under way, or one has died",
            where=session.prompt,
            hint="wait until `show event manager` shows that it has run, look at the device, then "
            f"`no {HEADING}` in configuration mode",
        )


def obstacle(session: Session, unit: Unit, running: str) -> str:
    """Why the device cannot take a change back by itself; "" when it can."""
    if unit.release is None:
        return "its release is not known"
    if unit.release < SINCE:
        return "it has no Event Manager (that came with ASA 9.2)"
    if unit.failover:
        return "it is one of a failover pair, of which the other unit may take over"
    free = _free(session)
    if free is not None and free < 2 * len(running):
        return f"disk0: has {free} bytes free, too few for a checkpoint"
    return ""


def _free(session: Session) -> int | None:
    try:
        found = re.search(r"\((\d+) bytes free", session.run("dir disk0:"))
    except CommandRefused:
        return None
    return int(found[1]) if found else None


def unfit(rollback: Change) -> str:
    """Why an applet could not carry this inverse out; "" when it could."""
    for step in rollback.steps:
        if KEY_MARK in step.text or step.secret is not None:
            return "the way back sets a pre-shared key, which must not stand in an applet"
        if step.text.startswith(" "):
            return (
                f"the way back edits a section (`{step.text.strip()}`), and an applet takes "
                "one-line statements only"
            )
        if '"' in step.text:
            return "the way back has quotation marks in it"
    if not 1 <= len(rollback.steps) <= _MOST:
        return f"the way back has {len(rollback.steps)} commands"
    # A line that opens a section would stand alone, and do nothing.
    opens = next((step.text for step in rollback.steps if not _complete(step.text)), "")
    return f"the way back opens a section (`{opens}`)" if opens else ""


def _complete(command: str) -> bool:
    """Whether a statement says all by itself: what takes away does, and one-line statements do."""
    return re.match(_WHOLE, command) is not None


def arm(session: Session, rollback: Change, minutes: int) -> None:
    """Lay down the checkpoint, then the applet; its timer last, so that it starts complete.

    Raises `CommandRefused` when the device takes one of them not; then nothing of it is left.
    """
    session.run(f"copy /noconfirm running-config {CHECKPOINT}", timeout=120.0)
    actions = tuple(
        Step(text=f' action {number} cli command "{step.text}"')
        for number, step in enumerate(rollback.steps)
    )
    steps = (
        Step(text=HEADING),
        Step(text=" description takes an unconfirmed change back"),
        *actions,
        Step(text=" output none"),
        Step(text=f" event timer countdown time {60 * minutes}"),
    )
    try:
        session.configure(steps)
    except CommandRefused:
        disarm(session)
        raise
    if not pending(session):
        raise SessionError("the applet was accepted but is not there", where=session.prompt)


def pending(session: Session) -> bool:
    """Whether the applet is on the device, run or not."""
    try:
        return HEADING in session.run("show running-config event manager")
    except CommandRefused:
        return False


def has_run(session: Session) -> bool:
    """Whether the applet's timer has ended, so that the device has gone back."""
    try:
        text = session.run("show event manager")
    except CommandRefused:
        return False
    found = re.search(rf"{re.escape(HEADING)}, hits (\d+)", text)
    return found is not None and found[1] != "0"


def disarm(session: Session) -> None:
    """Take applet and checkpoint away; what is not there is no fault."""
    with suppress(CommandRefused):
        session.configure((Step(text=f"no {HEADING}"),))
    with suppress(CommandRefused):
        session.run(f"delete /noconfirm {CHECKPOINT}")
