"""A guarded change: with an applet that takes it back, or with the recorded inverse alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Session
from vendors.cisco.restore import Fresh, Patience, WayBack, arming, guarded, undo
from vendors.cisco_asa import applet
from vendors.cisco_asa.restore import ASA
from vendors.cisco_asa.session import read, save
from vendors.cisco_asa.unit import unit

_LONGEST = 120
_GRACE = 120.0  # seconds after the timer until a device that took the change back must answer again
_PATIENCE = Patience()


class GuardedChange:
    """A change that is taken back unless it is confirmed: by the device itself, or from here.

    `why` says what keeps the device from doing it; empty when its applet waits.
    """

    def __init__(self, session: Session, minutes: int, why: str) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session
        self._minutes = minutes
        self._why = why

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return _words(self._minutes, self._why)

    @property
    def ticking(self) -> bool:
        """Whether its applet waits on the device."""
        return not self._why

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Sends the change line by line; stops at the first refused one."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:
        """Takes the applet away, sees that it is gone, and saves. Raises `SessionError`."""
        if not self._why:
            stop(session)
        self.confirmed = True
        save(session)


def stop(session: Session) -> None:
    """Takes the waiting applet away, and sees that it is gone. Raises `SessionError`."""
    if not applet.pending(session) or applet.has_run(session):
        raise SessionError(
            "the applet that guards the change has run or is gone: the device has gone back by "
            "itself",
            where=session.prompt,
            hint="push again with more minutes",
        )
    applet.disarm(session)
    if applet.pending(session):
        raise SessionError(
            "the device did not take the confirmation: its applet still waits",
            where=session.prompt,
            hint="it will take the change back by itself; look at `show event manager`",
        )


def _words(minutes: int, why: str) -> str:
    if why:
        return (
            f"nothing on the device, for {why}: the recorded inverse is sent from here when "
            "something fails; if we die or lose the way to it, it keeps what it has received "
            "until it is reloaded"
        )
    return (
        f"an applet on the device sends the inverse after {minutes} minutes, also without us, "
        "unless the change is confirmed"
    )


def ready(session: Session, minutes: int) -> str:
    """What `transaction` would protect a change by, in words; arms nothing.

    Raises `RefusedError` saying what is in the way.
    """
    _check_minutes(session, minutes)
    found = unit(session)
    applet.check_free(session)
    why = applet.obstacle(session, found, read(session))
    if why:
        return _words(minutes, why)
    return (
        f"{_words(minutes, '')}; where the way back is more than one-line statements, or sets a "
        "key, the recorded inverse is sent from here instead"
    )


def _check_minutes(session: Session, minutes: int) -> None:
    if not 1 <= minutes <= _LONGEST:
        raise RefusedError(
            f"a way back after {minutes} minutes is not possible",
            where=session.prompt,
            hint=f"choose 1 to {_LONGEST} minutes",
        )


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[GuardedChange]:
    """Arms the applet where the device can have one; leaving without `confirm` goes back at once.

    Raises `RefusedError` with nothing touched on a unit that may not be configured or where a push
    is under way, `RollbackError` when the way back cannot be confirmed.
    """
    _check_minutes(session, minutes)
    found = unit(session)
    applet.check_free(session)
    before = read(session)
    why = applet.obstacle(session, found, before) or applet.unfit(rollback)
    way = WayBack(
        kind=ASA,
        before=before,
        rollback=rollback,
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes + _GRACE,
        patience=patience,
    )
    with arming(session, way, partial(_settle, way, armed=True)):
        why = why or _armed(session, rollback, minutes)
    settle = partial(_settle, way, armed=not why)
    with guarded(GuardedChange(session, minutes, why), session, way, settle) as change:
        yield change


def _armed(session: Session, rollback: Change, minutes: int) -> str:
    """Why the device would not take the applet; "" when it waits."""
    try:
        applet.arm(session, rollback, minutes)
    except CommandRefused as refused:
        return f"it does not take the applet ({refused.answer})"
    return ""


@contextmanager
def inverse_transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[GuardedChange]:
    """Nothing on the device: leaving without `confirm` sends the inverse.

    `minutes` is how long a lost device is waited for. Raises as `transaction` does.
    """
    unit(session)
    applet.check_free(session)
    way = WayBack(
        kind=ASA,
        before=read(session),
        rollback=rollback,
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes,
        patience=patience,
    )
    why = "the recorded inverse was asked for"
    settle = partial(_settle, way, armed=False)
    with guarded(GuardedChange(session, minutes, why), session, way, settle) as change:
        yield change


def _settle(way: WayBack, session: Session, *, armed: bool) -> None:
    """Sends the inverse where something differs; the applet waits until that is done."""
    if set(way.differs(session)) - {applet.HEADING}:
        undo(session, way.rollback)
    if armed:
        applet.disarm(session)
