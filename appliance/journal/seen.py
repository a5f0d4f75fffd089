"""What the watch has seen: each site when it was last in sync, its findings, the last looks.

A file of its own beside the journal, since it may be lost without harm: then nothing is known of
before, and every finding is new once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from appliance.errors import ApplianceError
from appliance.journal.folder import state_directory
from appliance.journal.schema import bring
from appliance.secrets.redact import REDACTOR

_FIRST = (
    """
    create table if not exists baselines (
        site text primary key, at real not null, sides text not null
    ) strict
    """,
    """
    create table if not exists findings (
        site text not null, mark text not null, words text not null, first real not null,
        last real not null, primary key (site, mark)
    ) strict
    """,
    """
    create table if not exists documents (
        site text not null, kind text not null, at real not null, text text not null,
        primary key (site, kind)
    ) strict
    """,
)
STEPS = (_FIRST,)
_BUSY_SECONDS = 10.0
Sides = Mapping[str, Mapping[str, str]]
"""For each side (inventory, azure, meant, device) its values by path; keys as fingerprints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A site when all its sides agreed; `at` in seconds since 1970."""

    at: float
    sides: Sides


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What changed since the watch last looked: marks of findings, and the words of those gone."""

    new: frozenset[str]
    cleared: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A document as it was made; `at` in seconds since 1970."""

    at: float
    document: Mapping[str, object]


def keep(site: str, kind: str, document: Mapping[str, object]) -> None:
    """Keep the latest document of a kind ("drift", "verify", "proof") for the hub view."""
    text = json.dumps(_masked(document))
    with _opened() as base:
        if base is not None:
            row = (site, kind, _now(), text)
            base.execute("insert or replace into documents values (?, ?, ?, ?)", row)


def _masked(value: object) -> object:
    """Each text by itself: in a whole document a place of a key would reach beyond its text."""
    match value:
        case str():
            return REDACTOR.mask(value)
        case Mapping():
            return {name: _masked(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
        case _:
            return value


def kept() -> Mapping[str, Mapping[str, Kept]]:
    """The latest documents of all sites, by site and kind."""
    found: dict[str, dict[str, Kept]] = {}
    with _opened() as base:
        rows = [] if base is None else base.execute("select site, kind, at, text from documents")
        for site, kind, at, text in rows:
            found.setdefault(site, {})[kind] = Kept(at=at, document=json.loads(text))
    return found


def baseline(site: str) -> Baseline | None:
    """The site when it was last in sync; None where that was never seen, or is lost."""
    row = None
    with _opened() as base:
        row = None if base is None else _row(base, site)
    return None if row is None else Baseline(at=row[0], sides=json.loads(row[1]))


def in_sync(site: str, sides: Sides) -> None:
    """The site is in sync now: what the next difference will be measured from."""
    text = json.dumps(sides, sort_keys=True)
    with _opened() as base:
        if base is not None:
            base.execute("insert or replace into baselines values (?, ?, ?)", (site, _now(), text))


def news(site: str, findings: Mapping[str, str]) -> News:
    """What is new among these findings (mark -> words) and what is gone; then they are known."""
    gone: Mapping[str, str] = {}
    known: Mapping[str, str] = {}
    with _opened() as base:
        if base is None:
            return News(new=frozenset(findings), cleared={})
        rows = base.execute("select mark, words from findings where site=?", (site,))
        known = dict(rows.fetchall())
        gone = {mark: words for mark, words in known.items() if mark not in findings}
        base.executemany(
            "delete from findings where site=? and mark=?", [(site, mark) for mark in gone]
        )
        base.executemany(
            "insert into findings values (?, ?, ?, ?, ?) on conflict (site, mark) "
            "do update set last=excluded.last, words=excluded.words",
            [(site, mark, words, _now(), _now()) for mark, words in findings.items()],
        )
    return News(new=frozenset(findings) - frozenset(known), cleared=gone)


def _row(base: sqlite3.Connection, site: str) -> tuple[float, str] | None:
    query = "select at, sides from baselines where site=?"
    found: tuple[float, str] | None = base.execute(query, (site,)).fetchone()
    return found


def _now() -> float:
    return time.time()


@contextmanager
def _opened() -> Iterator[sqlite3.Connection | None]:
    """One transaction; None where nothing can be kept: a watch goes on without its memory."""
    try:
        opened = _connected()
    except (OSError, sqlite3.Error, ApplianceError):
        yield None
        return
    try:
        with closing(opened), opened:
            yield opened
    except sqlite3.Error:
        return  # locked for long, or no room: it goes on without


def _connected() -> sqlite3.Connection:
    path = state_directory() / "seen.db"
    # Made once, and not opened beside SQLite again: closing it would drop SQLite's locks.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    opened = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        bring(opened, STEPS, patience=_BUSY_SECONDS)
    except BaseException:
        opened.close()
        raise
    return opened
