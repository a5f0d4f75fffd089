"""A site with ExpressRoute, from nothing to both paths and back, over the real protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.lab.ios.device import Device as Router
from appliance.lab.junos.device import SrxDevice
from appliance.push import Options, Outcome, Watcher, push
from tests.push.circuits import DRIVERS, MD5, circuits
from tests.push.stage import Stage

QUICK = Options(minutes=5, wait_seconds=20.0)


@pytest.fixture(params=DRIVERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with circuits(request.param, tmp_path) as made:
        yield made


def _circuits(site: Stage, *, up: bool) -> None:
    assert isinstance(site.box, Router | SrxDevice)
    for one in site.box.circuits:
        one.up = up


def _push(site: Stage) -> Outcome:
    result = push(site.job, site.connect, QUICK, Watcher())
    assert result.outcome is not Outcome.ROLLED_BACK, result.why
    return result.outcome


def test_from_nothing_to_both_paths_and_back(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _push(site) is Outcome.PUSHED
    assert site.new
    assert _push(site) is Outcome.UNCHANGED
    capsys.readouterr()
    assert main(["verify", *site.words]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "10.20.0.0/16: ExpressRoute er-1 primary" in said
    assert "VPN stands by" in said
    assert "172.30.0.6: established, prefixes received: 2" in said
    assert MD5 not in said
    assert main(["drift", *site.words]) == 0
    assert main(["rollback", *site.words, "--yes"]) == 0, capsys.readouterr().out
    text = site.read()
    assert "12076" not in text
    assert site.driver.parse(text).tunnels == site.driver.parse(site.before).tunnels


def test_a_circuit_that_falls_is_told_with_the_path_in_use(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _push(site) is Outcome.PUSHED
    _circuits(site, up=False)
    capsys.readouterr()
    assert main(["verify", *site.words]) == 1
    said = capsys.readouterr().out
    assert "BFD is down" in said
    assert "no link of the circuit is used" in said
    assert "10.20.0.0/16: VPN" in said
    _circuits(site, up=True)
    assert main(["verify", *site.words]) == 0


def test_the_journal_and_the_plan_hold_no_md5_key(
    site: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", *site.words]) in {0, 2}
    assert MD5 not in capsys.readouterr().out
    assert _push(site) is Outcome.PUSHED
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "md5":
            assert MD5.encode() not in path.read_bytes(), path


def test_a_provider_that_is_not_ready_does_not_keep_the_vpn_from_being_pushed(
    site: Stage,
) -> None:
    _circuits(site, up=False)
    assert _push(site) is Outcome.PUSHED
    assert site.new


def test_a_refresh_judges_as_verify_does(site: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    _circuits(site, up=True)
    assert _push(site) is Outcome.PUSHED
    told = []
    for first in (("verify",), ("status", "--refresh")):
        main([first[0], *site.words, *first[1:]])
        capsys.readouterr()
        main(["status", *site.words, "-o", "json"])
        (row,) = json.loads(capsys.readouterr().out)["sites"]
        told.append([(one["gateway"], one["state"], one["detail"]) for one in row["tunnels"]])
        assert row["links"] == [
            {"name": f"er-1 {place}", "state": "up", "detail": ""}
            for place in ("primary", "secondary")
        ]
    assert told[0] == told[1]
    assert told[0][0][1] == "up"


def test_a_link_that_is_down_is_seen_in_the_table_and_drawn(
    site: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _push(site) is Outcome.PUSHED
    main(["status", *site.words])
    assert "unknown; circuit 2 unknown" in capsys.readouterr().out
    assert isinstance(site.box, Router | SrxDevice)
    site.box.circuits[1].up = False
    assert main(["status", *site.words, "--refresh"]) == 2
    said = capsys.readouterr().out
    assert "circuit 1 up, 1 down: er-1 secondary" in said
    assert "links of circuits: 1 up, 1 down" in said
    page = tmp_path / "all.html"
    assert main(["report", *site.words, "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "link er-1 primary up; link er-1 secondary down" in text
