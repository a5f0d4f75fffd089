"""A guarded change: with a scheduled task on the server, or by the recorded inverse alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

from appliance.errors import (
    CommandRefused,
    RefusedError,
    RollbackError,
    SessionError,
    SessionTimeout,
)
from appliance.model.change import KEY_MARK, Change, Step
from appliance.session import Session
from vendors.rras import deadman
from vendors.rras.session import before_key, read
from vendors.rras.snapshots import differing

Fresh = Callable[[], AbstractContextManager[Session]]

_GRACE = 120.0  # seconds after the task until a server that went back must answer again


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a server is waited for that does not answer: seconds between tries, and the clock."""

    pause: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


_PATIENCE = Patience()


class TaskChange:
    """A change that a scheduled task on the server takes back after `minutes`."""

    ticking = True

    def __init__(self, session: Session, rollback: Change, minutes: int) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session
        self._rollback = rollback
        self._minutes = minutes

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return _task_words(self._minutes) + _keys(self._rollback)

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Run the cmdlets one by one; stops at the first that fails."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:
        """Remove the task. Raises `SessionError` when it has run already."""
        if not deadman.pending(session):
            raise SessionError(
                "the server has gone back by itself: its task has run",
                where=session.prompt,
                hint="push again with more minutes",
            )
        deadman.disarm(session)
        self.confirmed = True


