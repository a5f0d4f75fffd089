"""The candidate configuration: taken only when it is ours alone, left as others had it."""

from __future__ import annotations

import re

from appliance.errors import CommandRefused, RefusedError
from appliance.session import Editor

_SHOW = 120.0  # seconds of silence before a busy device shows a long configuration
_EDITORS = re.compile(
    r"^\s*(\S+)(?: terminal (\S+))? \(pid (\d+)\) on since (.+?)(?:, idle (\S+))?\s*$"
)


def enter(session: Editor) -> None:
    """Locks the candidate. Raises `RefusedError` where it is not ours alone.

    Looked at first in shared mode: who leaves exclusive mode discards what others left.
    """
    people = share(session)
    leave(session)
    if people:
        raise _taken(session, people, "others are editing the configuration")
    try:
        session.edit("configure exclusive")
    except CommandRefused as refused:
        raise _locked(session, refused) from None


def share(session: Editor) -> list[re.Match[str]]:
    """Opens the candidate that all share, and tells who else is there.

    Raises `RefusedError`, outside again, when it holds changes that somebody has not committed.
    """
    try:
        said = session.edit("configure")
    except CommandRefused as refused:
        raise _locked(session, refused) from None
    people = _people(said)
    if "changed but not committed" in said or session.look("show | compare", timeout=_SHOW):
        leave(session)
        if len(people) == 1 and _stale(session, people[0]):
            raise _taken(session, people, "the candidate holds changes that are not committed")
        raise RefusedError(
            "the candidate holds changes that somebody has not committed"
            + (f": {_named(people)}" if people else ""),
            where=session.prompt,
            hint="their owner must commit or discard them first (`show | compare`, `rollback 0`)",
        )
    return people


def _people(text: str) -> list[re.Match[str]]:
    return [match for line in text.splitlines() if (match := _EDITORS.match(line))]


def _named(people: list[re.Match[str]]) -> str:
    return ", ".join(
        f"{one[1]} on terminal {one[2] or '?'} since {one[4]}"
        + (f", idle {one[5]}" if one[5] else "")
        for one in people
    )


def _locked(session: Editor, refused: CommandRefused) -> RefusedError:
    people = _people(refused.answer)
    if people:
        return _taken(session, people, "the configuration is locked")
    return RefusedError(
        f"the configuration cannot be edited: {refused.answer}",
        where=session.prompt,
        hint="log in as a user who may configure, and look at `configure exclusive` by hand",
    )


def _taken(session: Editor, people: list[re.Match[str]], how: str) -> RefusedError:
    stale = _stale(session, people[0]) if len(people) == 1 else ""
    if stale:
        return RefusedError(
            f"{how}: an earlier session of this login is still there, {_named(people)}; {stale}",
            where=session.prompt,
            hint=f"it ends by itself; or: request system logout terminal {people[0][2]}",
        )
    return RefusedError(
        f"{how}: {_named(people)}",
        where=session.prompt,
        hint="wait until they have left configuration mode; nobody's lock is broken from here",
    )


def _stale(session: Editor, holder: re.Match[str]) -> str:
    """Why the lock is one that a session of ours left behind; "" when it is somebody's."""
    ours = re.search(rf"([\w.\-]+)@{re.escape(session.prompt)}[>#] ?$", session.transcript)
    if ours is None or ours[1] != holder[1]:
        return ""
    try:
        users = session.run("show system users")
    except CommandRefused:
        return "whether that terminal still exists is not told"
    terminal = re.escape(holder[2] or "?")
    there = re.search(rf"^{re.escape(holder[1])}\s+{terminal}\s", users, re.MULTILINE)
    return "that terminal still exists" if there else "nobody is on that terminal any more"


def leave(session: Editor) -> None:
    """Back to operational mode."""
    session.edit("exit configuration-mode")


def discard(session: Editor) -> None:
    """Back to operational mode, with nothing of ours left in the candidate."""
    session.edit("rollback 0")
    leave(session)
