"""Ctrl-C, SIGTERM and SIGHUP in every state of a push, on every kind of device, for real."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from appliance import cli, journal
from appliance.journal.locks import held
from tests.push import stage
from tests.push.signalled import Shot, push

QUICK = ["--yes", "--wait-seconds", "20"]
GOES_BACK = ("arming", "armed", "sending", "sent", "held", "proven")
SOME = ("arming", "sending", "proven")
"""On the other kinds of device: what is between is the same code."""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
TIMED = ("cisco_ios", "rras", "strongswan")
"""Their own timer runs from the moment of arming."""


@pytest.mark.parametrize("driver", stage.SITES)
def test_wherever_it_comes_the_push_ends_safely_and_says_how(driver: str, tmp_path: Path) -> None:
    """All states on one device: those that go back leave it as it was for the next."""
    log = tmp_path / "log"
    with stage.stage(driver, tmp_path) as one:
        words = [*one.words, *QUICK]
        numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        for at, state in enumerate(GOES_BACK if driver == "cisco_ios" else SOME):
            number = numbers[at % 3]
            left = push(words, Shot(number, state), log)
            assert left.code == CODES[number], (state, left.said)
            assert f"interrupted by {number.name}" in left.said
            assert journal.history(one.site)[0].state == "rolled back", (state, left.said)
            assert one.old, state
            assert journal.unfinished() == ()
        goes_on = "kept" if driver == "cisco_ios" else "confirming"
        left = push(words, Shot(signal.SIGTERM, goes_on), log)
        assert left.code == 0, left.said
        assert "pushed, verified and saved" in left.said
        assert one.new
        assert not held(f"{one.job.site.device.host}:{one.job.port}")


def test_a_change_on_its_way_back_is_brought_to_its_end(tmp_path: Path) -> None:
    with stage.stage("cisco_ios", tmp_path) as one, one.key("not-what-azure-has"):
        words = [*one.words, "--yes", "--wait-seconds", "1"]
        left = push(words, Shot(signal.SIGINT, "reverting"), tmp_path / "log")
        assert left.code == 5, left.said
        assert journal.history(one.site)[0].state == "rolled back"
        assert one.old


@pytest.mark.parametrize("driver", stage.SITES)
def test_the_second_leaves_at_once_and_says_what_is_where(driver: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with stage.stage(driver, tmp_path) as one:
        for state in ("sending", "kept"):
            left = push([*one.words, *QUICK], Shot(signal.SIGINT, state, twice=True), log)
            assert left.code == 130, left.said
            (entry,) = journal.unfinished()
            assert entry.state == state
            assert f"push {entry.id} is {state}; " in left.said
            sent = re.search(r"(\d+) of (\d+) commands sent, the last `(.+)`", left.said)
            assert sent is not None
            assert 1 <= int(sent[1]) <= int(sent[2])
            assert stage.KEY not in left.said
            assert f"-> `appliance recover {one.site}`" in left.said
            if driver in TIMED and state == "sending":
                left_over = re.search(r"the device reverts in 4:(\d\d)", left.said)
                assert left_over is not None, left.said
            assert not held(entry.device)
            assert cli.main(["recover", *one.words]) == 0
            assert one.old if state == "sending" else one.new
            assert journal.unfinished() == ()


def test_a_terminal_that_goes_away_twice_is_one_that_went_away(tmp_path: Path) -> None:
    """The kernel and the shell both send SIGHUP: nobody is there for whom to leave at once."""
    log = tmp_path / "log"
    with stage.stage("cisco_ios", tmp_path) as one:
        left = push(
            [*one.words, *QUICK], Shot(signal.SIGHUP, "sending", twice=True, patience=2.0), log
        )
        assert left.code == 129, left.said
        assert journal.history(one.site)[0].state == "rolled back"
        assert one.old
