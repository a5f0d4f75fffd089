"""The way leads through a jump host: pushes go through it, and its faults are told as its own."""

from __future__ import annotations

import subprocess
from itertools import count
from pathlib import Path

import pytest
import yaml

from appliance.journal import Run
from appliance.push.machine import Event
from appliance.session import hostkeys
from tests.faults.bastion import Bastion, bastion
from tests.faults.row import VENDORS
from tests.faults.scene import Scene, scene

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
OVER_SSH = tuple(driver for driver in VENDORS if driver != "rras")


def _behind(hop: Bastion) -> dict[str, object]:
    return {"jump_host": hop.fields, "timeout_seconds": 10}


@pytest.mark.parametrize("driver", OVER_SSH)
def test_58_a_push_goes_through_the_jump_host(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with (
        bastion(tmp_path / "hop") as hop,
        scene(driver, tmp_path, capsys, fields=_behind(hop)) as one,
    ):
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


def _hangs_up(hop: Bastion, patch: Patch) -> list[int]:
    """Kills the hop's connections when the second command is about to be sent; how many."""
    real, killed, sends = Run.record, list[int](), count(1)

    def recorded(self: Run, state: str, event: str, detail: str = "") -> None:
        real(self, state, event, detail)
        if event == Event.SEND and next(sends) == 2:
            killed.append(hop.hang_up())

    patch.setattr(Run, "record", recorded)
    return killed


@pytest.mark.parametrize("driver", OVER_SSH)
def test_58_the_jump_host_hangs_up_in_the_middle(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    """It serves again at once: the device is reached through it, brought back and read."""
    with (
        bastion(tmp_path / "hop") as hop,
        scene(driver, tmp_path, capsys, fields=_behind(hop)) as one,
    ):
        killed = _hangs_up(hop, monkeypatch)
        end = one.push()
        assert killed
        assert killed[0] > 0
        assert (end.code, one.state) == (5, "rolled back"), end.told
        assert "the jump host 127.0.0.1 hung up" in end.told, end.told
        assert one.old


@pytest.mark.parametrize("driver", ["cisco_ios", "strongswan"])
def test_58_what_is_wrong_with_the_jump_host_is_told_of_it(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    with (
        bastion(tmp_path / "hop") as hop,
        bastion(tmp_path / "strict", forwards=False) as strict,
        scene(driver, tmp_path, capsys) as one,
    ):
        for words, changes in _wrongs(one, hop, strict).items():
            one.site.inventory.write_text(_inventory(one, hop, changes), encoding="utf-8")
            end = one.push()
            assert (end.code, one.state) == (1, ""), end.told
            assert words in end.told, end.told
            assert "jump host" in end.told
        assert one.old


def _wrongs(one: Scene, hop: Bastion, strict: Bastion) -> dict[str, dict[str, object]]:
    """By the words that tell it: what else the site's `device` says, and its jump host."""
    site, jump = one.site.site, hostkeys.jump
    key = hostkeys.lookup(site, "127.0.0.1", one.site.job.port)
    assert key is not None
    hostkeys.pin(jump("localhost", hop.port), "localhost", hop.port, key)
    strange, known = hop.folder / "strange", hop.fields
    subprocess.run(  # noqa: S603 -- a fixed command
        ["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(strange)], check=True
    )
    return {
        "the jump host forbids to connect to 127.0.0.1:": {"jump_host": strict.fields},
        "the host key changed: ": {"jump_host": {**known, "host": "localhost"}},
        f"`appliance trust {site} --jump-host` shows": {
            "jump_host": {**known, "host": "127.0.0.2"}
        },
        "login refused": {"jump_host": {**known, "key_file": str(strange)}},
    }


def _inventory(one: Scene, hop: Bastion, changes: dict[str, object]) -> str:
    given = yaml.safe_load(one.site.inventory.read_text("utf-8"))
    device = given["sites"][one.site.site]["device"]
    device |= {"jump_host": hop.fields, **changes}
    return yaml.safe_dump(given)


@pytest.mark.parametrize("driver", ["cisco_ios"])
def test_58_a_device_that_the_jump_host_cannot_reach(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    with bastion(tmp_path / "hop") as hop, scene(driver, tmp_path, capsys) as one:
        key = hostkeys.lookup(one.site.site, "127.0.0.1", one.site.job.port)
        assert key is not None
        hostkeys.pin(one.site.site, "127.0.0.1", 1, key)
        one.site.inventory.write_text(_inventory(one, hop, {"port": 1}), encoding="utf-8")
        end = one.push()
        assert (end.code, one.state) == (1, ""), end.told
        assert "the jump host cannot connect to 127.0.0.1:1\n" in end.told


@pytest.mark.parametrize("driver", ["cisco_ios"])
def test_58_its_key_is_pinned_by_its_fingerprint(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    """First the jump host's, then, through it, the device's own."""
    with (
        bastion(tmp_path / "hop", pinned=False) as hop,
        scene(driver, tmp_path, capsys) as one,
    ):
        one.site.inventory.write_text(_inventory(one, hop, {}), encoding="utf-8")
        assert "is not known" in one.run("trust", *one.site.words).told
        words = ("--jump-host", "--fingerprint", hostkeys.fingerprint(hop.key))
        end = one.run("trust", *one.site.words, *words)
        assert end.code == 0, end.told
        assert f"pinned for jump host 127.0.0.1:{hop.port}" in end.told
        assert "(pinned)" in one.run("trust", *one.site.words).told
        assert one.push().code == 0
