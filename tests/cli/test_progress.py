"""What a push shows: on a terminal what goes on now, elsewhere lines, and never a key."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from appliance import journal
from appliance.lab.faults import stall
from tests.foreground import command
from tests.push.stage import KEY, SITES, Stage, stage
from tests.push.terminal import CTRL_C, HANG_UP, watch

QUICK = ["--yes", "--wait-seconds", "20"]
SLOW = (stall(0.3, "set pfs|swanctl --load|commit confirmed|crypto map"),)
LEFT = re.compile(r"the device reverts in (\d+):(\d\d)")


def push(one: Stage, *words: str) -> list[str]:
    return command("push", *one.words, *words)


@pytest.mark.parametrize("driver", SITES)
def test_on_a_terminal_the_countdown_is_the_same_for_all(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path, faults=SLOW) as one:
        seen = watch(push(one, *QUICK), {})
        assert seen.code == 0, seen.text
        assert "\x1b[" in seen.raw
        assert KEY not in seen.raw
        times = [60 * int(found[1]) + int(found[2]) for found in LEFT.finditer(seen.text)]
        if driver == "cisco_asa" and not times:
            assert "nothing on the device" in seen.text
            return
        assert times, seen.text
        assert max(times) <= 300
        assert min(times) > 240
        assert times == sorted(times, reverse=True)
        assert f"{one.site}: pushed, verified and saved" in seen.text
        assert seen.raw.endswith("\x1b[?25h") or "\x1b[?25h" in seen.raw, "the cursor is back"


def test_into_a_pipe_go_lines_without_escapes(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path) as one:
        done = subprocess.run(  # noqa: S603 -- our own command
            push(one, *QUICK), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
        assert "\r" not in done.stdout + done.stderr
        assert re.search(r"^- the device reverts in [45]:\d\d unless", done.stderr, re.MULTILINE)
        assert len(LEFT.findall(done.stderr)) == 1


@pytest.mark.parametrize("unwanted", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"CI": "true"}])
def test_who_wants_plain_lines_gets_them_on_a_terminal_too(
    unwanted: dict[str, str], tmp_path: Path
) -> None:
    with stage("cisco_ios", tmp_path) as one:
        seen = watch(push(one, *QUICK), {}, unwanted)
        assert seen.code == 0
        assert "\x1b" not in seen.raw


def test_ctrl_c_at_the_question_leaves_at_once_with_nothing_touched(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path) as one:
        seen = watch(push(one), {"Type the site's name": CTRL_C})
        assert seen.code == 130
        assert "interrupted by SIGINT; nothing was touched" in seen.text
        assert journal.history(one.site) == ()
        assert one.old


def test_ctrl_c_while_it_is_sent_goes_back_and_leaves_the_cursor(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path, faults=SLOW) as one:
        seen = watch(push(one, *QUICK), {"commands · the device reverts": CTRL_C})
        assert seen.code == 130, seen.text
        assert "the step on the wire ends, then site-a goes back" in seen.text
        assert "the device is at its old configuration, seen by reading it" in seen.text
        assert seen.raw.rindex("\x1b[?25h") > seen.raw.rindex("\x1b[?25l")
        assert one.old


def test_a_terminal_that_goes_away_takes_the_change_with_it(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path, faults=SLOW) as one:
        seen = watch(push(one, *QUICK), {"commands · the device reverts": HANG_UP})
        assert seen.code == 129
        (entry,) = journal.history(one.site)
        assert entry.state == "rolled back"
        assert entry.why == "interrupted by SIGHUP"
        assert one.old


def test_a_reader_that_goes_away_stops_no_push(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path) as one:
        with subprocess.Popen(  # noqa: S603 -- our own command
            push(one, *QUICK), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as run:
            assert run.stderr is not None
            run.stderr.readline()
            run.stderr.close()
            assert run.wait(60) in {0, 120}  # Python's own word for an output it could not flush
        assert one.new
