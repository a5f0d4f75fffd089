"""Brings a device back to a configuration it had, and finds out by reading whether it is there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from operator import itemgetter

from appliance.errors import RefusedError, RollbackError, SessionError
from appliance.session import Session
from vendors.juniper_junos.nine import decode
from vendors.juniper_junos.session import read

Fresh = Callable[[], AbstractContextManager[Session]]

_NINE = re.compile(r"\$9\$[^\s;\"]+")
_MEMBER = re.compile(
    r"\S+ (interfaces \S+ unit \S+|security zones security-zone \S+ interfaces \S+)(?= |$)"
)
_SECRET = re.compile(r"\b(?:ascii-text|hexadecimal|password\S*|secret|community|\S*key)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a device is waited for that does not answer: seconds between tries, and the clock."""

    pause: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """What is needed to bring a device back: what it was, how to reach it, and until when."""

    before: str
    reconnect: Fresh
    deadline: float
    patience: Patience

    def there(self, session: Session, *, sure: bool) -> bool:
        """Whether the device is what it was; where a commit may still be under way, twice."""
        if differing(self.before, read(session)):
            return False
        if sure:
            return True
        self.patience.sleep(self.patience.pause)
        return not differing(self.before, read(session))


def differing(before: str, after: str) -> tuple[str, ...]:
    """Statements in which two configurations in `set` form differ; empty when they agree.

    Keys are compared as what they stand for: Junos salts them anew. Order is meaning in Junos, but
    for that of units and of a zone's interfaces: one that goes and comes back may stand last.
    """
    first, second = _rows(before), _rows(after)
    if _arranged(first) == _arranged(second):
        return ()
    found = dict.fromkeys(row for row in (*first, *second) if (row in first) != (row in second))
    return tuple(found) or ("the order of statements",)


def _rows(text: str) -> dict[str, None]:
    """Statements in order, found quickly."""
    rows = (row.strip() for row in text.splitlines())
    kept = (row for row in rows if row and not row.startswith("#"))
    return {_NINE.sub(_decoded, row): None for row in kept}


def _arranged(rows: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Rows in order, and apart from them those whose members stand in any order, by member."""
    plain: list[str] = []
    members: list[tuple[str, str]] = []
    for row in rows:
        found = _MEMBER.match(row)
        if found is None:
            plain.append(row)
        else:
            members.append((found[1], row))
    return plain, sorted(members, key=itemgetter(0))


def _decoded(match: re.Match[str]) -> str:
    key = decode(match[0])
    return match[0] if key is None else f"$9$={key}"


def bring_back(
    session: Session, way: WayBack, settle: Callable[[Session], None], *, untouched: bool
) -> None:
    """Tries `settle` on this session, then on fresh ones until the deadline.

    `untouched`: nothing was ever committed. Raises `RollbackError` when the device cannot be
    reached, or is not what it was before.
    """
    last = ""
    for attempt in _sessions(session, way):
        try:
            with attempt as usable:
                if way.there(usable, sure=untouched):
                    return
                settle(usable)
                judge(differing(way.before, read(usable)), usable.prompt)
                return
        except (SessionError, RefusedError) as error:
            last = error.message
    raise RollbackError(
        f"the device did not come back until its own way back was due: {last}",
        where=session.prompt,
        hint="look at it on its console: `show system commit`, and compare `show configuration` "
        "with the snapshot that was taken before the push; `rollback 1` and `commit` undo the last "
        "commit",
    )


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


def judge(changed: tuple[str, ...], where: str, before: str = "") -> None:
    """Raises `RollbackError` when statements differ; `before` are its first words."""
    if changed:
        shown = ", ".join(f"`{_head(line)}`" for line in changed[:5])
        raise RollbackError(
            f"{before}the device is not as it was: {len(changed)} statements differ, among them "
            f"{shown}",
            where=where,
            hint="compare `show configuration | display set` with the snapshot taken before the "
            "push and correct it by hand",
        )


def _head(line: str) -> str:
    """The words of a statement up to anything that could be a key."""
    match = _SECRET.search(line)
    return line[: match.end()] + " ..." if match else line
