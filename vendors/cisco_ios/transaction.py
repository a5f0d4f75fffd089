"""A guarded change: armed with IOS's own revert timer, or with the recorded inverse alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Session
from vendors.cisco.restore import Fresh, Patience, WayBack, arming, guarded, undo
from vendors.cisco_ios.restore import IOS, sections
from vendors.cisco_ios.session import read, save

# "Configuration Replace and Configuration Rollback", IOS Configuration Fundamentals: the timer
# takes 1 to 120 minutes and needs `archive` with a `path`.
_LONGEST = 120
_REVERTING = 180.0  # seconds of silence that a replace of a long configuration may take
_GRACE = 120.0  # seconds after the timer until a device that reverted must answer again
_NONE_PENDING = re.compile(r"No Rollback Confirmed Change pending", re.IGNORECASE)
_REMOTE = ("tftp", "ftp", "scp", "sftp", "http", "https", "rcp")
_INVERSE = "or push with the recorded inverse, which has no timer on the device"
_PATIENCE = Patience()


class TimedChange:
    """A change that the device itself takes back after `minutes` unless it is confirmed."""

    ticking = True

    def __init__(self, session: Session, minutes: int) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session
        self._minutes = minutes

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return _timer(self._minutes)

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Sends the change line by line; stops at the first refused one."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:
        """Stops the timer, sees that it is stopped, and saves. Raises `SessionError`."""
        stop(session)
        self.confirmed = True
        save(session)


def stop(session: Session) -> None:
    """Confirms what the timer would take back, and sees it stopped. Raises `SessionError`."""
    if pending(session) is None or _NONE_PENDING.search(session.run("configure confirm")):
        raise SessionError(
            "there is no revert timer left to confirm: the device has gone back by itself",
            where=session.prompt,
            hint="push again with more minutes",
        )
    if pending(session) is not None:
        raise SessionError(
            "the device did not take the confirmation: its revert timer still runs",
            where=session.prompt,
            hint="it will go back by itself; look at `show archive config rollback timer`",
        )


class InverseChange:
    """A change that only we can take back, by sending the recorded inverse."""

    ticking = False

    def __init__(self, session: Session) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return (
            "nothing on the device: the recorded inverse is sent from here when something fails; "
            "if we die or lose the way to it, it keeps what it has received until it is reloaded"
        )

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Sends the change line by line; stops at the first refused one."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:
        """Saves. Raises `SessionError`."""
        self.confirmed = True
        save(session)


def ready(session: Session, minutes: int) -> str:
    """What `transaction` would protect a change by, in words; arms nothing.

    Raises `RefusedError` saying what is in the way.
    """
    _checkpoint(session, minutes)
    return _timer(minutes)


def _timer(minutes: int) -> str:
    return (
        f"the device itself returns to its present configuration after {minutes} "
        f"minutes, also without us, unless the change is confirmed"
    )


def _checkpoint(session: Session, minutes: int) -> str:
    """The running configuration of a device whose revert timer could be armed.

    Raises `RefusedError` saying what is in the way.
    """
    if not 1 <= minutes <= _LONGEST:
        raise RefusedError(
            f"a revert timer of {minutes} minutes is not possible",
            where=session.prompt,
            hint=f"choose 1 to {_LONGEST} minutes",
        )
    _privileged(session)
    _nobody_waits(session, needed=True)
    before = read(session)
    _room(session, _archive(session, before), before)
    return before


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[TimedChange]:
    """Arms `configure terminal revert timer`; leaving without `confirm` reverts at once.

    Raises `RefusedError` with nothing touched when it cannot be armed, `RollbackError` when the
    way back cannot be confirmed.
    """
    way = WayBack(
        kind=IOS,
        before=_checkpoint(session, minutes),
        rollback=rollback,
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes + _GRACE,
        patience=patience,
    )
    with arming(session, way, revert):
        _arm(session, minutes)
    with guarded(TimedChange(session, minutes), session, way, revert) as change:
        yield change


@contextmanager
def inverse_transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[InverseChange]:
    """No timer on the device: leaving without `confirm` sends the inverse.

    `minutes` is how long a lost device is waited for. Raises as `transaction` does.
    """
    _privileged(session)
    _nobody_waits(session, needed=False)
    before = read(session)
    way = WayBack(
        kind=IOS,
        before=before,
        rollback=rollback,
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes,
        patience=patience,
    )
    with guarded(InverseChange(session), session, way, partial(_send_inverse, way)) as change:
        yield change


def pending(session: Session) -> str | None:
    """What the device says about a revert timer that runs; None when none does."""
    words = session.run("show archive config rollback timer").strip()
    return None if _NONE_PENDING.search(words) or not words else words


def revert(session: Session) -> None:
    """Goes back now, if a timer waits. Raises `SessionError` when the device refuses."""
    if pending(session) is None:
        return  # it has reverted by itself, was rebooted, or was confirmed: reading will tell
    try:
        session.run("configure revert now", timeout=_REVERTING)
    except CommandRefused as refused:
        raise SessionError(refused.message, where=refused.where) from None


def _send_inverse(way: WayBack, session: Session) -> None:
    if way.differs(session):
        undo(session, way.rollback)


def _privileged(session: Session) -> None:
    try:
        level = re.search(r"privilege level is (\d+)", session.run("show privilege"))
    except CommandRefused:
        return  # not every login may ask; what it may not do is refused line by line
    if level and level[1] != "15":
        raise RefusedError(
            f"this login has privilege level {level[1]}, not 15",
            where=session.prompt,
            hint="log in as a user who may configure and read everything",
        )


def _nobody_waits(session: Session, *, needed: bool) -> None:
    """Raises `RefusedError` when a revert timer runs that is not ours, or none can when needed."""
    try:
        words = pending(session)
    except CommandRefused as refused:
        if not needed or "archive" in refused.answer.lower():
            return  # without an archive no timer can run
        raise RefusedError(
            f"this IOS has no revert timer: {refused.answer}", where=session.prompt, hint=_INVERSE
        ) from None
    if words is not None:
        raise RefusedError(
            f"somebody's revert timer runs on the device: {'; '.join(words.splitlines())}",
            where=session.prompt,
            hint="wait until it ends, or ask its owner for `configure confirm` or "
            "`configure revert now`",
        )


def _archive(session: Session, running: str) -> str:
    """The path of the archive. Raises `RefusedError` when there is none."""
    for section in sections(running):
        if section[0] == "archive":
            for line in section[1:]:
                if line.split()[0] == "path":
                    return line.split(maxsplit=1)[1]
    raise RefusedError(
        "the device cannot revert by itself: `archive` with a `path` is not configured",
        where=session.prompt,
        hint="configure `archive` and under it ` path bootflash:rollback` (on a device without "
        f"bootflash: ` path flash:rollback`), save, and push again; {_INVERSE}",
    )


def _room(session: Session, path: str, running: str) -> None:
    """Raises `RefusedError` when the file system of the archive has no room for a checkpoint."""
    file_system = path.partition(":")[0]
    if file_system in _REMOTE or ":" not in path:
        return
    try:
        free = re.search(r"\((\d+) bytes free\)", session.run(f"dir {file_system}:"))
    except CommandRefused:
        return  # arming writes the checkpoint and says what is wrong
    if free and int(free[1]) < 2 * len(running):
        raise RefusedError(
            f"{file_system}: has {free[1]} bytes free, too few for a checkpoint",
            where=session.prompt,
            hint=f"delete old archives from {file_system}: first; {_INVERSE}",
        )


def _arm(session: Session, minutes: int) -> None:
    command = f"configure terminal revert timer {minutes}"
    try:
        session.configure((), enter=command)
    except CommandRefused as refused:
        if refused.command != command:
            raise  # it runs already
        raise RefusedError(
            f"the revert timer cannot be armed: {refused.answer}",
            where=session.prompt,
            hint=_INVERSE,
        ) from None
    # An answer may be lost on the way: a timer that is not seen twice does not run.
    if pending(session) is None and pending(session) is None:
        raise RefusedError(
            "the revert timer was accepted but does not run", where=session.prompt, hint=_INVERSE
        )
