"""Rows 34, 35, 38, 42, 43 and 49: what names, links, sizes, bytes and clocks can do to us."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from appliance.driver import load
from appliance.push.machine import Event, Machine
from appliance.secrets.redact import mask_locations
from tests.faults.rows import VENDORS
from tests.faults.scene import Scene, scene
from tests.growth import growth
from tests.vendors.boxes import KINDS

Capture = pytest.CaptureFixture[str]
HOSTILE = "conn '; {{ 7*7 }} {% raw %} $(reboot) `reboot` ! | more \" <x> end"


def _exports(box: Scene) -> Path:
    """A copy of the site's exports that a test may change."""
    document = yaml.safe_load(box.site.inventory.read_text(encoding="utf-8"))
    azure = document["sites"][box.site.site]["azure"]
    folder = box.site.inventory.parent / "exports"
    shutil.copytree(azure["export"], folder)
    azure["export"] = str(folder)
    box.site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
    return folder


@pytest.mark.parametrize("driver", VENDORS)
def test_34_names_in_azure_are_data_and_never_commands(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    with scene(driver, tmp_path, capsys) as box:
        plain = box.run("render", *box.site.words, "-o", "json").told
        folder = _exports(box)
        connection = folder / "connection.json"
        document = json.loads(connection.read_text(encoding="utf-8"))
        former = document["name"]
        for file in folder.iterdir():
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(json.dumps(former), json.dumps(HOSTILE)))
        assert box.run("render", *box.site.words, "-o", "json").told == plain
        shown = box.run("render", *box.site.words).told.splitlines()
        mark = box.site.driver.comment
        assert all(line.startswith(mark) for line in shown if "7*7" in line or "49" in line)
        assert box.push().code == 0
        assert "reboot" not in box.picture


def test_35_a_link_in_place_of_a_file_is_not_followed(tmp_path: Path, capsys: Capture) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        victim, link = tmp_path / "victim", tmp_path / "site-a.cfg"
        victim.write_text("precious", encoding="utf-8")
        link.symlink_to(victim)
        for verb in ("render", "plan"):
            done = box.run(verb, *box.site.words, "--out", str(link))
            assert done.code in {4, 64}, (verb, done.told)
            assert victim.read_text(encoding="utf-8") == "precious"
        state = Path(os.environ["XDG_STATE_HOME"]) / "appliance"
        (state / "journal.db").unlink()
        (state / "journal.db").symlink_to(victim)
        done = box.push()
        assert done.code == 4, done.told
        assert victim.read_text(encoding="utf-8") == "precious"
        (state / "journal.db").unlink()
        assert box.old


def test_38_exports_older_than_allowed_are_no_verdict_and_no_push(
    tmp_path: Path, capsys: Capture
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        for file in _exports(box).iterdir():
            old = time.time() - 40 * 86_400
            os.utime(file, (old, old))
        document = yaml.safe_load(box.site.inventory.read_text(encoding="utf-8"))
        document["sites"][box.site.site]["azure"]["max_age_days"] = 30
        box.site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
        looked = box.run("drift", *box.site.words)
        assert looked.code == 3
        assert "40 d 0 h old" in looked.told
        pushed = box.push()
        assert pushed.code == 4
        assert "--allow stale-azure" in pushed.told
        assert box.old


FILLERS = {
    "cisco_ios": "interface Loopback{n}\n description filler\n no ip redirects\n!\n",
    "cisco_asa": "object-group network filler-{n}\n network-object host 10.9.8.7\n",
    "juniper_junos": "set policy-options prefix-list filler-{n} 10.9.8.7/32\n",
    "strongswan": "pools {{ filler-{n} {{ addrs = 10.9.8.0/24 }} }}\n# filler\n",
}


@pytest.mark.parametrize("driver", FILLERS)
def test_42_reading_masking_and_comparing_grow_no_faster_than_the_text(driver: str) -> None:
    """Eight times the lines: were it quadratic, it would be 64 times the work."""
    found = load(driver)
    small, large = (_filled(driver, count) for count in (600, 4_800))
    for work in (found.parse, mask_locations, lambda text: found.differing(text, text)):
        assert growth(work, small, large) < 20


def _filled(driver: str, count: int) -> str:
    filler = "".join(FILLERS[driver].format(n=n) for n in range(count))
    text = KINDS[driver].make().running()
    end = text.rfind("\nend\n") + 1
    return text[:end] + filler + text[end:] if end else text + filler


NOISE = {
    "cisco_ios": b"! gr\xfc\xdfe \x00\xff\x1b[0m\n",
    "cisco_asa": b"! gr\xfc\xdfe \x00\xff\x1b[0m\n",
    "juniper_junos": b"# gr\xfc\xdfe \x00\xff\n",
    "strongswan": b"# gr\xfc\xdfe \x00\xff\n",
}


@pytest.mark.parametrize("driver", NOISE)
def test_43_bytes_that_are_no_text_change_nothing_that_is_read(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    with scene(driver, tmp_path, capsys) as box:
        assert box.push().code == 0
        clean = box.site.read().rstrip().encode() + b"\n"
        lines = clean.splitlines(keepends=True)
        noisy = b"".join(_with_noise(lines, NOISE[driver], box.site.driver.comment.encode()))
        for data in (noisy, b"\xef\xbb\xbf" + clean, clean.decode().encode("utf-16")):
            file = tmp_path / "running"
            file.write_bytes(data)
            looked = box.run("drift", *box.site.words, "--running", str(file))
            assert looked.code == 0, looked.told


def _with_noise(lines: list[bytes], noise: bytes, comment: bytes) -> Iterator[bytes]:
    """Noise beside each comment of the text, where such lines may stand."""
    yield from itertools.chain.from_iterable(
        (line, noise) if line.strip() == comment else (line,) for line in lines
    )
    yield noise


@pytest.mark.parametrize("driver", VENDORS)
def test_49_a_clock_that_jumps_changes_no_deadline(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each event of the push the wall clock is a day later, or two earlier, than before."""
    real, go = time.time, Machine.go
    jumps = itertools.cycle((86_400, -172_800, 86_400 * 365, 0))
    ahead = [0]

    def jumping(machine: Machine, event: Event, detail: str = "") -> None:
        ahead[0] = next(jumps)
        go(machine, event, detail)

    with scene(driver, tmp_path, capsys) as box:
        with monkeypatch.context() as patched:
            patched.setattr(time, "time", lambda: real() + ahead[0])
            patched.setattr(Machine, "go", jumping)
            pushed = box.push()
        assert pushed.code == 0, pushed.told
        assert box.new
        assert box.run("recover", "--all", *box.site.words[1:]).code == 0
