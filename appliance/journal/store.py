"""The journal itself: each push with its events, written to disk before they are carried out.

SQLite with a write-ahead log and `synchronous=FULL`: when a call returns, the row survives a crash
of the process and of the machine (SQLite, "Write-Ahead Logging"). All text is masked on the way in.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import RefusedError, UsageError
from appliance.journal.folder import state_directory
from appliance.journal.locks import held
from appliance.journal.prints import prints
from appliance.journal.sealed import Seal
from appliance.model.tunnel import Tunnels
from appliance.secrets.redact import REDACTOR

_SCHEMA = """
create table if not exists runs (
    id integer primary key,
    site text not null, driver text not null, device text not null, hostname text not null,
    serial text, version text, host_key text, who text not null, process integer not null,
    begun real not null, intent text not null, observed text not null, minutes integer not null,
    protection text not null, state text not null, why text not null default '', ended real
) strict;
create table if not exists events (
    run integer not null references runs(id), number integer not null, at real not null,
    state text not null, event text not null, detail text not null, primary key (run, number)
) strict;
create table if not exists texts (
    run integer not null references runs(id), name text not null, text text not null,
    primary key (run, name)
) strict;
create table if not exists sealed (
    run integer not null references runs(id), name text not null, data blob not null,
    primary key (run, name)
) strict;
create index if not exists by_site on runs (site, begun);
"""
_ENDED = ("untouched", "pushed", "not saved", "rolled back", "unknown")
_BUSY_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a push before it begins.

    `device` is host:port. `intent` and `observed` are what their hashes are made from; `minutes`
    is the device's own timer, `protection` what brings it back, in words.
    """

    site: str
    driver: str
    device: str
    hostname: str
    serial: str | None
    version: str | None
    host_key: str | None
    intent: str
    observed: str
    minutes: int
    protection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One push as the journal has it; times in seconds since 1970, `ended` None when it has not."""

    id: int
    site: str
    driver: str
    device: str
    hostname: str
    serial: str | None
    host_key: str | None
    who: str
    process: int
    begun: float
    minutes: int
    protection: str
    state: str
    why: str
    ended: float | None


class Run:
    """A push in progress; every write is on disk before the call returns."""

    def __init__(
        self, number: int, path: Path, *, events: int = 0, seal: Seal | None = None
    ) -> None:
        self.id = number
        self._path = path
        self._events = events
        self._seal = seal

    def record(self, state: str, event: str, detail: str = "") -> None:
        """One event, and the state it leads to."""
        self._events += 1
        now = time.time()
        row = (self.id, self._events, now, state, event, REDACTOR.mask(detail))
        ended = now if state in _ENDED else None
        with _opened(self._path) as base:
            base.execute("insert into events values (?, ?, ?, ?, ?, ?)", row)
            base.execute("update runs set state=?, ended=? where id=?", (state, ended, self.id))

    def text(self, name: str, text: str) -> None:
        """A configuration, a plan, a way back: masked copies for people."""
        with _opened(self._path) as base:
            row = (self.id, name, REDACTOR.mask(text))
            base.execute("insert or replace into texts values (?, ?, ?)", row)

    def snapshot(self, name: str, text: str) -> None:
        """A configuration: a masked copy for people, and the whole one sealed if that is asked."""
        self.text(name, text)
        if self._seal is not None:
            row = (self.id, name, self._seal(self.id, name, text))
            with _opened(self._path) as base:
                base.execute("insert or replace into sealed values (?, ?, ?)", row)

    def keys(self, **tunnels: Tunnels) -> None:
        """Fingerprints of the keys of sets of tunnels, each set by its name."""
        self.text("keys", json.dumps({name: prints(some) for name, some in tunnels.items()}))

    def why(self, words: str) -> None:
        """What went wrong."""
        with _opened(self._path) as base:
            base.execute("update runs set why=? where id=?", (REDACTOR.mask(words), self.id))


def begin(about: About, seal: Seal | None = None) -> Run:
    """A new push; its snapshots are kept whole where `seal` seals them.

    Raises `RefusedError` when nothing can be written, before anything is sent.
    """
    path = _file()
    row = {
        **{name: getattr(about, name) for name in About.__dataclass_fields__},
        "intent": _hash(about.intent),
        "observed": _hash(about.observed),
        "protection": REDACTOR.mask(about.protection),
        "who": f"{getpass.getuser()}@{socket.gethostname()}",
        "process": os.getpid(),
        "begun": time.time(),
        "state": "begun",
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    with _opened(path) as base:
        made = base.execute(f"insert into runs ({names}) values ({marks})", row)  # noqa: S608 -- our own names
        return Run(made.lastrowid or 0, path, seal=seal)


def resume(number: int) -> Run:
    """A push whose process is gone, for the one who ends it."""
    return Run(number, _file(), events=len(events(number)))


def history(site: str, limit: int = 50) -> tuple[Entry, ...]:
    """The pushes of a site, latest first: by number, for clocks are set back."""
    return _entries("where site=? order by id desc limit ?", (site, limit))


def sites() -> tuple[str, ...]:
    """The names of all sites that were ever pushed to, in the order of the alphabet."""
    with _opened(_file()) as base:
        found = base.execute("select distinct site from runs order by site")
        return tuple(site for (site,) in found)


def unfinished() -> tuple[Entry, ...]:
    """Pushes whose process is gone in the middle of the work, oldest first.

    With those that ended with the device's state unknown, where it was not pushed to since.
    """
    marks = ", ".join("?" * len(_ENDED))
    lost = (
        "state = 'unknown' and not exists "
        "(select 1 from runs later where later.device = runs.device and later.id > runs.id)"
    )
    found = _entries(f"where state not in ({marks}) or {lost} order by id", _ENDED)
    return tuple(entry for entry in found if not held(entry.device))


def left(device: str, serial: str | None) -> tuple[Entry, ...]:
    """Pushes to a box that touched it and never came to an end, for who holds its locks."""
    marks = ", ".join("?" * len(_ENDED))
    words = f"where state not in ('begun', {marks}) and (device = ? or serial = ?) order by id"
    return _entries(words, (*_ENDED, device, serial))


def entry(number: int) -> Entry:
    """One push. Raises `UsageError` when there is none of that number."""
    found = _entries("where id=?", (number,))
    if not found:
        raise UsageError(f"the journal has no push {number}", hint="`appliance history SITE`")
    return found[0]


def texts(number: int) -> dict[str, str]:
    """What was kept of a push, by name: before, after, change, rollback."""
    with _opened(_file()) as base:
        return dict(base.execute("select name, text from texts where run=?", (number,)))


def sealed(number: int) -> dict[str, bytes]:
    """What was sealed of a push, by name: before, after; empty where nothing was."""
    with _opened(_file()) as base:
        return dict(base.execute("select name, data from sealed where run=?", (number,)))


def events(number: int) -> tuple[tuple[float, str, str, str], ...]:
    """The events of a push in order: when, the state it led to, what, and its words."""
    words = "select at, state, event, detail from events where run=? order by number"
    with _opened(_file()) as base:
        return tuple(base.execute(words, (number,)))


def _entries(where: str, values: tuple[object, ...]) -> tuple[Entry, ...]:
    names = ", ".join(Entry.__dataclass_fields__)
    with _opened(_file()) as base:
        rows = base.execute(f"select {names} from runs {where}", values)  # noqa: S608 -- our own words
        return tuple(
            Entry(**dict(zip(Entry.__dataclass_fields__, row, strict=True))) for row in rows
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _file() -> Path:
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
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection with one transaction, on disk at its end."""
    try:
        with closing(sqlite3.connect(path, timeout=_BUSY_MS / 1000)) as base:
            _made_ready(base)
            with base:
                yield base
    except sqlite3.Error as error:
        raise _unwritable(str(error), str(path)) from error


def _made_ready(base: sqlite3.Connection) -> None:
    """Tried again while others do the same: SQLite does not wait for the change to WAL."""
    end = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            base.execute("pragma journal_mode=wal")
            base.execute("pragma synchronous=full")
            base.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _unwritable(why: str, where: str) -> RefusedError:
    return RefusedError(
        f"the journal cannot be written: {why}",
        where=where,
        hint="make room, or point XDG_STATE_HOME elsewhere",
    )
