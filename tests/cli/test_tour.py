"""The tour: every shipped site, over its real protocol, on lab devices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.inventory.load import load
from appliance.lab.kinds import KINDS, unavailable

ROOT = Path(__file__).resolve().parents[2]


def test_every_site_is_pushed_broken_found_and_repaired(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert [driver for driver in KINDS if unavailable(driver)] == []
    code = main(["lab", "tour", "-i", str(ROOT / "inventory.yaml")])
    told = capsys.readouterr()
    assert code == 0, told.out + told.err
    visits = re.split(r"^--- ", told.out, flags=re.MULTILINE)[1:]
    sites = load(ROOT / "inventory.yaml").sites
    assert len(visits) == len(sites)
    assert {visit.split()[1].rstrip(",") for visit in visits} == set(KINDS)
    for visit in visits:
        lines = visit.splitlines()
        pushes = [line for line in lines if line.startswith("  push ")]
        assert len(pushes) == 2
        assert all(", pushed; " in line for line in pushes)
        assert "  drift    none" in lines
        name = visit.split(":")[0]
        drifts = " ".join(line for line in lines if line.startswith("  drift "))
        route = sites[name].express_route
        assert ("pfs" in drifts) is (route is None or route.vpn_site is None), name
        assert ("edge.session.enabled" in drifts) is (route is not None), name
