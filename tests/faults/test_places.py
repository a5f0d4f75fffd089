"""No room, no saving, another clock, the wrong unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.lab.clock import Clock
from appliance.lab.faults import refuse, save_fails
from appliance.lab.kinds import factory
from tests.faults.row import VENDORS
from tests.faults.scene import Scene, cases, scene
from tests.push.trouble import troubled

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


UNITS: dict[str, tuple[dict[str, object], str]] = {
    "cisco_asa-standby": ({"failover": "standby"}, "not the active unit"),
    "cisco_asa-context": ({"mode": "multiple", "context": "customer-a"}, "security contexts"),
    "juniper_junos-second": ({"cluster": True, "primary": False}, "not the node that configures"),
}


@pytest.mark.parametrize("unit", UNITS)
def test_23_the_wrong_unit(unit: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch) -> None:
    changes, words = UNITS[unit]
    with scene(unit.partition("-")[0], tmp_path, capsys) as one:
        held = one.picture
        settings = one.box.settings  # type: ignore[attr-defined]  # what the lab made it with
        monkeypatch.setattr(one.box, "settings", replace(settings, **changes))
        end = one.push()
        assert (end.code, one.state) == (4, ""), end.told
        assert words in end.told
        assert one.picture == held


FULL = {
    "cisco_ios": "startup-config file open failed (Not enough space)",
    "cisco_asa": "Error writing configuration: no space left on device",
}


@pytest.mark.parametrize("driver", FULL)
def test_26_it_cannot_be_saved(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, save_fails(FULL[driver])) as one:
        booted = one.box.startup
        end = one.push()
        assert (end.code, one.state) == (1, "not saved"), end.told
        assert "NOT SAVED: a reboot loses it; save it by hand" in end.told
        assert "is not saved" in end.told
        assert one.new
        assert one.box.startup == booted


@pytest.mark.parametrize("driver", FULL)
def test_26_the_next_push_saves_it(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """Nothing is left to change; saying only that would hide what a reboot loses."""
    with troubled(driver, tmp_path) as (site, luck):
        one = Scene(site, capsys)
        booted = one.box.startup
        luck.strike(save_fails(FULL[driver]))
        assert (one.push().code, one.state) == (1, "not saved")
        told = one.push("--dry-run")
        assert (told.code, one.box.startup) == (2, booted), told.told
        assert "a push would save what push 1 could not" in told.told
        again = one.push()
        assert (again.code, one.box.startup) == (1, booted), again.told
        assert "NOT SAVED" in again.told
        assert "still does not save what push 1 has changed" in again.told
        luck.strike(None)
        last = one.push()
        assert last.code == 0, last.told
        assert "saved what push 1 could not" in last.told
        assert one.box.startup != booted
        assert "saved what push" not in one.push().told


@pytest.mark.parametrize("driver", ["strongswan"])
def test_26_the_disk_is_full(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """What is not written whole is not loaded either: running and saved are the same files."""
    full = refuse("cat: write error: No space left on device", "cat >\\S*appliance-new")
    with scene(driver, tmp_path, capsys, full) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert "No space left on device" in end.told
        assert one.old


ROOM = {
    "cisco_ios": refuse("Directory of flash:/\n\n8589934592 bytes total (1024 bytes free)", "^dir"),
    "rras": refuse("There is not enough space on the disk.", "^Register-ScheduledTask"),
    "strongswan": refuse("mkdir: No space left on device", r"mkdir -p \S+/old"),
}


@pytest.mark.parametrize("driver", ROOM)
def test_27_no_room_for_the_way_back(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, ROOM[driver]) as one:
        end = one.push()
        assert end.code == 4, end.told
        assert one.state in {"", "untouched"}
        assert one.old


@pytest.mark.parametrize("driver", ["cisco_asa"])
def test_27_no_room_is_told_before_anybody_is_asked(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    """An ASA's checkpoint is for people; without it nothing waits there, and that is said."""
    full = refuse("Directory of disk0:/\n\n8571076608 bytes total (1024 bytes free)", "^dir")
    with scene(driver, tmp_path, capsys, full) as one:
        end = one.run("push", *one.site.words, "--dry-run")
        assert (end.code, "--allow no-room" in end.told) == (4, True), end.told
        assert one.old
        pushed = one.push("--allow", "no-room")
        assert "1024 bytes free, too few for a checkpoint" in pushed.told
        assert "the recorded inverse is sent from here" in pushed.told


@pytest.mark.parametrize("driver", ["juniper_junos"])
def test_27_no_room_to_commit(driver: str, tmp_path: Path, capsys: Capture) -> None:
    full = refuse("error: could not open db: No space left on device", "^commit (check|confirmed)")
    with scene(driver, tmp_path, capsys, full) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert "No space left on device" in end.told
        assert one.old


CLOCKS = {
    "1993": datetime(1993, 3, 1, tzinfo=UTC),
    "2037": datetime(2037, 12, 31, 23, 59, 30, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("driver", "year"), cases((d for d in VENDORS if d != "strongswan"), *CLOCKS)
)
def test_28_the_devices_clock_is_wrong(
    driver: str, year: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    def wrong(name: str, kind: str, *, peers: object = (), wiring: object = None) -> object:
        clock = Clock(CLOCKS[year], scale=1.0)
        return factory(name)(kind, peers=peers, clock=clock, wiring=wiring)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr("appliance.lab.kinds.make", wrong)
    with scene(driver, tmp_path, capsys) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new
