"""The journal: on disk before the deed, for us alone, without keys, and whole after a crash."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from pathlib import Path

import pytest

from appliance import journal
from appliance.errors import RefusedError, UsageError
from appliance.journal import texts
from appliance.model.secret import Secret
from appliance.secrets.redact import REDACTOR

KEY = "Canary-in-the-journal-1"


def about(site: str = "site-a") -> journal.About:
    return journal.About(
        site=site,
        driver="cisco_ios",
        device=f"192.0.2.1:{site}",
        hostname="branch",
        serial="9AB",
        version="17.9.4",
        host_key="ssh-ed25519 AAAA",
        intent="what is meant",
        observed="what is there",
        minutes=5,
        protection="a timer",
    )


def test_a_push_is_told_latest_first_with_its_texts() -> None:
    first, second = journal.begin(about()), journal.begin(about())
    first.record("arming", "arm")
    first.record("rolled back", "back")
    second.text("before", f"crypto isakmp key {KEY} address 198.51.100.7\n")
    latest, earliest = journal.history("site-a")
    assert (latest.id, latest.state, latest.ended) == (second.id, "begun", None)
    assert (earliest.state, earliest.ended is not None) == ("rolled back", True)
    assert earliest.ended is not None
    assert earliest.ended >= earliest.begun
    assert texts(second.id) == {"before": "crypto isakmp key *** address 198.51.100.7\n"}
    assert journal.history("site-b") == ()
    assert journal.entry(first.id) == earliest


def test_a_number_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="the journal has no push 77"):
        journal.entry(77)


def test_nothing_of_it_can_be_read_by_others_and_no_key_is_in_it(state: Path) -> None:
    REDACTOR.add(Secret(KEY))
    run = journal.begin(about())
    run.record("sending", "send", f"set key {KEY}")
    run.why(f"refused: {KEY}")
    for path in state.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
        if path.is_file():
            assert KEY.encode() not in path.read_bytes()


def _dies(ready: str) -> None:
    with journal.lock("192.0.2.1:site-a", "site-a"):
        run = journal.begin(about())
        run.record("arming", "arm")
        run.record("armed", "armed")
        run.record("sending", "send", "interface Tunnel1")
        Path(ready).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_written_before_a_kill_is_there_and_unfinished(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_dies, args=(str(tmp_path / "x"),))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    (left,) = journal.unfinished()
    assert (left.site, left.state, left.process) == ("site-a", "sending", child.pid)


def test_a_push_at_work_is_not_unfinished() -> None:
    with journal.lock("192.0.2.1:site-a", "site-a"):
        journal.begin(about())
        assert journal.unfinished() == ()
    assert len(journal.unfinished()) == 1


def test_a_user_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as any user, who stands in no /etc/passwd."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert journal.entry(journal.begin(about()).id).who == f"54321@{socket.gethostname()}"


def test_a_value_that_keeps_no_secret_is_not_used(state: Path) -> None:
    journal.machine()
    (state / "journal.key").write_bytes(b"")
    with pytest.raises(RefusedError, match="too short"):
        journal.print_of(Secret(KEY))


def test_where_nothing_can_be_written_no_push_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "appliance").mkdir()
    (tmp_path / "appliance" / "journal.db").mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(RefusedError, match="the journal cannot be written"):
        journal.begin(about())


def test_a_damaged_journal_is_said_and_left_alone(state: Path) -> None:
    journal.begin(about())
    path = state / "journal.db"
    path.write_bytes(b"not a database, but long enough to be looked at as one" * 100)
    with pytest.raises(RefusedError, match="the journal is damaged: file is not a database"):
        journal.begin(about())