class InverseChange:
    """A change that only we can take back, by sending the recorded inverse."""

    ticking = False

    def __init__(self, session: Session, rollback: Change) -> None:
        self.confirmed = False
        self.evidence = ""
        self._session = session
        self._rollback = rollback

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return (
            "nothing on the server: the recorded inverse is sent from here when something fails; "
            "if we die or lose the way to it, it keeps what it has received" + _keys(self._rollback)
        )

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Run the cmdlets one by one; stops at the first that fails."""
        self._session.configure(change.steps, sent=sent)

    def confirm(self, session: Session) -> None:  # noqa: ARG002 -- nothing waits on the server
        """Windows keeps what it was given."""
        self.confirmed = True


def _task_words(minutes: int) -> str:
    return (
        f"a scheduled task on the server puts the former settings back after {minutes} minutes, "
        "also without us, unless the change is confirmed"
    )


def _keys(rollback: Change) -> str:
    """What no way back can bring: RRAS shows no key, and a task must not hold one."""
    keyed = [step for step in rollback.steps if KEY_MARK in step.text]
    if not keyed:
        return ""
    if any(step.secret is None for step in keyed):
        return "; the former pre-shared key is not known to us and cannot be put back"
    return "; the former pre-shared key is put back from here only, never by the task"


def ready(session: Session, minutes: int) -> str:
    """What would protect a change; touches nothing. Raises `RefusedError` saying what is wrong.

    Where module logging is on, the words say that no key can be sent: not every change has one.
    """
    deadman.armable(session, minutes)
    try:
        before_key(session)
    except RefusedError as refused:
        return f"{_task_words(minutes)}; a key cannot be sent: {refused.message}"
    return _task_words(minutes)


def _brings_key(rollback: Change) -> bool:
    """Whether the change sends a key, as its inverse tells: what it takes away, or another key."""
    said = [json.loads(step.text) for step in rollback.steps]
    return any(
        one["cmdlet"] == "Remove-VpnS2SInterface"
        or one["parameters"].get("AuthenticationMethod", "PSKOnly") != "PSKOnly"
        or "SharedSecret" in one["parameters"]
        for one in said
    )


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[TaskChange]:
    """Makes the task; leaving without `confirm` puts the server back at once and removes it.

    Raises `RefusedError` with nothing touched when it cannot be made, `RollbackError` when the
    way back cannot be confirmed.
    """
    deadman.armable(session, minutes)
    if _brings_key(rollback):
        before_key(session)
    before = read(session)
    deadline = patience.now() + 60 * minutes + _GRACE
    change = TaskChange(session, rollback, minutes)
    way = _WayBack(before, rollback, reconnect, deadline, patience)
    try:
        deadman.arm(session, rollback, minutes)
    except SessionError:
        _bring_back(session, way, armed=True)  # the task may be there unheard
        raise
    try:
        yield change
    finally:
        if not change.confirmed:
            _bring_back(session, way, armed=True)


@contextmanager
def inverse_transaction(
    session: Session,
    *,
    rollback: Change,
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[InverseChange]:
    """Nothing on the server: leaving without `confirm` sends the inverse.

    `minutes` is how long a lost server is waited for. Raises as `transaction` does.
    """
    if _brings_key(rollback):
        before_key(session)
    deadline = patience.now() + 60 * minutes
    way = _WayBack(read(session), rollback, reconnect, deadline, patience)
    change = InverseChange(session, rollback)
    try:
        yield change
    finally:
        if not change.confirmed:
            _bring_back(session, way, armed=False)


@dataclass(frozen=True, slots=True)
class _WayBack:
    before: str
    rollback: Change
    reconnect: Fresh
    deadline: float
    patience: Patience


def _bring_back(session: Session, way: _WayBack, *, armed: bool) -> None:
    """On this session, then on fresh ones until the deadline.

    Raises `RollbackError` when the server cannot be reached, or is not what it was before.
    """
    if isinstance(sys.exception(), SessionTimeout):
        # What was given up after its time may still be carried out, also behind our back.
        way.patience.sleep(way.patience.pause)
    last = ""
    for attempt in _sessions(session, way):
        try:
            with attempt as usable:
                _put_back(usable, way, armed=armed)
                return
        except SessionError as error:
            last = error.message
    raise RollbackError(
        f"the server did not answer until its own way back was due: {last}",
        where=session.prompt,
        hint="look at it by hand: Get-VpnS2SInterface, and compare with the snapshot that was "
        "taken before the push",
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


def _put_back(session: Session, way: _WayBack, *, armed: bool) -> None:
    for _ in range(2):  # what was given up after its time may still have been carried out
        if differing(way.before, read(session)):
            undo(session, way.rollback)
    changed = differing(way.before, read(session))
    if any(name.startswith("filters ") for name in changed):
        _filters_back(session, way.before)
        changed = differing(way.before, read(session))
    if changed:
        raise RollbackError(
            f"the server is not as it was: {', '.join(changed)}",
            where=session.prompt,
            hint="compare `Get-VpnS2SInterface | Format-List *` with the snapshot taken before the "
            "push and correct it by hand"
            + ("; its scheduled task will try once more" if armed else ""),
        )
    if armed:
        with suppress(CommandRefused):  # it may have run, and been removed
            deadman.disarm(session)


def _filters_back(session: Session, before: str) -> None:
    """Line by line from what is there, where a list came or went only in part."""
    from vendors.rras.change import change  # noqa: PLC0415 -- for a change that was cut off
    from vendors.rras.parse import parse  # noqa: PLC0415 -- as above

    for step in change(parse(read(session)).tunnels, parse(before).tunnels).steps:
        if "RemoteAccessIpFilter" in step.text:
            with suppress(CommandRefused):
                session.configure((step,))


def undo(session: Session, rollback: Change) -> None:
    """Sends the inverse. What fails does not stop it: what is to go may never have come.

    Raises `RollbackError`, after all the rest, where a key could not be sent without being logged.
    """
    unsent: RefusedError | None = None
    for step in rollback.steps:
        if KEY_MARK in step.text and step.secret is None:
            continue  # said in `protection`
        try:
            session.configure((step,))
        except CommandRefused:
            continue
        except RefusedError as refused:
            unsent = refused
    if unsent is not None:
        raise RollbackError(
            f"the former key is not back: {unsent.message}", where=session.prompt, hint=unsent.hint
        )
