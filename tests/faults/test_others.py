"""Others who work on the device: their locks, their edits, their timers are respected."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.lab.faults import drop_before
from appliance.lab.junos.device import SrxDevice
from appliance.plan import plan
from appliance.push import Options, Outcome, Watcher, push
from tests.faults.row import VENDORS
from tests.faults.scene import End, Scene, scene

Capture = pytest.CaptureFixture[str]
SRX = pytest.mark.parametrize("driver", ["juniper_junos"])


def _srx(one: Scene) -> SrxDevice:
    assert isinstance(one.box, SrxDevice)
    return one.box


@SRX
def test_17_somebody_has_locked_the_candidate(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys) as one:
        _srx(one).edited_by("bob")
        end = one.push()
        assert (end.code, one.state) == (4, ""), end.told
        assert "bob on terminal" in end.told
        assert "idle" in end.told
        assert "nobody's lock is broken" in end.told
        again = one.push()
        assert again.code == 4, "bob still has it"


@SRX
def test_18_a_lock_that_our_dead_session_left(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene(driver, tmp_path, capsys, drop_before("^commit check", at=1)) as one:
        box = _srx(one)
        monkeypatch.setattr(box, "settings", replace(box.settings, lingers=600.0))
        lost = one.push()
        assert (lost.code, one.old) == (5, True), lost.told
        refused = one.push()
        assert refused.code == 4, refused.told
        assert "earlier session of this login" in refused.told
        assert "request system logout terminal" in refused.told
        box.advance(700)
        assert one.push().code == 0
        assert one.new


@SRX
@pytest.mark.parametrize("here", [True, False], ids=["there", "gone"])
def test_19_somebody_has_left_edits_uncommitted(
    driver: str,
    here: bool,  # noqa: FBT001 -- a parameter of pytest
    tmp_path: Path,
    capsys: Capture,
) -> None:
    with scene(driver, tmp_path, capsys) as one:
        edit = "set system host-name changed-by-bob"
        _srx(one).edited_by("bob", edit, mode="shared", here=here)
        end = one.push()
        assert (end.code, one.state) == (4, ""), end.told
        assert "not committed" in end.told
        assert "changed-by-bob" not in one.picture


WAITS = {
    "cisco_ios": r"somebody's revert timer runs on the device: .* 9 min; User: netops",
    "cisco_asa": "another push is under way, or one has died",
    "juniper_junos": r"will not keep it: .*rollback in \d+.* takes it back, in \d+ s",
    "rras": r"another push to this server is not finished: its task \S+put-back waits",
    "strongswan": "another change waits for its confirmation, or never got it",
}


@contextmanager
def _somebodys_timer(one: Scene) -> Iterator[None]:
    """A change of somebody else that waits for its confirmation, by the device's own way."""
    driver, job = one.site.driver, one.site.job
    made = plan(job.intent, driver.parse(one.site.before), driver)
    with one.site.connect() as other:
        begun = driver.transaction(
            other, rollback=made.rollback, minutes=9, reconnect=one.site.connect
        )
        with begun as guard:
            if driver.name == "juniper_junos":
                guard.apply(made.change)
            yield


@pytest.mark.parametrize("driver", VENDORS)
def test_20_somebodys_timer_runs(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys) as one:
        with _somebodys_timer(one):
            held = one.picture
            end = one.push()
            assert one.site.waits(), "it was left alone"
            assert one.picture == held
        assert (end.code, one.state) == (4, ""), end.told
        assert re.search(WAITS[driver], end.told), end.told
        assert one.old
        assert one.push().code == 0


class _Meanwhile(Watcher):
    """While the first push stands before its first line, there is a second one."""

    def __init__(self, one: Scene) -> None:
        self._one = one
        self.ends: list[End] = []

    def said(self, text: str) -> None:
        if text == "applying":
            self.ends.append(self._one.push())


@pytest.mark.parametrize("driver", VENDORS)
def test_21_a_second_push_meanwhile(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys) as one:
        second = _Meanwhile(one)
        result = push(one.site.job, one.site.connect, Options(wait_seconds=30.0), second)
        assert result.outcome is Outcome.PUSHED, result.why
        (end,) = second.ends
        assert end.code == 4, end.told
        assert re.search(r"another push works on this device", end.told), end.told
        assert f"process {os.getpid()}" in end.told
        assert one.site.site in end.told
        assert one.new
