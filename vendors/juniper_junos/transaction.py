"""A guarded change: `commit confirmed` on a candidate that nobody else edits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from appliance.errors import CommandRefused, Interrupted, RefusedError, SessionError
from appliance.model.change import Change, Step
from appliance.session import Editor, Session
from appliance.session.masking import Mask
from vendors.juniper_junos.candidate import discard, enter, leave, share
from vendors.juniper_junos.restore import Fresh, Patience, WayBack, bring_back, differing, judge
from vendors.juniper_junos.session import JUNOS, editor, read

# "CLI User Guide": commit confirmed takes 1 to 65535 minutes.
_LONGEST = 65_535
_COMMIT = 600.0  # seconds of silence: two routing engines or cluster nodes commit in turn
_SHOW = 120.0
_GRACE = 180.0  # seconds after the timer until a device that rolled back must answer again
_PENDING = re.compile(r"^\s*0\s+(.*?commit confirmed.*?rollback in\s+.*?)\s*$", re.MULTILINE)
_SECOND = re.compile(r"\{(?:secondary|backup|hold|ineligible|disabled|lost|linecard)\b")
_PATIENCE = Patience()
_MASK = Mask(JUNOS)


class ConfirmedCommit:
    """A change that the device itself takes back after `minutes` unless it is confirmed.

    `evidence` is what the device says the candidate changes, as it showed it before the commit,
    keys masked.
    """

    def __init__(self, session: Session, minutes: int) -> None:
        self.confirmed = False
        self.evidence = ""
        self.committing = False
        self.after: str | None = None
        self._session = session
        self._minutes = minutes

    @property
    def protection(self) -> str:
        """Words for the operator."""
        return _words(self._minutes)

    @property
    def ticking(self) -> bool:
        """Whether the commit that waits was begun: there is no timer before it."""
        return self.committing

    def apply(self, change: Change, *, sent: Callable[[Step], None] | None = None) -> None:
        """Loads all statements, checks them as a whole and commits them on approval.

        Raises `CommandRefused` at the first statement, or at the check; nothing is committed then.
        """
        session = editor(self._session)
        enter(session)
        try:
            self._load(session, change, sent)
            session.edit("commit check", timeout=_COMMIT)
            self.committing = True
            done = session.edit(f"commit confirmed {self._minutes}", timeout=_COMMIT)
        except (CommandRefused, Interrupted):
            discard(session)
            raise
        leave(session)
        if "commit complete" not in done:
            raise _unsaid(session, done)

    def _load(self, session: Editor, change: Change, sent: Callable[[Step], None] | None) -> None:
        session.paste("load set terminal", change.steps, ready=READY, end="\x04", sent=sent)
        self.evidence = _MASK(session.look("show | compare", timeout=_SHOW))
        self.after = session.look("show | display set", timeout=_SHOW)

    def confirm(self, session: Session) -> None:
        """Stops the device's timer by a second commit. Raises `SessionError`, `RefusedError`."""
        stop(session)
        self.confirmed = True


def stop(session: Session) -> None:
    """Confirms the commit that waits, by another. Raises `SessionError`, `RefusedError`."""
    if pending(session) is None:
        raise SessionError(
            "there is no commit left to confirm: the device has gone back by itself",
            where=session.prompt,
            hint="push again with more minutes",
        )
    fresh = editor(session)
    share(fresh)  # who only looks on is in nobody's way
    commit(fresh)
    if pending(session) is not None:
        raise SessionError(
            "the device did not take the confirmation: it would still roll back",
            where=session.prompt,
            hint="look at `show system commit`",
        )


def commit(candidate: Editor) -> None:
    """Commits for good and leaves. Raises `SessionError` when the device does not say it did."""
    done = candidate.edit("commit", timeout=_COMMIT)
    leave(candidate)
    if "commit complete" not in done:
        raise _unsaid(candidate, done)


READY = r"\[Type \^D at a new line to end input\]"


