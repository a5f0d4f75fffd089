"""A line is refused, or taken as another one; what counts is what the device holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.lab.faults import Fault, alter, cut, refuse, swallow
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, cases, scene

Capture = pytest.CaptureFixture[str]

WORDS = {
    "cisco_ios": "% Invalid input detected at '^' marker.",
    "cisco_asa": "ERROR: % Invalid input detected at '^' marker.",
    "juniper_junos": "error: configuration check-out failed",
    "rras": "The parameter is incorrect.",
    "strongswan": "No space left on device",
}


def _refused_at(driver: str, moment: str) -> str:
    """Pasted lines are no commands of their own on Junos: there the commit is refused."""
    if driver == "juniper_junos":
        return {"first": "^load set", "middle": "^commit check", "last": "^commit confirmed"}[
            moment
        ]
    return str(getattr(MOMENTS[driver], moment))


@pytest.mark.parametrize(("driver", "moment"), cases(VENDORS, "first", "middle", "last"))
def test_24_a_line_is_refused(driver: str, moment: str, tmp_path: Path, capsys: Capture) -> None:
    words = WORDS[driver]
    with scene(driver, tmp_path, capsys, refuse(words, _refused_at(driver, moment), at=1)) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert words.split("^")[0].removeprefix("% ").removeprefix("ERROR: % ")[:20] in end.told
        assert one.old


CHANGED: dict[str, tuple[Fault, ...]] = {
    "cisco_ios": (alter("set pfs group2", "^set pfs group14", at=1),),
    "cisco_asa": (alter("prf sha", "^prf sha256", at=1),),
    "juniper_junos": (
        alter("set security ipsec policy site-c-1 perfect-forward-secrecy keys group2",
              "^set security ipsec policy site-c-1 perfect", at=1),
    ),
    "rras": (cut(6, "^Add-VpnS2SInterface"),),
    "strongswan": (
        alter("cat >/dev/null; f=/etc/swanctl/conf.d/appliance-site-e-1.conf; echo >$f",
              "cat >\\S*appliance-new", at=1),
    ),
}  # fmt: skip
DROPPED = {
    "cisco_ios": "^dpd ",
    "cisco_asa": "^isakmp keepalive",
    "juniper_junos": "^set security ike gateway site-c-1 version",
    "rras": "^Add-VpnS2SInterface",
    "strongswan": "load-all",
}


@pytest.mark.parametrize("driver", VENDORS)
def test_25_a_line_is_taken_as_another(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, *CHANGED[driver]) as one:
        end = one.push()
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert one.old


@pytest.mark.parametrize("driver", VENDORS)
def test_25_a_line_is_silently_dropped(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, swallow(DROPPED[driver], at=1)) as one:
        end = one.push(wait="3")
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert re.search("does not hold what was meant|did not come up|it said nothing", end.told)
        assert one.old
