"""A guarded change: the host itself puts the old files back unless the change is confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from appliance.errors import CommandRefused, RefusedError, RollbackError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Session
from vendors.strongswan import filtering, guard, own
from vendors.strongswan.deliver import deliver
from vendors.strongswan.files import split
from vendors.strongswan.loading import includes, matches
from vendors.strongswan.session import read
from vendors.strongswan.writing.text import is_rules, is_unit

_LONGEST = 24 * 60
_GRACE = 60.0  # seconds after the timer until a host that went back must answer again

Fresh = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a host is waited for that does not answer: seconds between tries, and the clock."""

    pause: float = 3.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


_PATIENCE = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class _WayBack:
    """What is needed to bring a host back: what it was, what goes back, and how to reach it."""

    before: str
    rollback: Change
    reconnect: Fresh
    deadline: float
    patience: Patience


class GuardedChange:
    """Edits of our files that the host takes back by itself unless they are confirmed."""

    ticking = True

    def __init__(self, session: Session, protection: str) -> None:
        self.confirmed = False
        self.evidence = ""
        self.protection = protection
        self._session = session

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Writes the files, then runs the commands; stops at the first that the host refuses."""
        deliver(self._session, change, sent)

    def confirm(self, session: Session) -> None:
        """Ends the guard. The files are where they must be to survive a reboot.

        Raises `SessionError` when the host has gone back already.
        """
        guard.confirm(session)
        self.confirmed = True


def ready(session: Session, minutes: int) -> str:
    """How the change would be guarded, in words; touches nothing.

    Raises `RefusedError` saying what is in the way.
    """
    _check_time(session, minutes)
    return _ready(session, minutes, read(session))


def _check_time(session: Session, minutes: int) -> None:
    if not 1 <= minutes <= _LONGEST:
        raise RefusedError(
            f"a guard of {minutes} minutes is not possible",
            where=session.prompt,
            hint=f"choose 1 to {_LONGEST} minutes",
        )


def _ready(session: Session, minutes: int, files: str) -> str:
    _runs(session)
    found = guard.look(session)
    guard.check_free(found, session.prompt)
    _check_includes(files, session.prompt)
    return guard.protection(found, minutes)


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[GuardedChange]:
    """Arms the guard; leaving without `confirm` puts the old files back at once.

    Raises `RefusedError` with nothing touched when it cannot be armed, `RollbackError` when the
    way back cannot be confirmed.
    """
    _check_time(session, minutes)
    before = read(session)
    words = _ready(session, minutes, before)
    if any(is_unit(path) for path in guard.paths(rollback)):
        _networkd(session)
    if any(is_rules(path) for path in guard.paths(rollback)):
        filtering.check(session)
    way = _WayBack(
        before=before,
        rollback=rollback,
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes + _GRACE,
        patience=patience,
    )
    try:
        guard.arm(session, rollback, minutes)
    except SessionError:
        _bring_back(session, way)  # it may be armed unheard
        raise
    change = GuardedChange(session, words)
    try:
        yield change
    finally:
        if not change.confirmed:
            _bring_back(session, way)


def _runs(session: Session) -> None:
    try:
        session.run("swanctl --stats")
    except CommandRefused as refused:
        raise RefusedError(
            f"charon cannot be asked: {refused.answer}",
            where=session.prompt,
            hint="start it (`systemctl start strongswan`), and see that swanctl and the vici "
            "plugin are installed",
        ) from None


def _check_includes(files: str, where: str) -> None:
    """Our files count only if swanctl's main file brings them in."""
    for file in split(files):
        folder, _, name = file.path.rpartition("/")
        ours = own.swanctl_file("x", folder)
        if name == "swanctl.conf" and any(matches(p, ours, file.path) for p in includes(file.text)):
            return
    raise RefusedError(
        "no swanctl.conf brings in conf.d/*.conf, where our files stand",
        where=where,
        hint=f"add `include conf.d/*.conf` to {own.SWANCTL}/swanctl.conf",
    )


def _networkd(session: Session) -> None:
    try:
        session.run("networkctl --no-pager list >/dev/null && systemctl is-active systemd-networkd")
    except CommandRefused as refused:
        raise RefusedError(
            f"a tunnel interface needs systemd-networkd, which does not run: {refused.answer}",
            where=session.prompt,
            hint="`systemctl enable --now systemd-networkd` (it leaves interfaces alone that it "
            "has no file for), or device.mode: policy-based",
        ) from None


def _bring_back(session: Session, way: _WayBack) -> None:
    """Puts the files back through this session, then through fresh ones until the deadline."""
    last = ""
    for attempt in _sessions(session, way):
        try:
            with attempt as usable:
                said = guard.go_back(usable, way.rollback)
                _judge(way.before, read(usable), said, usable.prompt)
                return
        except SessionError as error:
            last = error.message
    raise RollbackError(
        f"the host did not answer until its own way back was due: {last}",
        where=session.prompt,
        hint=f"look at it on its console: `ls {guard.FOLDER}` tells whether it went back, and "
        f"`sh {guard.RESTORE}` does it by hand",
    )


def _sessions(session: Session, way: _WayBack) -> Iterator[AbstractContextManager[Session]]:
    yield _given(session)
    while True:
        yield way.reconnect()
        if way.patience.now() >= way.deadline:
            return
        way.patience.sleep(way.patience.pause)


@contextmanager
def _given(session: Session) -> Iterator[Session]:
    yield session


def _judge(before: str, after: str, said: str, where: str) -> None:
    """Raise `RollbackError` when files differ from before, or charon did not take them."""
    old, new = _by_path(before), _by_path(after)
    differing = sorted(path for path in {**old, **new} if old.get(path) != new.get(path))
    if differing or said:
        what = f"these files differ: {', '.join(differing)}" if differing else said
        raise RollbackError(
            f"the host is not as it was: {what}",
            where=where,
            hint=f"the old files are in {guard.FOLDER}/old; put them back and run "
            "`swanctl --load-all`",
        )


def _by_path(text: str) -> dict[str, str]:
    return {file.path: file.text.strip() for file in split(text) if file.path != own.LOADED}
