"""The shipped inventory as it stands, every site of it: each verb, over lab devices."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.lab import device
from appliance.cli.tour import _pinned
from appliance.inventory.load import load
from appliance.job import prepare
from appliance.lab import Lab
from appliance.lab.login import ENABLE, PASSWORD
from appliance.model.secret import Secret
from appliance.session import hostkeys

ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary-4711-battery"
MD5 = "Circuit4711Canary"
SITES = tuple(load(ROOT / "inventory.yaml").sites)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the inventory whose sites lead to devices that are up, with all secrets."""
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "examples", folder / "examples")
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STATE", "CACHE", "CONFIG"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        for word in text.split():
            if word.startswith("env:APPLIANCE_"):
                name = word.removeprefix("env:")
                kinds = {"PSK": KEY, "MD5": MD5, "PASSWORD": PASSWORD, "ENABLE": ENABLE}
                patch.setenv(name, kinds[name.rpartition("_")[2]])
        patch.chdir(folder)
        (folder / "inventory.yaml").write_text(text, encoding="utf-8")
        sites = load("inventory.yaml").sites
        boxes = {name: device(prepare(site, key=True)) for name, site in sites.items()}
        with Lab(boxes) as lab:
            for name, site in sites.items():
                served = lab.ssh(name)
                text = text.replace(f"port: {site.device.port}\n", f"port: {served.port}\n")
                hostkeys.pin(name, served.host, served.port, _pinned(served))
            (folder / "inventory.yaml").write_text(text, encoding="utf-8")
            yield folder


@pytest.fixture(autouse=True)
def _there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in that folder, with its state and not with one of its own."""
    monkeypatch.chdir(home)
    for name in ("STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


def _rows(
    *words: str, capsys: pytest.CaptureFixture[str], code: int = 0
) -> list[dict[str, object]]:
    assert main([*words, "-o", "json"]) == code, capsys.readouterr().err
    said = capsys.readouterr()
    assert KEY not in said.out + said.err
    assert MD5 not in said.out + said.err
    rows = json.loads(said.out)["sites"]
    assert sorted(row.get("site", row.get("name")) for row in rows) == sorted(SITES)
    return list(rows)


def test_there_are_sites_of_every_kind() -> None:
    sites = load(ROOT / "inventory.yaml").sites.values()
    edges = {one.device.driver for one in sites if one.express_route}
    wans = {one.device.driver for one in sites if "virtual-wan" in one.tags}
    assert edges == wans == {"cisco_ios", "juniper_junos"}


@pytest.mark.parametrize("name", SITES)
def test_a_site_is_rendered_whole(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rendered"
    job = prepare(load("inventory.yaml").sites[name], key=True)
    secrets = ["--with-secrets"] if job.driver.script is None else []  # a script asks for its key
    assert main(["render", name, *secrets, "--out", str(out)]) == 0
    seen = job.driver.parse(out.read_text(encoding="utf-8"))
    assert len(seen.tunnels) == len(job.intent.tunnels)
    links = () if job.intent.edge is None else job.intent.edge.links
    held = () if seen.edge is None else seen.edge.links
    assert [one.session.peer for one in held] == [one.session.peer for one in links]
    assert {one.session.key for one in held} <= {Secret(MD5)}
    assert KEY not in capsys.readouterr().out


def test_all_of_them_are_planned_pushed_watched_and_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["validate"]) == 0
    assert f"inventory.yaml: {len(SITES)} sites, no fault" in capsys.readouterr().out
    assert main(["push", "--all", "--yes"]) == 0, capsys.readouterr().err
    capsys.readouterr()
    for row in _rows("drift", "--all", capsys=capsys):
        found = row["differences"]
        assert isinstance(found, list)
        loud = [one for one in found if one["severity"] != "information"]
        assert (row["code"], loud) == (0, []), row["site"]
    for row in _rows("status", "--all", "--refresh", capsys=capsys):
        ways = [*row["tunnels"], *row["links"]]  # type: ignore[misc]
        assert {one["state"] for one in ways} == {"up"}, row
    codes = {name: main(["verify", name]) for name in SITES}
    said = capsys.readouterr().out
    unsure = {name for name, code in codes.items() if code == 3}  # a rung that the lab cannot tell
    assert unsure <= {"site-b", "site-e"}, said
    assert set(codes.values()) <= {0, 3}, said
    assert said.count("VPN stands by") == 4
    assert main(["report", "--all", "--html", str(tmp_path / "all.html")]) == 0
    page = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert all(name in page for name in SITES)
    assert KEY not in page
    assert MD5 not in page
