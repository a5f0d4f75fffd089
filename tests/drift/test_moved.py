"""Which side moved, told over the shipped sites of every vendor and lab device."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from appliance.cli import main
from appliance.drift import Drift
from appliance.drift.watch import watched
from appliance.inventory.load import load
from appliance.job import forget, prepare
from tests.push.stage import SITES, Stage, stage

VENDORS = sorted(SITES)


@contextmanager
def pushed(driver: str, folder: Path) -> Iterator[Stage]:
    """A site whose device holds what is meant, with exports of its own that can be changed."""
    with stage(driver, folder) as site:
        document = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        said = document["sites"][site.site]["azure"]
        shutil.copytree(said["export"], folder / "exports")
        said["export"] = str(folder / "exports")
        site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        yield site


def look(site: Stage, text: str | None = None) -> Drift:
    forget()
    sites = load(str(site.inventory)).sites
    return watched(prepare(sites[site.site]), site.read() if text is None else text)


def said(found: Drift, path: str) -> str:
    (one,) = {
        found.of(each).moved
        for each in (*found.azure, *found.differences)
        if each.path == path and found.matters(each)
    }
    return one


def weakened(site: Stage) -> str:
    """The device's configuration after somebody's hand was in it."""
    return re.sub(r"set pfs group\d+", "set pfs group2", site.read())


def azure_moves(folder: Path) -> None:
    """Its gateway gets another public address."""
    for path in (folder / "exports").iterdir():
        text = path.read_text(encoding="utf-8")
        for address in ("198.51.100.7", "198.51.100.8", "198.51.100.17", "198.51.100.18"):
            text = text.replace(f'"{address}"', '"198.51.100.77"')
        path.write_text(text, encoding="utf-8")


def test_nothing_is_known_before_all_agreed_once(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        azure_moves(tmp_path)
        assert said(look(site), "remote.addresses") == ""


@pytest.mark.parametrize("driver", VENDORS)
def test_azure_moved(driver: str, tmp_path: Path) -> None:
    with pushed(driver, tmp_path) as site:
        assert not look(site).drifted
        gateway = site.job.expectation.endpoints[0].address
        for path in (tmp_path / "exports").iterdir():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(f'"{gateway}"', '"192.0.2.77"'), encoding="utf-8")
        found = look(site)
    words = said(found, "remote.addresses")
    assert f"address {gateway} -> 192.0.2.77" in words
    assert "Azure was changed" in words
    assert "the device holds what was right then" in words
    assert found.plan is not None
    assert found.plan.change


def test_the_device_was_changed_by_hand(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        assert not look(site).drifted
        words = said(look(site, weakened(site)), "esp.pfs_group")
    assert "the device was changed" in words
    assert "esp.pfs_group 14 -> 2" in words
    assert "what is meant is as it was" in words


def test_the_inventory_was_changed_and_not_pushed_yet(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        assert not look(site).drifted
        document = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        document["sites"][site.site]["device"].setdefault("tunnel", {})["mss"] = 1300
        site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
        words = said(look(site), "interface.mss")
    assert "the inventory was changed" in words
    assert "tunnel.mss 1350 -> 1300" in words


def test_both_moved(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        assert not look(site).drifted
        azure_moves(tmp_path)
        gateway = str(site.job.expectation.endpoints[0].address)
        found = look(site, site.read().replace(gateway, "192.0.2.99"))
    words = said(found, "remote.addresses")
    assert "the device was changed" in words
    assert "and Azure was changed" in words


def test_azure_and_the_inventory_disagree_and_the_command_for_azure_is_told(
    tmp_path: Path,
) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        assert not look(site).drifted
        path = tmp_path / "exports" / "local-gateway.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        members = document.get("properties", document)
        members["gatewayIpAddress"] = "192.0.2.50"
        path.write_text(json.dumps(document), encoding="utf-8")
        found = look(site)
    (one,) = found.azure
    assert "Azure was changed (on_premises.address" in said(found, one.path)
    public = site.job.site.on_premises.address
    assert found.of(one).command == (
        f"az network local-gateway update -g network-rg -n site-a-lng --gateway-ip-address {public}"
    )


def test_a_difference_may_be_accepted_for_a_time(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        document = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        accept = [{"check": "drift:esp.pfs_group", "reason": "old line", "until": "2999-01-01"}]
        document["sites"][site.site]["accept"] = accept
        site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
        found = look(site, weakened(site))
    assert not found.drifted
    (one,) = [each for each in found.differences if each.path == "esp.pfs_group"]
    assert found.of(one).accepted == "until 2999-01-01: old line"


def test_only_changes_tells_what_is_new_once_and_what_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--only-changes"]
    with pushed("cisco_ios", tmp_path) as site:
        assert main(["drift", *site.words, *words]) == 0
        azure_moves(tmp_path)
        capsys.readouterr()
        assert main(["drift", *site.words, *words]) == 2
        assert "remote.addresses" in capsys.readouterr().out
        assert main(["drift", *site.words, *words]) == 0
        assert capsys.readouterr().out == ""
        assert main(["drift", *site.words]) == 2, "without the option all is told, again"
        capsys.readouterr()
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        capsys.readouterr()
        assert main(["drift", *site.words, *words]) == 0
        assert f"{site.site}: cleared: " in capsys.readouterr().err


def test_a_memory_that_cannot_be_kept_stops_no_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        held = site.read()
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
        azure_moves(tmp_path)
        found = look(site, held)
    assert found.drifted
    assert said(found, "remote.addresses") == ""


def test_no_key_is_in_the_memory(tmp_path: Path) -> None:
    with pushed("cisco_ios", tmp_path) as site:
        look(site)
        kept = list(Path(os.environ["XDG_STATE_HOME"]).rglob("seen.db*"))
        assert kept
        key = next(iter(site.job.intent.tunnels)).psk
        data = b"".join(path.read_bytes() for path in kept)
    assert key is not None
    assert getattr(key, "reveal")().encode() not in data  # noqa: B009 -- either of two types
