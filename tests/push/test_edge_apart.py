"""ExpressRoute on a router of its own: the VPN is on the device of another site."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from appliance.cli import main
from appliance.driver import held
from appliance.errors import InventoryError
from appliance.inventory.load import load
from appliance.job import prepare
from appliance.lab.faults import Fault, Kind
from appliance.lab.ios.device import Device as Router
from appliance.lab.junos.device import SrxDevice
from appliance.model.edge import Edge
from tests.push.circuits import DRIVERS, MD5, circuits
from tests.push.dying import Moment
from tests.push.dying import push as dies
from tests.push.ends import WAIT
from tests.push.stage import Stage
from tests.push.trouble import QUIET, trouble


def _apart(site: Stage) -> None:
    """Its VPN is on the device of `vpn` now, an ASA that nobody dials here."""
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    here = given["sites"][site.site]
    here["express_route"]["vpn_site"] = "vpn"
    device = {"driver": "cisco_asa", "interfaces": {"outside": "outside", "inside": "inside"}}
    given["sites"]["vpn"] = {
        "device": {**device, "host": "192.0.2.9"},
        "on_premises": copy.deepcopy(here["on_premises"]),
        "azure": copy.deepcopy(here["azure"]),
        "psk": here.pop("psk"),
    }
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    site.job = prepare(load(site.inventory).sites[site.site], key=True)


@pytest.fixture(params=DRIVERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with circuits(request.param, tmp_path, faults=(QUIET,)) as made:
        _apart(made)
        yield made


def _up(site: Stage, *, up: bool) -> None:
    assert isinstance(site.box, Router | SrxDevice)
    for one in site.box.circuits:
        one.up = up


def _links(site: Stage) -> int:
    return len((site.driver.parse(site.read()).edge or Edge()).links)


def test_from_nothing_to_both_links_and_back(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.job.intent.tunnels == ()
    assert main(["plan", *site.words]) in {0, 2}
    assert main(["push", *site.words, *WAIT]) == 0, capsys.readouterr().err
    assert site.new
    after = site.driver.parse(site.read())
    assert after.tunnels == site.driver.parse(site.before).tunnels, "no tunnel is ours"
    assert main(["push", *site.words, *WAIT]) == 0
    capsys.readouterr()
    assert main(["verify", *site.words]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "10.20.0.0/16: ExpressRoute er-1 primary" in said
    assert "VPN stands by" not in said
    assert main(["drift", *site.words]) == 0
    assert main(["rollback", *site.words, "--yes"]) == 0, capsys.readouterr().err
    assert _links(site) == 0
    assert "12076" not in site.read()
    assert MD5 not in said


def test_a_circuit_that_falls_is_told(site: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", *site.words, *WAIT]) == 0
    _up(site, up=False)
    capsys.readouterr()
    assert main(["verify", *site.words]) == 1
    said = capsys.readouterr().out
    assert "BFD is down" in said
    assert "no link of the circuit is used" in said or "10.20.0.0/16: no route" in said


def test_a_provider_that_is_not_ready_is_not_waited_for(site: Stage) -> None:
    _up(site, up=False)
    assert main(["push", *site.words, *WAIT]) == 0
    assert site.new


def test_a_change_that_fells_a_link_is_taken_back(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """Microsoft's end has the former tags: with others no frame arrives."""
    assert main(["push", *site.words, *WAIT]) == 0
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    given["sites"][site.site]["express_route"]["circuits"][0]["links"][0]["svlan"] = 43
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    before = held(site.driver.parse(site.read()), edge=True)
    capsys.readouterr()
    words = ["push", *site.words, "--yes", "--wait-seconds", "1"]
    assert main(words) == 5, capsys.readouterr()
    assert "er-1 primary" in capsys.readouterr().err
    now = held(site.driver.parse(site.read()), edge=True)
    assert site.driver.edge is not None
    assert not site.driver.edge.change(now, before).steps


def test_a_cut_push_ends_old_or_as_intended(site: Stage) -> None:
    with trouble(site.box) as luck:
        luck.strike(Fault(kind=Kind.DROP_AFTER, command="local-preference|commit check", at=1))
        code = main(["push", *site.words, *WAIT])
        luck.strike(None)
        if code == 6:
            assert main(["recover", *site.words]) == 0
    assert _links(site) == (2 if code == 0 else 0)
    assert not site.waits()


def test_a_killed_push_is_recovered(
    site: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (5, 20):
        assert dies([*site.words, *WAIT], Moment(number, written=True), tmp_path / "log")
        assert main(["recover", *site.words]) == 0, capsys.readouterr().err
        assert _links(site) == 0
        assert not site.waits()


def test_a_plan_file_is_pushed_as_it_is(
    site: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "plan.json")
    assert main(["plan", *site.words, "--out", path]) == 2
    words = ["push", "--plan", path, "--yes", "-i", str(site.inventory)]
    assert main(words) == 0, capsys.readouterr().err
    assert site.new


def test_an_unreachable_router_is_no_success(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    given["sites"][site.site]["device"]["port"] = 1
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    assert main(["verify", *site.words]) != 0
    capsys.readouterr()


def test_the_other_verbs_say_where_the_vpn_is(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "-i", str(site.inventory)]) == 0
    assert main(["rehearse", *site.words, "--new"]) == 64
    assert "rehearse vpn, whose device has the VPN" in capsys.readouterr().err
    assert main(["rehearse", f"{site.site}*", "-i", str(site.inventory), "--new"]) == 0
    assert "its VPN is rehearsed with vpn" in capsys.readouterr().err
    assert main(["explain", *site.words]) == 64
    assert "explain vpn, whose device has the VPN" in capsys.readouterr().err
    assert main(["status", *site.words, "-o", "json"]) in {0, 3}
    (row,) = json.loads(capsys.readouterr().out)["sites"]
    assert (row["tunnels"], row["error"]) == ([], "")
    assert [one["state"] for one in row["links"]] == ["unknown", "unknown"]
    assert main(["push", *site.words, *WAIT]) == 0
    capsys.readouterr()
    assert main(["status", *site.words, "--refresh"]) == 0
    assert "circuit 2 up (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("express_route", "vpn_site"), "gone", "there is no site 'gone'"),
        (("express_route", "vpn_site"), "site-a", "is this very site"),
        (("express_route", "vpn_backup"), "static", "is a matter of 'vpn'"),
        (("on_premises", "prefixes"), ["10.10.0.0/17"], "is not what 'vpn' has"),
        (("on_premises", "public_ip"), "203.0.113.77", "it is the address of the VPN's device"),
        (("azure", "connection"), "another", "name the same connection"),
        (("device", "host"), "192.0.2.9", "is on this very device"),
    ],
)
def test_what_does_not_fit_between_the_two_is_refused(
    path: tuple[str, str], value: object, said: str, tmp_path: Path
) -> None:
    with circuits("cisco_ios", tmp_path) as site:
        _apart(site)
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        here = given["sites"][site.site]
        here[path[0]] = {**here[path[0]], path[1]: value}
        if path == ("device", "host"):
            here["device"].pop("port")
        site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
        with pytest.raises(InventoryError) as refused:
            load(site.inventory)
        assert said in str(refused.value)
