"""Rows 55, 57, 59 and 60: another box, another address, nobody who listens, packages that lack."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from appliance.lab.meddle import meddle
from appliance.session import hostkeys
from tests.faults.rows import VENDORS
from tests.faults.scene import Scene, scene

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]


def _base() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "appliance" / "journal.db"


def _renamed(box: Scene, host: str) -> None:
    """The site's device is reached by this name from now on, its key pinned there."""
    document = yaml.safe_load(box.site.inventory.read_text(encoding="utf-8"))
    device = document["sites"][box.site.site]["device"]
    key = hostkeys.lookup(box.site.site, device["host"], device["port"])
    assert key is not None
    hostkeys.pin(box.site.site, host, device["port"], key)
    device["host"] = host
    box.site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")


@pytest.mark.parametrize("driver", VENDORS)
def test_55_another_box_at_the_address_is_refused(
    driver: str, tmp_path: Path, capsys: Capture
) -> None:
    """As after a replacement, the new key pinned: the serial number of then is another."""
    with scene(driver, tmp_path, capsys) as box:
        assert box.push("--no-wait").code == 0
        with sqlite3.connect(_base()) as base:
            (serial,) = base.execute("select serial from runs").fetchone()
            base.execute("update runs set serial = 'OTHER-BOX-77'")
        base.close()
        assert serial, "every lab device says its number"
        gateway = str(box.site.job.intent.tunnels[0].remote.addresses[0])
        meddle(driver, box.site.box, gateway)
        held = box.picture
        refused = box.push()
        assert refused.code == 4, refused.told
        assert "OTHER-BOX-77" in refused.told
        assert "--allow device-changed" in refused.told
        assert box.picture == held
        assert box.push("--allow", "device-changed").code == 0


def test_57_a_name_that_leads_elsewhere_is_told_and_the_key_decides(
    tmp_path: Path, capsys: Capture
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        _renamed(box, "localhost")
        first = box.push()
        assert first.code == 0, first.told
        assert "leads to" not in first.told
        with sqlite3.connect(_base()) as base:
            (known,) = base.execute("select text from texts where name = 'address'").fetchone()
            base.execute("update texts set text = '192.0.2.77' where name = 'address'")
        base.close()
        assert "127.0.0.1" in known.split()
        again = box.push()
        assert again.code == 0, again.told
        assert "note: localhost leads to " in again.told
        assert "at push 1 it led to 192.0.2.77. The host key is the pinned one" in again.told


@pytest.mark.parametrize("sink", ["full", "closed"])
def test_59_nobody_who_listens_stops_no_push(sink: str, tmp_path: Path, capsys: Capture) -> None:
    """Standard error on a full disk, or a pipe whose reader has gone: `push 2>&1 | mailer`."""
    with scene("cisco_ios", tmp_path, capsys) as box:
        words = [sys.executable, "-m", "appliance", "push", *box.site.words, "--yes"]
        out = os.open("/dev/full", os.O_WRONLY) if sink == "full" else _nobody()
        done = subprocess.run(  # noqa: S603 -- our own words
            words, cwd=ROOT, stdout=subprocess.PIPE, stderr=out, text=True, check=False, timeout=90
        )
        os.close(out)
        assert done.returncode == 0
        assert "pushed, verified and saved" in done.stdout
        assert box.new
        assert box.state == "pushed"


def _nobody() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


WITHOUT = """\
import sys
from importlib.machinery import PathFinder
real = PathFinder.find_spec
def find_spec(name, path=None, target=None):
    absent = name.partition(".")[0] in {names!r}
    return None if absent else real(name, path, target)
PathFinder.find_spec = find_spec
from appliance.cli import main
sys.exit(main({words!r}))
"""
PACKAGES = {
    "azure": ("azure", "msal", "msrest"),
    "keyring": ("keyring",),
    "lab": ("asyncssh", "psrpcore", "spnego"),
    "rras": ("pypsrp", "requests", "requests_credssp"),
    "twin": ("vici",),
    "rich": ("rich",),
}
"""What each extra brings; rich comes with none of them, and is not needed."""


def _without(box: Scene, names: tuple[str, ...], *words: str) -> subprocess.CompletedProcess[str]:
    given = [words[0], *box.site.words, *words[1:]]
    program = WITHOUT.format(names=set(names), words=given)
    done = subprocess.run(  # noqa: S603 -- our own words
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_60_without_any_extra_all_else_works(tmp_path: Path, capsys: Capture) -> None:
    every = tuple(name for names in PACKAGES.values() for name in names)
    with scene("cisco_ios", tmp_path, capsys) as box:
        for words, code in (
            (("validate",), 0),
            (("render",), 0),
            (("trust",), 0),
            (("plan",), 2),
            (("drift",), 2),
            (("push", "--yes"), 0),
            (("verify",), 0),
            (("rehearse",), 0),
            (("rollback", "--yes"), 0),
        ):
            done = _without(box, every, *words)
            assert done.returncode == code or words == ("rehearse",), (words, done.stderr)


def test_60_rras_without_its_extra(tmp_path: Path, capsys: Capture) -> None:
    with scene("rras", tmp_path, capsys) as box:
        for verb in ("push", "drift", "verify"):
            done = _without(box, PACKAGES["rras"], verb, *(("--yes",) if verb == "push" else ()))
            assert done.returncode == (1 if verb == "push" else 3), done.stderr
            assert "pip install 'appliance[rras]'" in done.stdout + done.stderr, verb
        assert box.old


def test_60_key_rings_without_their_extra(tmp_path: Path, capsys: Capture) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        text = box.site.inventory.read_text(encoding="utf-8")
        box.site.inventory.write_text(text.replace("env:STAGE_PSK", "keyring:azure/site-a"))
        done = _without(box, PACKAGES["keyring"], "push", "--yes")
        assert done.returncode == 1
        assert "pip install 'appliance[keyring]'" in done.stderr
        assert box.old


def test_60_the_lab_and_rehearsals_without_their_extras(tmp_path: Path, capsys: Capture) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        done = _without(box, PACKAGES["lab"], "lab")
        assert done.returncode == 64
        assert "pip install 'appliance[lab]'" in done.stderr
        done = _without(box, PACKAGES["twin"], "rehearse", "--new")
        assert done.returncode in {0, 3}
        assert "pip install 'appliance[twin]'" in done.stdout + done.stderr
