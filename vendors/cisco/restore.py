"""Brings a device back to a configuration it had, and finds out by reading whether it is there."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from appliance.errors import CommandRefused, RollbackError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Session

Fresh = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a device is waited for that does not answer: seconds between tries, and the clock."""

    pause: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a kind of device is read and judged.

    `read` is its running configuration, `sections` what in such a text must be as it was, `look`
    where a person looks when it does not come back.
    """

    read: Callable[[Session], str]
    sections: Callable[[str], Counter[tuple[str, ...]]]
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """What is needed to bring a device back: what it was, the inverse, and how to reach it."""

    kind: Kind
    before: str
    rollback: Change
    reconnect: Fresh
    deadline: float
    patience: Patience

    def differs(self, session: Session) -> tuple[str, ...]:
        """First lines of the sections in which the device is not what it was."""
        return differing(self.kind, self.before, self.kind.read(session))


class Guarded(Protocol):
    """A change that is kept only when it has been confirmed."""

    confirmed: bool


Held = TypeVar("Held", bound=Guarded)


def differing(kind: Kind, before: str, after: str) -> tuple[str, ...]:
    """First lines of the sections in which two configurations differ; empty when they agree."""
    first, second = kind.sections(before), kind.sections(after)
    return tuple(dict.fromkeys(section[0] for section in ((first - second) + (second - first))))


@contextmanager
def guarded(
    change: Held, session: Session, way: WayBack, settle: Callable[[Session], None]
) -> Iterator[Held]:
    """The change; left without confirmation it is taken back, see `bring_back`."""
    try:
        yield change
    finally:
        if not change.confirmed:
            bring_back(session, way, settle)


@contextmanager
def arming(session: Session, way: WayBack, settle: Callable[[Session], None]) -> Iterator[None]:
    """What is armed here goes again where it is not known whether the device has it.

    A refusal (`RefusedError`) says that it has not; whatever else waits there is somebody's.
    """
    try:
        yield
    except SessionError:
        bring_back(session, way, settle)
        raise


def undo(session: Session, rollback: Change) -> None:
    """Sends the inverse. A refused line does not stop it: what is to go may never have come.

    Whether the device is back is for the caller to read.
    """
    steps, start = rollback.steps, 0
    while start < len(steps):
        parents = _parents(steps, start)
        sent: list[Step] = []
        try:
            session.configure((*parents, *steps[start:]), sent=sent.append)
        except CommandRefused:
            start += max(1, len(sent) - len(parents))
        else:
            return


def _parents(steps: tuple[Step, ...], index: int) -> tuple[Step, ...]:
    """The steps that open the mode in which the one at `index` stands, by indentation."""
    parents: list[Step] = []
    depth = _depth(steps[index])
    for step in reversed(steps[:index]):
        if _depth(step) < depth:
            parents.insert(0, step)
            depth = _depth(step)
    return tuple(parents)


def _depth(step: Step) -> int:
    return len(step.text) - len(step.text.lstrip())


def bring_back(session: Session, way: WayBack, settle: Callable[[Session], None]) -> None:
    """Tries `settle` on this session, then on fresh ones until the deadline.

    Raises `RollbackError` when the device cannot be reached, or is not what it was before.
    """
    last = ""
    for attempt in _sessions(session, way):
        try:
            with attempt as usable:
                settle(usable)
                _judge(_still_differing(usable, way), usable.prompt)
                return
        except SessionError as error:
            last = error.message
    raise RollbackError(
        f"the device did not answer until its own way back was due: {last}",
        where=session.prompt,
        hint=f"look at it on its console: {way.kind.look}, and compare `show running-config` with "
        "the snapshot that was taken before the push",
    )


def _still_differing(session: Session, way: WayBack) -> tuple[str, ...]:
    """What differs from before, after a second look and the inverse if need be."""
    if not way.differs(session):
        return ()
    way.patience.sleep(way.patience.pause)  # a revert may still be under way
    if not way.differs(session):
        return ()
    undo(session, way.rollback)
    return way.differs(session)


def _sessions(session: Session, way: WayBack) -> Iterator[AbstractContextManager[Session]]:
    yield _given(session)
    while True:
        yield way.reconnect()
        if way.patience.now() >= way.deadline:
            return
        way.patience.sleep(way.patience.pause)


@contextmanager
def _given(session: Session) -> Iterator[Session]:
    yield session


def _judge(changed: tuple[str, ...], where: str) -> None:
    if changed:
        shown = ", ".join(f"`{_head(line)}`" for line in changed[:5])
        raise RollbackError(
            f"the device is not as it was: {len(changed)} sections differ, among them {shown}",
            where=where,
            hint="compare `show running-config` with the snapshot taken before the push and "
            "correct it by hand; `reload` returns to the saved configuration",
        )


def _head(line: str) -> str:
    """The words of a line that name a section, never one that could be a key."""
    key = re.search(r"\b(?:key|secret|password|community|pre-shared-key)\b", line)
    return line[: key.end()] + " ..." if key else line
