"""Two sites on one lab device, over its real protocol: pushed, looked at and taken back."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from appliance import cli
from appliance.compare import compare
from appliance.inventory.load import load
from appliance.job import Job, prepare
from appliance.lab.ios.device import Device
from appliance.model.difference import Severity
from appliance.model.pairing import mine
from appliance.plan import plan
from tests.push.dying import Moment, push
from tests.push.stage import SITES, Stage, stage

OTHER = {
    "endpoints": [{"address": "198.51.100.207"}],
    "vnet_prefixes": ["10.220.0.0/16"],
    "policy": {
        "ike_encryption": "AES256",
        "ike_integrity": "SHA256",
        "dh_group": "DHGroup14",
        "ipsec_encryption": "AES256",
        "ipsec_integrity": "SHA256",
        "pfs_group": "PFS2048",
    },
}
"""Another gateway, in another region."""


def with_another(site: Stage) -> Job:
    """A second site on the same device, in the same inventory; its own name is pinned nowhere."""
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    (first,) = given["sites"].values()
    first = copy.deepcopy(first)
    second = {
        "device": {name: first["device"][name] for name in first["device"] if name != "tunnel"},
        "on_premises": {
            name: value for name, value in first["on_premises"].items() if name != "bgp"
        },
        "azure": {**OTHER, "policy_based_selectors": site.driver.name == "strongswan"},
        "psk": "env:STAGE_PSK",
    }
    given["sites"]["other"] = second
    site.inventory.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    sites = load(str(site.inventory), drivers=tuple(SITES)).sites
    site.job = prepare(sites[site.site], key=True)
    return prepare(sites["other"], key=True)


def _run(site: Stage, *words: str) -> int:
    return cli.main([*words, "-i", str(site.inventory)])


@pytest.mark.parametrize("driver", sorted(SITES))
def test_each_is_pushed_and_taken_back_without_the_other(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        other = with_another(site)
        assert _run(site, "push", site.site, "--yes", "--no-wait") == 0, capsys.readouterr()
        first = site.read()
        capsys.readouterr()
        assert _run(site, "plan", "other") == 2
        shown = capsys.readouterr().out
        for one in mine(site.job.intent, site.driver.parse(first).tunnels):
            assert f"{one.name} ({site.site}'s): stays up" in shown, shown
        assert _run(site, "push", "other", "--yes", "--no-wait") == 0, capsys.readouterr()
        both = site.driver.parse(site.read())
        assert site.holds(site.read())
        assert len(mine(other.intent, both.tunnels)) == 1
        for job, beside in ((site.job, other), (other, site.job)):
            capsys.readouterr()
            code = _run(site, "drift", job.site.name, "-v")
            told = capsys.readouterr().out
            assert code == (2 if job is site.job and site.job.disagreements else 0), told
            for one in mine(beside.intent, both.tunnels):
                assert f"{one.name} on the device is {beside.site.name}'s" in told
        assert _run(site, "push", site.site, "--yes", "--no-wait") == 0
        assert _run(site, "rollback", "other", "--yes", "--no-wait") == 0, capsys.readouterr()
        assert site.driver.parse(site.read()).tunnels == site.driver.parse(first).tunnels


def test_a_box_that_was_replaced_is_noticed_by_whichever_site_is_pushed_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        with_another(site)
        assert _run(site, "push", site.site, "--yes", "--no-wait") == 0, capsys.readouterr()
        assert isinstance(site.box, Device)
        site.box.settings.serial = "9REPLACED01"
        assert _run(site, "push", "other", "--yes", "--no-wait") == 4
        assert "serial number 9REPLACED01, and the one of the last push" in capsys.readouterr().err


@pytest.mark.parametrize("driver", sorted(SITES))
def test_a_fleet_pushes_both_one_after_the_other(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        other = with_another(site)
        code = _run(site, "push", "--all", "--yes", "--no-wait", "--canary", "0", "--workers", "2")
        assert code == 0, capsys.readouterr()
        held = site.driver.parse(site.read())
        assert site.holds(site.read())
        assert len(mine(other.intent, held.tunnels)) == 1
        assert _run(site, "drift", "--all") in {0, 2}


@pytest.mark.parametrize("driver", sorted(SITES))
def test_the_first_is_taken_back_and_the_second_stays(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was pushed since is another site's: the recorded way back must not touch it."""
    with stage(driver, tmp_path) as site:
        other = with_another(site)
        for name in (site.site, "other"):
            assert _run(site, "push", name, "--yes", "--no-wait") == 0, capsys.readouterr()
        capsys.readouterr()
        assert _run(site, "rollback", site.site, "--yes", "--no-wait") == 0, capsys.readouterr()
        held = site.driver.parse(site.read())
        assert len(mine(other.intent, held.tunnels)) == 1
        found = compare(other.intent, held)
        assert [one for one in found if one.severity > Severity.INFORMATION] == []
        assert mine(site.job.intent, held.tunnels) == ()


@pytest.mark.parametrize("driver", ["cisco_asa", "cisco_ios", "juniper_junos", "rras"])
def test_a_push_that_died_is_ended_before_the_other_site_is_pushed(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        other = with_another(site)
        assert _run(site, "push", site.site, "--yes", "--no-wait") == 0, capsys.readouterr()
        first = site.driver.parse(site.read())
        words = ["other", "-i", str(site.inventory), "--yes", "--no-wait"]
        made = plan(other.intent, first, site.driver)
        moment = Moment(2 + len(made.change.steps) + 1, written=True)  # arm, armed, steps, sent
        assert push(words, moment, tmp_path / "log"), (tmp_path / "log").read_text("utf-8")
        assert len(mine(other.intent, site.driver.parse(site.read()).tunnels)) == 1
        capsys.readouterr()
        assert _run(site, "push", site.site, "--yes", "--no-wait") == 4
        assert "`appliance recover other`" in capsys.readouterr().err
        assert _run(site, "recover", "other") == 0, capsys.readouterr()
        assert site.driver.parse(site.read()).tunnels == first.tunnels
        assert site.holds(site.read())
