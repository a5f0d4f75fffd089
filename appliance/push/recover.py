"""Ends a push whose process is gone: what the device holds decides, never what was meant.

It holds what was proven, and confirming had begun: that is finished. Else it goes back to what was
there before, and is read to see that it did. What cannot be told is said, and a person is asked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from appliance import journal
from appliance.driver import Driver, Pending
from appliance.errors import (
    ConnectError,
    RefusedError,
    RollbackError,
    SessionError,
    SessionTimeout,
)
from appliance.model.change import Change
from appliance.push.alone import identity_lock
from appliance.push.kept import Kept
from appliance.push.ledger import Ledger
from appliance.push.machine import ENDS, Event, Machine, State
from appliance.push.terms import Connect, Watcher
from appliance.session import Session

_TRIES = 3
_PAUSE = 2.0  # seconds: a revert may still be under way
_LOST = (ConnectError, SessionTimeout)
_SLACK = 120.0  # seconds by which a timer of ours may end later than the journal lets one think


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """How a push ended after all; `why` says what a person should know of it."""

    site: str
    run: int
    state: State
    why: str = ""


def recover(
    entry: journal.Entry,
    driver: Driver,
    connect: Connect,
    watcher: Watcher,
    whole: str | None = None,
) -> Recovered:
    """End this push. May be called again whatever came of it before.

    `whole` is the configuration before it, keys and all, where its seal could be opened. Raises
    `RefusedError` with nothing touched when the device is another one, or what waits on it is
    somebody else's; `RollbackError` when its state stays unknown, with what to do.
    """
    cast = _Cast(driver=driver, connect=connect, watcher=watcher, whole=whole)
    with journal.lock(entry.device, entry.site):
        entry = journal.entry(entry.id)  # its own process, or another recovery, may have ended it
        state = State(entry.state)
        if state in ENDS and state is not State.UNKNOWN:
            return Recovered(site=entry.site, run=entry.id, state=state)
        if state is State.BEGUN:
            return _Ending(entry, cast).never_began()
        for _ in range(_TRIES - 1):
            try:
                return _ended(entry, cast)
            except _LOST as error:
                watcher.said(f"the session was lost, connecting anew: {error.message}")
                time.sleep(_PAUSE)
        try:
            return _ended(entry, cast)
        except SessionError as error:
            raise _unasked(journal.entry(entry.id), error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    """Who takes part; `whole` as `recover` has it."""

    driver: Driver
    connect: Connect
    watcher: Watcher
    whole: str | None


def _ended(entry: journal.Entry, cast: _Cast) -> Recovered:
    """Over one session. Raises `SessionError` where that is lost: what was done stays done."""
    ending = _Ending(journal.entry(entry.id), cast)
    with _reached(cast.connect, entry) as session:
        facts = cast.driver.identify(session)
        if entry.serial is not None and facts.serial != entry.serial:
            raise RefusedError(
                f"push {entry.id} was to a device with serial number {entry.serial}, and "
                f"{facts.hostname} has {facts.serial}",
                where=f"site {entry.site}",
                hint="nothing was touched; is this the right device at that address?",
            )
        with identity_lock(facts, entry.site):
            return ending.end(session)


@contextmanager
def _reached(connect: Connect, entry: journal.Entry) -> Iterator[Session]:
    """A session; RollbackError when there is none, for nobody knows then what the device holds."""
    opened = connect()
    try:
        session = opened.__enter__()
    except SessionError as error:
        raise _unasked(entry, error) from error
    with _closing(opened):
        yield session


def _unasked(entry: journal.Entry, error: SessionError) -> RollbackError:
    due = datetime.fromtimestamp(entry.begun + 60 * entry.minutes, UTC)
    return RollbackError(
        f"push {entry.id} was {entry.state} when it died, and the device cannot be asked: "
        f"{error.message}",
        where=f"site {entry.site}",
        hint=f"{entry.protection}. With a timer it is back soon after {due:%H:%M} UTC; run "
        f"`appliance recover {entry.site}` again when it answers",
    )


@contextmanager
def _closing(opened: AbstractContextManager[Session]) -> Iterator[None]:
    try:
        yield
    finally:
        opened.__exit__(None, None, None)


class _Ending:
    """One push on its way to an end."""

    def __init__(self, entry: journal.Entry, cast: _Cast) -> None:
        state = State(entry.state)
        self._entry = entry
        self._driver = cast.driver
        self._connect = cast.connect
        self._watcher = cast.watcher
        self._kept = Kept(entry.id, cast.driver, cast.whole)
        self._run = Ledger(journal.resume(entry.id))
        # A push that was lost stands where it stood: on its way back.
        begun = State.REVERTING if state is State.UNKNOWN else state
        self._machine = Machine(self._run.record, begun)

    def never_began(self) -> Recovered:
        self._machine.go(Event.STOP, "nothing was sent, no way back was armed")
        return self._ended()

    def end(self, session: Session) -> Recovered:
        driver, machine = self._driver, self._machine
        self._watcher.said(f"push {self._entry.id} was {self._entry.state}; reading the device")
        waits = driver.pending(session)
        text = driver.read(session)
        self._refuse_foreign(waits)
        if waits is not None:
            self._watcher.said(f"on the device waits {waits.words}")
        if machine.state in {State.CONFIRMING, State.KEPT} and self._kept.is_after(text):
            return self._finished(session)
        return self._not_confirmed(session, text, waits)

    def _refuse_foreign(self, waits: Pending | None) -> None:
        """A timer that ends later than ours can was armed by somebody since."""
        if waits is None or waits.seconds is None:
            return
        latest = self._kept.touched + 60 * self._entry.minutes + _SLACK
        if time.time() + waits.seconds > latest:
            raise RefusedError(
                f"what waits on the device was armed after push {self._entry.id}: {waits.words}",
                where=f"site {self._entry.site}",
                hint="nothing was touched; its owner must confirm it or go back first",
            )

    # --- forward ---

    def _finished(self, session: Session) -> Recovered:
        self._watcher.said("the device holds what was proven: confirming and saving")
        try:
            self._driver.keep(session)
        except SessionError as error:
            return self._half_kept(session, error)
        if self._machine.state is State.CONFIRMING:
            self._machine.go(Event.KEPT)
        self._machine.go(Event.SAVED)
        return self._ended()

    def _half_kept(self, session: Session, error: SessionError) -> Recovered:
        """Its timer may have come first; or it keeps the change, and does not save it."""
        text, waits = self._driver.read(session), self._driver.pending(session)
        if waits is not None or not self._kept.is_after(text):
            return self._not_confirmed(session, text, waits)
        if self._machine.state is State.CONFIRMING:
            self._machine.go(Event.KEPT)
        self._machine.go(Event.FAIL, error.message)
        return self._ended(error.message)

    # --- back ---

    def _not_confirmed(self, session: Session, text: str, waits: Pending | None) -> Recovered:
        if self._machine.state is State.KEPT:
            why = "the change was confirmed, and is not what the device holds now"
            self._machine.go(Event.FAIL, why)
            return self._ended(why)
        if self._machine.state is not State.REVERTING:
            self._machine.go(Event.FAIL, "the push died")
        changed = self._kept.changed(text)
        if changed and waits is None and self._kept.lacking:
            raise self._lost(
                f"nothing waits on the device, and the way back needs a key that is kept nowhere: "
                f"`{self._kept.lacking[0].strip()}`",
                changed,
            )
        self._watcher.said("going back" if changed else "the device holds what was there before")
        self._settle(session, self._kept.inverse if changed else Change())
        others = self._back_again()
        self._machine.go(Event.BACK, others)
        return self._ended(others)

    def _settle(self, session: Session, inverse: Change) -> None:
        """Over this session, then over fresh ones: going back may cut the one it came by."""
        error: SessionError | RefusedError | None = None
        for attempt in range(_TRIES):
            try:
                with nullcontext(session) if attempt == 0 else self._connect() as usable:
                    self._driver.settle(usable, inverse)
                    return
            except (SessionError, RefusedError) as failed:
                error = failed
        raise self._lost(f"the way back failed: {error.message if error else ''}", ())

    def _back_again(self) -> str:
        """Sees over fresh sessions that the device is back; what others changed since, in words."""
        why: str = ""
        changed: tuple[str, ...] = ()
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_PAUSE)
            try:
                with self._connect() as fresh:
                    text, waits = self._driver.read(fresh), self._driver.pending(fresh)
            except SessionError as error:
                why = f"the device cannot be read: {error.message}"
                continue
            changed = self._kept.changed(text)
            why = self._still(waits, changed, text)
            if not why:
                return self._kept.by_others(text)
        raise self._lost(why, changed)

    def _still(self, waits: Pending | None, changed: tuple[str, ...], text: str) -> str:
        """What keeps the device from being back; "" when it is."""
        if waits is not None:
            return f"there still waits {waits.words}"
        if changed:
            return f"{len(changed)} parts of the configuration are not as they were before"
        unread = self._kept.unreadable(text)
        return f"whether {', '.join(unread)} has its former key cannot be read" if unread else ""

    def _lost(self, why: str, changed: tuple[str, ...]) -> RollbackError:
        self._machine.go(Event.LOST, why)
        self._run.why(why)
        number, site = self._entry.id, self._entry.site
        parts = "".join(f"\n  differs: {part}" for part in changed[:10])
        return RollbackError(
            f"push {number}: {why}{parts}",
            where=f"site {site}",
            hint=f"`appliance history {site} --show {number} rollback` prints the commands that "
            f"lead back, `--show {number} before` what was there; enter them by hand, with the "
            f"keys, then run `appliance recover {site}` again: it reads and ends the push"
            f"{self._sealed}",
        )

    @property
    def _sealed(self) -> str:
        """What a sealed snapshot could still do."""
        if not (self._kept.lacking and "before" in journal.snapshots(self._entry.id)):
            return ""
        return "; or run it with --key REF: the former key is in the sealed snapshot"

    def _ended(self, why: str = "") -> Recovered:
        if why:
            self._run.why(why)
        site = self._entry.site
        return Recovered(
            site=site,
            run=self._entry.id,
            state=self._machine.state,
            why="; ".join(filter(None, (why, self._run.unwritten(site)))),
        )
