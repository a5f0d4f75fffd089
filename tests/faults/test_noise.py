"""Pages, questions, log lines, slowness and echoes: what a terminal makes of a push."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.lab.faults import Fault, early_echo, late_echo, pager, question, slow, stall, syslog
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, cases, scene

Capture = pytest.CaptureFixture[str]
TERMINALS = ("cisco_ios", "cisco_asa", "juniper_junos")
_SECONDS = {"timeout_seconds": 6}
_LATE = 8.0


@pytest.mark.parametrize("driver", TERMINALS)
def test_11_pages_in_spite_of_our_setting(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, pager(lines=11)) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


@pytest.mark.parametrize("driver", TERMINALS)
def test_12_a_question_that_nobody_knows(driver: str, tmp_path: Path, capsys: Capture) -> None:
    at = MOMENTS[driver].last if driver == "juniper_junos" else MOMENTS[driver].middle
    asks = question("Remove all other tunnels? [confirm]", at, at=1)
    with scene(driver, tmp_path, capsys, asks) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert "the device asks 'Remove all other tunnels? [confirm]'" in end.told
        assert "not answered" in end.told
        assert one.old


LOGGED = {
    "cisco_ios": "*Nov 21 08:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel7, "
    "changed state to up",
    "cisco_asa": "%ASA-5-111008: User 'enable_15' executed the 'no crypto map outside_map' "
    "command.",
    "juniper_junos": "Nov 21 12:00:00  site-c-srx mgd[4711]: UI_COMMIT: User 'bob' requested "
    "'commit' operation",
}


@pytest.mark.parametrize("driver", LOGGED)
def test_14_log_lines_inside_every_answer(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, syslog(LOGGED[driver])) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new
        again = one.push()
        assert (again.code, "nothing to change" in again.told) == (0, True), again.told


SLOW = {
    "cisco_ios": ("^show running-config", "^write memory"),
    "cisco_asa": ("^show running-config$", "^write memory"),
    "juniper_junos": ("^show configuration", "^commit"),
    "rras": ("^Connect-VpnS2SInterface",),
    "strongswan": ("load-all",),
}


@pytest.mark.parametrize("driver", VENDORS)
def test_15_slow_where_devices_are_slow(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """Reading, committing, saving have deadlines of their own, far behind the usual one."""
    late = [stall(_LATE, command, at=2) for command in SLOW[driver]]
    late += [stall(_LATE, command, at=1) for command in SLOW[driver][1:]]
    with scene(driver, tmp_path, capsys, *late, fields=_SECONDS) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


@pytest.mark.parametrize("driver", VENDORS)
def test_15_too_slow_is_unknown_until_it_is_read(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    late = stall(_LATE, MOMENTS[driver].first, at=1)
    with scene(driver, tmp_path, capsys, late, fields=_SECONDS) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert "what it did meanwhile is unknown" in end.told
        assert one.old


ECHOES: dict[str, Fault] = {
    "at once": early_echo(0.02),
    "late": late_echo(0.02),
    "drop by drop": slow(60_000),
}


@pytest.mark.parametrize(("driver", "echo"), cases(TERMINALS, *ECHOES))
def test_16_echoes(driver: str, echo: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, ECHOES[echo]) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new
