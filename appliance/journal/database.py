"""The journal's database: where it lies, its tables, and a connection that is on disk at its end.

SQLite with a write-ahead log and `synchronous=FULL`: when a call returns, the row survives a crash
of the process and of the machine (SQLite, "Write-Ahead Logging").
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from appliance.errors import RefusedError
from appliance.journal.folder import state_directory
from appliance.journal.schema import bring

_FIRST = (
    """
    create table if not exists runs (
        id integer primary key,
        site text not null, driver text not null, device text not null, hostname text not null,
        serial text, version text, host_key text, who text not null, process integer not null,
        begun real not null, intent text not null, observed text not null, minutes integer not null,
        protection text not null, state text not null, why text not null default '', ended real
    ) strict
    """,
    """
    create table if not exists events (
        run integer not null references runs(id), number integer not null, at real not null,
        state text not null, event text not null, detail text not null, primary key (run, number)
    ) strict
    """,
    """
    create table if not exists texts (
        run integer not null references runs(id), name text not null, text text not null,
        primary key (run, name)
    ) strict
    """,
    """
    create table if not exists sealed (
        run integer not null references runs(id), name text not null, data blob not null,
        primary key (run, name)
    ) strict
    """,
    "create index if not exists by_site on runs (site, begun)",
    """
    create table if not exists fleets (
        id integer primary key, who text not null, process integer not null, begun real not null,
        terms text not null, ended real
    ) strict
    """,
    """
    create table if not exists fleet_sites (
        fleet integer not null references fleets(id), number integer not null, site text not null,
        intent text not null, state text not null, code integer, why text not null default '',
        run integer, primary key (fleet, number)
    ) strict
    """,
)
STEPS = (_FIRST,)
"""A change of the tables is a further step at the end; those that are there stay as they are."""

_BUSY_MS = 30_000


def database() -> Path:
    """The database, for us alone also before SQLite writes to it.

    One that is there is never opened but by SQLite: closing any descriptor of a file ends all locks
    that the process has on it (POSIX), also those of a transaction in another thread, and the next
    process writes into the midst of it (SQLite, "How To Corrupt An SQLite Database File", 2.2).
    """
    try:
        path = state_directory() / "journal.db"
        if path.is_symlink():
            raise _unwritable("it is a symbolic link", str(path))
        if not path.exists():
            _make(path)
        path.chmod(0o600)
    except OSError as error:
        raise _unwritable(error.strerror or str(error), str(error.filename)) from error
    return path


def _make(path: Path) -> None:
    """Under another name first: nobody may have locks on it while its descriptor is closed."""
    beside = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection with one transaction, on disk at its end."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_MS / 1000)) as base:
            base.execute("pragma synchronous=full")
            bring(base, STEPS, patience=_BUSY_MS / 1000)
            with base:
                yield base
    except sqlite3.Error as error:
        if type(error) is sqlite3.DatabaseError:  # not one of its kinds: SQLITE_NOTADB, _CORRUPT
            raise _damaged(str(error), str(path)) from error
        raise _unwritable(str(error), str(path)) from error


def _damaged(why: str, where: str) -> RefusedError:
    return RefusedError(
        f"the journal is damaged: {why}",
        where=where,
        hint="put it back from a backup; or move it away: a new one knows of no push, finished "
        "or not",
    )


def _unwritable(why: str, where: str) -> RefusedError:
    return RefusedError(
        f"the journal cannot be written: {why}",
        where=where,
        hint="make room, or point XDG_STATE_HOME elsewhere",
    )
