"""Fleets over real SSH: dozens of devices in one lab, some of which fail, and runs that die."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance import cli, journal
from appliance.journal import fleets
from appliance.lab.faults import drop_after, refuse, save_fails, stall
from appliance.session import hostkeys
from tests.foreground import command
from tests.push.fleet_stage import Fleet, fleet
from tests.push.stage import KEY

MANY = {f"branch-{n:02}": "cisco_ios" for n in range(50)} | {
    **{f"dmz-{n}": "cisco_asa" for n in range(6)},
    **{f"hub-{n}": "juniper_junos" for n in range(4)},
}
QUICK = ["--yes", "--wait-seconds", "20"]
TUNNEL = "interface Tunnel100"


def told(output: str) -> tuple[dict[str, dict[str, object]], dict[str, object]]:
    """The sites of a run by name, and the run, as `-o jsonl` has them."""
    *sites, whole = [json.loads(line) for line in output.splitlines()]
    assert whole["schema"] == "appliance/push-fleet/1"
    assert {one["schema"] for one in sites} <= {"appliance/push-site/1"}
    return {str(one["site"]): one for one in sites}, whole


def push(words: list[str], made: Fleet, capsys: pytest.CaptureFixture[str]) -> int:
    capsys.readouterr()
    return cli.main(["push", *words, *made.words])


@pytest.mark.timeout(400)  # sixty devices and sixty pushes share one interpreter
def test_dozens_of_devices_and_those_that_fail_touch_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = {
        "branch-07": [refuse("% Invalid input detected", "set pfs")],
        "branch-11": [drop_after("tunnel source", at=1)],
        "branch-13": [save_fails()],
    }
    with fleet(tmp_path, MANY, faults=faults) as made:
        made.site("branch-17")["device"]["port"] = 1  # nobody listens there
        made.site("branch-19")["device"]["password"] = "env:FORGOTTEN"
        made.write()
        code = push(["--all", *QUICK, "--max-fail", "10%", "-o", "jsonl"], made, capsys)
        sites, whole = told(capsys.readouterr().out)
        ends = {name: one["outcome"] for name, one in sites.items()}
        assert len(sites) == 60
        assert Counter(ends.values()) == {
            "pushed": 55,
            "rolled back": 2,
            "not saved": 1,
            "failed": 2,
        }, {name: one for name, one in sites.items() if one["outcome"] != "pushed"}
        assert [ends[f"branch-{n:02}"] for n in (7, 11, 13, 17, 19)] == [
            *("rolled back", "rolled back"),
            *("not saved", "failed", "failed"),
        ]
        assert code == whole["code"] == 5
        assert "FORGOTTEN is not set" in str(sites["branch-19"]["why"])
        assert TUNNEL not in made.running("branch-07")
        _resumed(made, whole, capsys)


def _resumed(made: Fleet, former: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    """Only what was not done is gone through, and what was put right in the meantime is done."""
    run = str(former["run"])
    os.environ["FORGOTTEN"] = os.environ["STAGE_PASSWORD"]
    code = push(["--resume", run, *QUICK, "-o", "jsonl", "--canary", "0"], made, capsys)
    sites, whole = told(capsys.readouterr().out)
    del os.environ["FORGOTTEN"]
    assert sorted(sites) == ["branch-07", "branch-11", "branch-13", "branch-17", "branch-19"]
    assert sites["branch-11"]["outcome"] == "pushed", "the connection was cut once"
    assert sites["branch-19"]["outcome"] == "pushed"
    assert whole["run"] == int(run)
    assert code == 5


def test_no_account_is_locked_by_one_wrong_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {f"branch-{n:02}": "cisco_ios" for n in range(30)}
    with fleet(tmp_path, names) as made:
        os.environ["STAGE_PASSWORD"] = "last-year's"
        code = push(
            ["--all", *QUICK, "--max-fail", "100%", "--canary", "0", "-o", "json"], made, capsys
        )
        found = json.loads(capsys.readouterr().out)
        ends = Counter(one["outcome"] for one in found["sites"])
        assert ends == {"failed": 3, "refused": 27}
        assert code == 1
        assert [one["site"] for one in found["sites"]] == sorted(names), "in their order"
        assert "last-year's" not in json.dumps(found)


def test_a_dry_run_of_all_shows_all_and_sends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"branch-1": "cisco_ios", "branch-2": "cisco_ios", "dmz": "cisco_asa"}
    with fleet(tmp_path, names, tags={"branch-1": ["north"], "dmz": ["north"]}) as made:
        before = {name: made.running(name) for name in names}
        assert push(["--all", "--dry-run"], made, capsys) == 2
        out = capsys.readouterr().out
        assert out.count("commands (") == 3
        assert "dry run: 3 sites: 3 planned" in out
        assert KEY not in out
        assert push(["--tag", "north", "--dry-run", "-o", "json"], made, capsys) == 2
        found = json.loads(capsys.readouterr().out)
        assert [one["site"] for one in found["sites"]] == ["branch-1", "dmz"]
        assert found["sites"][0]["plan"]["change"][0]
        assert found["run"] is None
        assert push(["--all", "--limit", "!branch-*", "--dry-run"], made, capsys) == 2
        assert "1 site: 1 planned" in capsys.readouterr().out
        assert {name: made.running(name) for name in names} == before


def test_a_choice_that_is_empty_or_in_vain_is_never_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = tmp_path / "nobody.txt"
    nobody.write_text("# those that failed\n\n", encoding="utf-8")
    with fleet(tmp_path, {"branch-1": "cisco_ios"}, tags={"branch-1": ["north"]}) as made:
        for words, said in (
            ([], "no site is chosen"),
            (["--tag", "nroth"], "no site has the tag 'nroth'"),
            (["branch-1", "brunch-*"], "no site matches 'brunch-*'"),
            (["--limit", "brunch-1"], "no chosen site matches 'brunch-1'"),
            (["--limit", ""], "--limit '' names nothing"),
            (["--limit", " , "], "--limit ' , ' names nothing"),
            (["--limit", f"@{nobody}"], f"--limit '@{nobody}' names nothing"),
            (["--all", "--limit", "!branch-1"], "--limit leaves no site"),
            (["--all", "--max-fail", "few"], "--max-fail is a number of sites"),
            (["--all", "--serial", "0"], "--serial must be 1 or more"),
            (["--resume", "99"], "the journal has no fleet run 99"),
            (["--resume", "1", "--all"], "--resume has its sites from the run"),
        ):
            for verb in ("push", "drift") if words and "--resume" not in words else ("push",):
                if verb == "drift" and words[0] == "--all" and words[1] != "--limit":
                    continue
                assert cli.main([verb, *words, *made.words]) == 64, (verb, words)
                assert said in capsys.readouterr().err


def test_without_a_terminal_nothing_is_pushed_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with fleet(tmp_path, {"branch-1": "cisco_ios", "branch-2": "cisco_ios"}) as made:
        assert push(["--all"], made, capsys) == 4
        said = capsys.readouterr().err
        assert "2 sites: 1 first, then the rest together" in said
        assert "nobody is here to ask" in said
        assert TUNNEL not in made.running("branch-1")


def test_two_names_of_one_box_take_turns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The inventory sees one address twice; what it cannot see, the serial number tells."""
    with fleet(tmp_path, {"branch-1": "cisco_ios", "branch-2": "cisco_ios"}) as made:
        first, second = made.site("branch-1")["device"], made.site("branch-2")["device"]
        second |= {"port": first["port"], "host": "localhost"}
        made.write()
        served = made.lab.ssh("branch-1")
        hostkeys.pin("branch-2", "localhost", served.port, served.host_key)
        words = ["--all", *QUICK, "--canary", "0", "-o", "json", "--max-fail", "2"]
        push(words, made, capsys)
        found = json.loads(capsys.readouterr().out)
        whys = [str(one["why"]) for one in found["sites"]]
        assert not any("another push works on this device" in why for why in whys), whys
        assert found["sites"][0]["outcome"] in {"pushed", "refused", "unchanged"}


