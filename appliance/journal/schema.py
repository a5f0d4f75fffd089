"""The form of a database of ours: a number in the file says how far it was brought (SQLite's
`user_version`), so that a connection to one in the newest form makes no statement more.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence

from appliance.errors import RefusedError

Steps = Sequence[Sequence[str]]
"""Statements that lead from each form to the next; files from before the number have 0.

What the first step makes may be there in part: older programs made it without a number.
"""


def bring(base: sqlite3.Connection, steps: Steps, *, patience: float) -> None:
    """Bring a database to the newest form, in one transaction; nothing where it is there.

    Tried again for so many seconds while others do the same: SQLite does not wait for the change to
    WAL. Raises `RefusedError` for a file of a newer program, `sqlite3.Error`.
    """
    end = time.monotonic() + patience
    while not _is_newest(base, steps):
        try:
            base.execute("pragma journal_mode=wal")
            _step(base, steps)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)


def _is_newest(base: sqlite3.Connection, steps: Steps) -> bool:
    form = _form(base)
    if form > len(steps):
        raise RefusedError(
            f"it was written by a newer appliance (form {form}, this one knows {len(steps)})",
            where=_file(base),
            hint="use that one, or point XDG_STATE_HOME elsewhere",
        )
    return form == len(steps)


def _step(base: sqlite3.Connection, steps: Steps) -> None:
    """All that is missing, or nothing: another process may have done it before we got the lock."""
    with base:
        base.execute("begin immediate")
        for statements in steps[_form(base) :]:
            for statement in statements:
                base.execute(statement)
        base.execute(f"pragma user_version={len(steps)}")


def _form(base: sqlite3.Connection) -> int:
    (form,) = base.execute("pragma user_version").fetchone()
    return int(form)


def _file(base: sqlite3.Connection) -> str:
    (_, _, path) = base.execute("pragma database_list").fetchone()
    return str(path)
