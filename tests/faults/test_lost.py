"""The session is lost before, in, and after the change."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.lab.faults import Fault, drop_after, drop_before
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, cases, scene

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("driver", VENDORS)
def test_01_lost_before_the_first_line(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, drop_before(MOMENTS[driver].first, at=1)) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert one.old
        assert "back at its old configuration, seen by reading it" in end.told


ARMED = [driver for driver in VENDORS if MOMENTS[driver].arm]


@pytest.mark.parametrize(("driver", "when"), cases(ARMED, "before", "after"))
def test_01_lost_while_the_way_back_is_armed(
    driver: str, when: str, tmp_path: Path, capsys: Capture
) -> None:
    """Nothing of the change was sent; what was armed must not wait for nobody."""
    drop = drop_before if when == "before" else drop_after
    with scene(driver, tmp_path, capsys, drop(MOMENTS[driver].arm, at=1)) as one:
        end = one.push()
        assert (end.code, one.state) == (1, "untouched"), end.told
        assert one.old


LOST = {
    "before-middle": (drop_before, "middle"),
    "after-middle": (drop_after, "middle"),
    "before-last": (drop_before, "last"),
    "after-last": (drop_after, "last"),
}


def _there(driver: str, moment: str) -> str:
    """What of the change is on the device at that moment, told in these words."""
    if driver == "juniper_junos":  # nothing counts before it is committed
        return "all of the change" if moment == "after-last" else "nothing of the change"
    if driver == "rras" or moment == "after-last":
        return "all of the change" if driver != "cisco_asa" else ""
    return "part of the change" if driver != "strongswan" else ""


@pytest.mark.parametrize(("driver", "moment"), cases(VENDORS, *LOST))
def test_02_lost_in_the_middle(driver: str, moment: str, tmp_path: Path, capsys: Capture) -> None:
    drop, at = LOST[moment]
    with scene(driver, tmp_path, capsys, drop(getattr(MOMENTS[driver], at), at=1)) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert one.old
        assert f"connected anew: {_there(driver, moment)}" in end.told


@pytest.mark.parametrize("driver", VENDORS)
def test_03_lost_while_it_is_verified(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, _at(driver, "look")) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


def _at(driver: str, moment: str) -> Fault:
    return drop_before(getattr(MOMENTS[driver], moment), at=1)