def test_a_run_that_is_killed_is_taken_up_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {f"branch-{n}": "cisco_ios" for n in range(6)}
    slow = {name: [stall(0.1, "set |tunnel ")] for name in names}
    with fleet(tmp_path, names, faults=slow) as made:
        with _begun(made, ["--all", *QUICK, "--canary", "0", "--workers", "3"]) as run:
            _wait_for(run, lambda: _state(1, "pushed") >= 1 and _sending() >= 1)
            run.kill()
            run.communicate(timeout=60)
        dead = journal.unfinished()
        assert dead
        assert _state(1, "started") >= 1
        code = push(["--resume", "1", *QUICK, "-o", "jsonl"], made, capsys)
        sites, whole = told(capsys.readouterr().out)
        assert code == 0, (sites, whole)
        assert {entry.site for entry in dead} <= set(sites)
        assert set(sites) < set(names), "what was done is left alone"
        assert journal.unfinished() == ()
        assert all(TUNNEL in made.running(name) for name in names)
        assert push(["--resume", "1", "--yes"], made, capsys) == 0
        assert "nothing is left to do" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_begins_no_more_and_brings_back_what_is_under_way(
    number: signal.Signals, tmp_path: Path
) -> None:
    names = {f"branch-{n}": "cisco_ios" for n in range(6)}
    slow = {name: [stall(0.1, "set |tunnel ")] for name in names}
    with fleet(tmp_path, names, faults=slow) as made:
        words = ["--all", *QUICK, "--canary", "0", "--workers", "3", "-o", "json"]
        with _begun(made, words) as run:
            _wait_for(run, lambda: _sending() >= 2)
            run.send_signal(number)
            out, err = run.communicate(timeout=60)
        assert run.returncode == 128 + number, err
        assert f"{number.name}: the step on the wire ends, then branch-" in err
        found = json.loads(out)
        assert found["stopped"] == f"stopped by {number.name}"
        ends = Counter(one["outcome"] for one in found["sites"])
        assert set(ends) <= {"interrupted", "not started", "pushed"}
        assert ends["interrupted"] >= 2
        assert ends["not started"] >= 1
        assert journal.unfinished() == ()
        for one in found["sites"]:
            held = TUNNEL in made.running(one["site"])
            assert held == (one["outcome"] == "pushed")