def ready(session: Session, minutes: int) -> str:
    """What would protect a change, in words; the candidate is entered and left untouched.

    Raises `RefusedError` saying what is in the way.
    """
    if not 1 <= minutes <= _LONGEST:
        raise RefusedError(
            f"a confirmed commit of {minutes} minutes is not possible",
            where=session.prompt,
            hint=f"choose 1 to {_LONGEST} minutes",
        )
    candidate = editor(session)
    words = _waiting(session)
    if _SECOND.search(candidate.above):
        raise RefusedError(
            f"this is not the node that configures: its prompt says {candidate.above.strip()}",
            where=session.prompt,
            hint="set device.host to the primary node, or to the cluster's own address",
        )
    if words is not None:
        raise RefusedError(
            f"somebody's commit waits to be confirmed: {words}",
            where=session.prompt,
            hint="wait until it is rolled back, or ask its owner to `commit`",
        )
    enter(candidate)
    leave(candidate)
    return _words(minutes)


@contextmanager
def transaction(
    session: Session,
    *,
    rollback: Change,  # noqa: ARG001 -- the device keeps what it had, whole
    minutes: int,
    reconnect: Fresh,
    patience: Patience = _PATIENCE,
) -> Iterator[ConfirmedCommit]:
    """Guards a change by `commit confirmed`; leaving without `confirm` rolls back at once.

    Raises `RefusedError` with nothing touched when somebody else edits, `RollbackError` when the
    way back cannot be seen to have worked.
    """
    ready(session, minutes)
    change = ConfirmedCommit(session, minutes)
    way = WayBack(
        before=read(session),
        reconnect=reconnect,
        deadline=patience.now() + 60 * minutes + _GRACE,
        patience=patience,
    )
    try:
        yield change
    finally:
        if not change.confirmed:
            settle = partial(_roll_back, way, change)
            bring_back(session, way, settle, untouched=not change.committing)


def pending(session: Session) -> str | None:
    """What the device says of a commit that waits to be confirmed; None when none does."""
    match = _PENDING.search(session.run("show system commit"))
    return match[1] if match else None


def _waiting(session: Session) -> str | None:
    try:
        return pending(session)
    except CommandRefused as refused:
        raise RefusedError(
            f"this login may not see what was committed: {refused.answer}",
            where=session.prompt,
            hint="log in as a user who may configure and read everything (class super-user)",
        ) from None


def _words(minutes: int) -> str:
    return (
        f"the device itself rolls back after {minutes} minutes, also without us, unless the "
        "commit is confirmed"
    )


def _unsaid(session: Session, answer: str) -> SessionError:
    last = next((line for line in reversed(answer.splitlines()) if line.strip()), "nothing")
    return SessionError(
        f"the device did not say `commit complete` but {last.strip()!r}",
        where=session.prompt,
        hint="look at `show system commit` and `show log messages`",
    )


# --- the way back ---


def _roll_back(way: WayBack, change: ConfirmedCommit, session: Session) -> None:
    """Commits the earlier configuration that is the one before ours, if the device has it still.

    Nothing is committed that is not what it was before. Raises `SessionError` otherwise: the
    device's own timer may still bring it back.
    """
    running = read(session)
    if not change.committing:
        judge(differing(way.before, running), session.prompt, "nothing of ours was committed, but ")
        return
    candidate = editor(session)
    enter(candidate)
    for number in _depths(change, running):
        candidate.edit(f"rollback {number}")
        if not differing(way.before, candidate.look("show | display set", timeout=_SHOW)):
            candidate.edit("commit", timeout=_COMMIT)
            leave(candidate)
            return
    discard(candidate)
    raise SessionError(
        "none of the last configurations is the one before the push", where=session.prompt
    )


def _depths(change: ConfirmedCommit, running: str) -> tuple[int, ...]:
    """How far back ours may lie: further only where a confirmation of ours went unheard."""
    ours = change.after is not None and not differing(change.after, running)
    return (1, 2) if ours else (1,)
