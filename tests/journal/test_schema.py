"""Databases of older programs are brought to the newest form, once, whole, and by one at a time."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from appliance import journal
from appliance.errors import RefusedError
from appliance.journal import database, fleets, schema, seen
from appliance.journal.folder import state_directory
from tests.journal.test_store import about

RUNS = """
create table runs (
    id integer primary key,
    site text not null, driver text not null, device text not null, hostname text not null,
    serial text, version text, host_key text, who text not null, process integer not null,
    begun real not null, intent text not null, observed text not null, minutes integer not null,
    protection text not null, state text not null, why text not null default '', ended real
) strict;
create table events (
    run integer not null references runs(id), number integer not null, at real not null,
    state text not null, event text not null, detail text not null, primary key (run, number)
) strict;
create table texts (
    run integer not null references runs(id), name text not null, text text not null,
    primary key (run, name)
) strict;
create index by_site on runs (site, begun);
"""
FLEETS = """
create table fleets (
    id integer primary key, who text not null, process integer not null, begun real not null,
    terms text not null, ended real
) strict;
create table fleet_sites (
    fleet integer not null references fleets(id), number integer not null, site text not null,
    intent text not null, state text not null, code integer, why text not null default '',
    run integer, primary key (fleet, number)
) strict;
"""
SEALED = """
create table sealed (
    run integer not null references runs(id), name text not null, data blob not null,
    primary key (run, name)
) strict;
"""
OLDER = {"pushes alone": RUNS, "fleets": RUNS + FLEETS, "seals": RUNS + FLEETS + SEALED}
"""What earlier programs made, none of which wrote a number into the file."""

A_PUSH = """
insert into runs values (7, 'site-a', 'cisco_ios', '192.0.2.1:22', 'branch', '9AB', '17.9', 'key',
    'somebody', 1, 1.0, 'meant', 'there', 5, 'a timer', 'pushed', '', 2.0);
insert into events values (7, 1, 1.0, 'arming', 'arm', '');
insert into texts values (7, 'before', 'hostname branch');
"""


def _older(script: str, name: str = "journal.db") -> Path:
    path = state_directory() / name
    with closing(sqlite3.connect(path)) as base:
        base.executescript(script)
    path.chmod(0o600)
    return path


def _form(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        (form,) = base.execute("pragma user_version").fetchone()
    return int(form)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent to SQLite."""
    statements: list[str] = []
    real = sqlite3.connect

    def connect(path: Path, timeout: float = 5) -> sqlite3.Connection:
        opened = real(path, timeout=timeout)
        opened.set_trace_callback(statements.append)
        return opened

    monkeypatch.setattr(sqlite3, "connect", connect)
    return statements


@pytest.mark.parametrize("older", OLDER)
def test_a_journal_of_an_older_program_is_used_on(older: str) -> None:
    path = _older(OLDER[older] + A_PUSH)
    assert _form(path) == 0
    (entry,) = journal.history("site-a")
    assert (entry.id, entry.state, entry.why) == (7, "pushed", "")
    assert journal.texts(7) == {"before": "hostname branch"}
    assert [event for _, _, event, _ in journal.events(7)] == ["arm"]
    run = journal.begin(about())
    with database.connected(path) as base:
        base.execute("insert into sealed values (?, 'before', ?)", (run.id, b"sealed"))
    number = fleets.begin([("site-a", "hash")], {})
    assert [one.site for one in fleets.members(number)] == ["site-a"]
    assert [one.id for one in journal.history("site-a")] == [run.id, 7]
    assert _form(path) == len(database.STEPS)


def test_a_journal_in_the_newest_form_is_asked_for_its_number_only(said: list[str]) -> None:
    journal.history("site-a")
    assert sum("create table" in one for one in said) == 6
    said.clear()
    journal.history("site-a")
    assert [one for one in said if one.startswith("pragma")] == [
        "pragma synchronous=full",
        "pragma user_version",
    ]
    assert not [one for one in said if "create" in one or "begin" in one.lower()]
    with database.connected(database.database()) as base:
        assert base.execute("pragma journal_mode").fetchone() == ("wal",)
        assert base.execute("pragma synchronous").fetchone() == (2,), "full"


def test_a_journal_of_a_newer_program_is_left_alone() -> None:
    path = _older(f"{RUNS}{A_PUSH}pragma user_version=99;")
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="a newer appliance") as refused:
        journal.begin(about())
    assert refused.value.where == str(path)
    assert path.read_bytes() == before


def test_the_memory_of_a_newer_program_is_gone_without(said: list[str]) -> None:
    path = _older("create table other (a); pragma user_version=99;", "seen.db")
    seen.in_sync("site-a", {"device": {"a": "b"}})
    assert seen.baseline("site-a") is None
    assert seen.news("site-a", {"mark": "words"}).new == {"mark"}
    assert not [one for one in said if "insert" in one or "if not exists" in one]
    assert _form(path) == 99


def test_the_memory_of_an_older_program_is_used_on() -> None:
    path = _older(
        "create table baselines (site text primary key, at real not null, sides text not null) "
        'strict; insert into baselines values (\'site-a\', 5.0, \'{"device": {"x": "1"}}\');',
        "seen.db",
    )
    found = seen.baseline("site-a")
    assert found is not None
    assert found.sides == {"device": {"x": "1"}}
    assert seen.news("site-a", {"mark": "words"}).new == {"mark"}
    assert _form(path) == len(seen.STEPS)


def test_many_at_once_bring_it_there_together() -> None:
    path = _older(RUNS + A_PUSH)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(lambda _: journal.history("site-a"), range(40)))
    assert {tuple(one.id for one in entries) for entries in found} == {(7,)}
    assert _form(path) == len(database.STEPS)


def test_a_step_that_fails_leaves_it_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    steps = (("create table one (a)",), ("create table two (a)", "create nonsense"))
    with closing(sqlite3.connect(path)) as base, pytest.raises(sqlite3.OperationalError):
        schema.bring(base, steps, patience=1)
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("select name from sqlite_master").fetchall() == []
    assert _form(path) == 0


def test_only_the_steps_that_are_missing_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    first = ("create table one (a)", "insert into one values (1)")
    with closing(sqlite3.connect(path)) as base:
        schema.bring(base, (first,), patience=1)
        schema.bring(base, (first, ("alter table one add column b",)), patience=1)
        schema.bring(base, (first, ("alter table one add column b",)), patience=1)
        assert base.execute("select * from one").fetchall() == [(1, None)]
    assert _form(path) == 2