def test_the_second_signal_tells_of_each_device(tmp_path: Path) -> None:
    names = {f"branch-{n}": "cisco_ios" for n in range(3)}
    slow = {name: [stall(10.0, "set pfs")] for name in names}
    with fleet(tmp_path, names, faults=slow) as made:
        with _begun(made, ["--all", *QUICK, "--canary", "0"]) as run:
            _wait_for(run, lambda: _sending("set pfs") == 3)
            run.send_signal(signal.SIGINT)
            time.sleep(0.6)
            run.send_signal(signal.SIGINT)
            _, err = run.communicate(timeout=60)
        assert run.returncode == 130
        for name in names:
            assert re.search(rf"{name}: push \d is sending; \d+ of 37 commands sent", err)
            assert f"-> `appliance recover {name}`" in err
        assert err.count("the device reverts in 4:5") == 3
        assert cli.main(["recover", "--all", *made.words]) == 0


def test_what_would_become_another_is_not_taken_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"branch-1": "cisco_ios", "branch-2": "cisco_ios"}
    fault = {"branch-1": [refuse("% Invalid input", "set pfs", at=1)]}
    with fleet(tmp_path, names, faults=fault) as made:
        assert push(["--all", *QUICK], made, capsys) == 5
        assert [one.state for one in fleets.members(1)] == ["rolled back", "not started"]
        made.site("branch-2")["device"]["tunnel"] = {"number": 300}
        made.write()
        assert push(["--resume", "1", *QUICK], made, capsys) == 4
        said = capsys.readouterr().err
        assert "branch-2 would become something else than when fleet run 1 began" in said
        assert push(["--resume", "1", *QUICK, "--even-if-changed"], made, capsys) == 0
        assert "interface Tunnel300" in made.running("branch-2")
        made.given["sites"]["branch-3"] = made.given["sites"].pop("branch-2")
        made.write()
        assert push(["--resume", "1", *QUICK], made, capsys) == 0, "all of it is done"


@contextmanager
def _begun(made: Fleet, words: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which does not outlive the test."""
    with subprocess.Popen(  # noqa: S603 -- our own command
        command("push", *words, *made.words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        try:
            yield run
        finally:
            run.kill()


def _state(run: int, state: str) -> int:
    try:
        return sum(one.state == state for one in fleets.members(run))
    except LookupError:
        return 0


def _sending(last: str = "") -> int:
    """How many pushes are on their way to their devices now, with this as their last command."""
    found = 0
    for entry in journal.entries._entries("where state='sending'", ()):
        *_, (_, _, event, detail) = journal.events(entry.id)
        found += event == "send" and last in detail
    return found


def _wait_for(run: subprocess.Popen[str], come: Callable[[], bool]) -> None:
    """Looks now and then, since the lab serves its devices from this very process."""
    for _ in range(400):
        if come():
            return
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    run.kill()
    raise AssertionError(f"it never came: {run.communicate()}")
