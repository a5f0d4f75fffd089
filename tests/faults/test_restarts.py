"""The device restarts during the change, and after it; its uptime says so, no silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.lab.faults import Fault, alter, drop_after, reboot
from appliance.lab.linux.host import LinuxHost
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, Scene, scene

Capture = pytest.CaptureFixture[str]
_WEEKS = 3 * 7 * 86_400
_BOOT = """\
kill -9 -- -$(cat /var/lib/appliance/guard/pid); swanctl --load-all --clear
echo '12.34 5.00' >/run/lab/uptime; mount --bind /run/lab/uptime /proc/uptime
"""
"""What a restart does to a Linux host: nothing that waits survives, what is on its disk does."""


def _restart(driver: str, command: str) -> tuple[Fault, ...]:
    if driver == "strongswan":
        return alter(_BOOT, command, at=1), drop_after(command, at=1)
    return (reboot(command, at=1),)


def _aged(one: Scene) -> Scene:
    """It has been up for three weeks; a host is up for as long as this machine is."""
    box = one.site.box
    if not isinstance(box, LinuxHost):
        box.advance(_WEEKS)  # type: ignore[union-attr]  # all others have a clock of their own
    return one


@pytest.mark.parametrize("driver", VENDORS)
def test_05_restarts_in_the_middle(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, *_restart(driver, MOMENTS[driver].middle)) as one:
        end = _aged(one).push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert one.old
        assert "the device has restarted meanwhile: it is up for" in end.told


@pytest.mark.parametrize("driver", VENDORS)
def test_06_restarts_before_it_is_saved(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, *_restart(driver, MOMENTS[driver].look)) as one:
        end = _aged(one).push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert one.old
        assert "what was not saved is lost" in end.told


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco_asa"])
def test_06_restarts_while_it_is_saved(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """Confirmed already: the change was kept, and is gone with what was not written."""
    with scene(driver, tmp_path, capsys, reboot("^write memory", at=1)) as one:
        end = _aged(one).push()
        assert (end.code, one.state) == (1, "not saved"), end.told
        assert one.old
        assert "what was not saved is lost" in end.told
        assert "NOT SAVED" in end.told


@pytest.mark.parametrize("driver", VENDORS)
def test_05_a_silence_is_not_called_a_restart(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, drop_after(MOMENTS[driver].middle, at=1)) as one:
        end = _aged(one).push()
        assert end.code == 5
        assert "has restarted" not in end.told
