"""A key goes through every verb and failure on every vendor; all that is written is searched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from appliance.cli import VERBS, main, tour
from appliance.lab.faults import Fault, Kind, drop_after, drop_before, refuse
from appliance.lab.login import ENABLE, PASSWORD
from tests.canary.recorder import CRASH, KILL, Ran, World
from tests.canary.search import files, leaks
from tests.push import stage as stages
from tests.push.stage import ROOT, SITES, Stage, stage

KEY = "Canary+4711/In=TheCoalMine"
MD5 = "Circuit4711Canary"

ASKED_FOR = {"rendered.cfg", "opened.cfg"}
"""What is written with keys in it, since somebody asked for that: with --out, 0600."""

SAYS_THE_KEY = {
    "cisco_ios": "pre-shared-key",
    "cisco_asa": "pre-shared-key",
    "juniper_junos": "pre-shared-key",
    "rras": "Add-VpnS2SInterface",
    "strongswan": r"cat >\S*conf\.d",
}
"""How the command reads, for the device, in which the key is sent."""


@contextmanager
def _world(
    driver: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, faults: Iterable[Fault] = ()
) -> Iterator[tuple[World, Stage]]:
    """A site on its stage, and a world that leads to it, in which the key stands in one file."""
    given, home, kept = (folder / name for name in ("given", "home", "kept"))
    for one in (given, home / "tmp", kept):
        one.mkdir(parents=True)
    monkeypatch.setattr(stages, "KEY", KEY)
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    secrets = {"STAGE_PASSWORD": PASSWORD, "STAGE_ENABLE": ENABLE}
    with stage(driver, given, faults=faults) as site:
        _refer(site, given / "key")
        world = World(home=home, kept=kept, environment={"PATH": "/usr/sbin:/usr/bin", **secrets})
        yield world, site
    _silent(world)


def _refer(site: Stage, key: Path) -> None:
    """The key moves into a file that the inventory names, and into Azure's export."""
    key.touch(0o600)
    key.write_text(f"{KEY}\n", encoding="utf-8")
    exports = key.parent / "exports"
    document = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    said = document["sites"][site.site]
    shutil.copytree(said["azure"]["export"], exports)
    connection = exports / "connection.json"
    exported = json.loads(connection.read_text(encoding="utf-8"))
    exported["sharedKey"] = KEY
    connection.write_text(json.dumps(exported), encoding="utf-8")
    said["psk"] = f"file:{key}"
    document.setdefault("defaults", {})["snapshots"] = {"seal_to": str(_sealing(key.parent))}
    said["azure"]["export"] = str(exports)
    site.inventory.write_text(yaml.safe_dump(document), encoding="utf-8")
    del said["psk"]
    (key.parent / "exported.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")


def _sealing(folder: Path) -> Path:
    """A pair of keys for sealed snapshots; the public one."""
    private = X25519PrivateKey.generate()
    kept = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "seal.key").touch(0o600)
    (folder / "seal.key").write_bytes(kept)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "seal.pub").write_bytes(public)
    return folder / "seal.pub"


def _silent(world: World) -> None:
    told = files(world.home) | files(world.kept)
    assert any(name.endswith("journal.db") for name in told)
    assert sum(name.endswith(".log") for name in told) == sum(
        name.endswith(".out") for name in told
    )
    assert leaks(KEY, told) == ()
    assert {Path(path).name for path in world.strayed} <= ASKED_FOR


@pytest.mark.timeout(500)
@pytest.mark.parametrize("driver", SITES)
def test_a_key_shows_in_nothing_that_any_verb_writes(
    driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _world(driver, tmp_path, monkeypatch) as (world, site):
        given = site.inventory.parent
        words = [site.site, "-i", str(site.inventory)]
        _offline(world, words, given)
        _around_a_push(world, words, driver)
        saved = given / "running.txt"
        saved.write_text(site.read(), encoding="utf-8")
        _looking(world, words, driver, saved)
        assert world.run("rollback", *words, "--yes", "--diff").code == 0
        _approved(world, words, given)
        assert world.run("push", site.site, "-i", str(given / "exported.yaml"), "--yes").code == 0
        assert KEY in json.dumps(site.read()) or driver in {"cisco_asa", "rras", "juniper_junos"}
        lab = world.run("lab", *words, "--port", "0", stop_at="password ")
        assert lab.code == 143, lab.err
        told = {path.name.partition("-")[2].partition(".")[0] for path in world.kept.glob("*.out")}
        assert told == set(VERBS), "a verb that nobody asked"


def _offline(world: World, words: list[str], given: Path) -> None:
    for verb in (
        ("init",),
        ("doctor",),
        ("validate", "-v", *words),
        ("explain", "AZ-KEY-001"),
        ("schema", "inventory"),
        ("import", "azure", str(given / "exports")),
        ("import", "azure", str(given / "exports"), "-o", "json"),
        ("import", "azure", str(given / "exports"), "--write", "site-x"),
        ("render", *words),
        ("render", *words, "-o", "json"),
    ):
        assert world.run(*verb).code in {0, 64}, verb
    written = given / "rendered.cfg"
    done = world.run("render", *words, "--with-secrets", "--out", str(written))
    assert done.code == 0 or "a script for" in done.err
    assert not written.exists() or KEY in written.read_text(encoding="utf-8").replace("\\", "")


def _around_a_push(world: World, words: list[str], driver: str) -> None:
    assert world.run("trust", *words).code == 0
    assert world.run("plan", *words).code == 2
    assert world.run("plan", *words, "-o", "json").code == 2
    assert world.run("push", *words, "--dry-run", "--diff").code == 2
    rehearsed = world.run("rehearse", *words, "-o", "json")
    assert rehearsed.code in {0, 3}, rehearsed.err
    pushed = world.run("push", *words, "--yes", "--diff", "-o", "json")
    assert pushed.code == 0, pushed.err
    assert json.loads(pushed.out)["outcome"] == "pushed", driver
    assert world.run("push", *words, "--yes").code == 0


def _looking(world: World, words: list[str], driver: str, saved: Path) -> None:
    for verb in (
        ("history", words[0]),
        ("history", words[0], "--show", "1"),
        *(("history", words[0], "--show", "1", one) for one in ("before", "after", "change")),
        ("verify", *words, "-o", "json"),
        ("drift", *words, "-o", "json"),
        ("drift", *words, "--running", str(saved)),
        ("parse", "--driver", driver, str(saved)),
        ("parse", "--driver", driver, str(saved), "--cross-check", "-o", "json"),
        ("prove", *words, "--running", str(saved), "-o", "json"),
        ("explain", words[0], *words[1:]),
        ("explain", str(saved), "--driver", driver),
        ("prove", *words),
        ("prove", *words, "--running", str(saved), "-o", "json"),
        ("status", *words, "--refresh"),
        ("status", *words, "-o", "json"),
        ("report", *words, "--refresh", "--html", "report.html"),
        ("recover", *words),
    ):
        done = world.run(*verb)
        assert done.code in {0, 1, 2, 3}, (verb, done.err)
        assert "Traceback" not in done.err, (verb, done.err)


def _approved(world: World, words: list[str], given: Path) -> None:
    """A plan file, signed, pushed; and the snapshots that are kept sealed with it."""
    signing = Ed25519PrivateKey.generate()
    kept = signing.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (given / "signing").touch(0o600)
    (given / "signing").write_bytes(kept)
    public = signing.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    planned = world.run("plan", *words, "--out", "site.plan", "--sign", str(given / "signing"))
    assert planned.code == 2, planned.err
    signers = given / "signers"
    signers.write_text(f"* {public}\n", encoding="utf-8")
    pushed = world.run(
        "push", "--plan", "site.plan", "--signers", str(signers), *words[1:], "--yes", "--diff"
    )
    assert pushed.code == 0, pushed.err
    assert world.run("push", "--all", *words[1:], "--yes").code == 0
    opened = world.run(
        "history",
        words[0],
        "--snapshot",
        "1",
        "--key",
        f"file:{given / 'seal.key'}",
        "--out",
        str(given / "opened.cfg"),
    )
    assert opened.code == 0, opened.err


ECHO = f"% Invalid input: 'pre-shared-key {KEY}' {KEY!r}"
FAILURES: dict[str, tuple[Fault | None, str, int]] = {
    "refused, and repeated by the device": (refuse(ECHO), "", 5),
    "cut before it is read": (drop_before(), "", 5),
    "cut after it is read": (drop_after(), "", 5),
    "a crash of ours that quotes it": (None, CRASH, 1),
    "killed": (None, KILL, -9),
}


@pytest.mark.timeout(500)
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("driver", SITES)
def test_a_key_shows_in_nothing_whatever_fails_when_it_is_sent(
    driver: str, failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault, dying, code = FAILURES[failure]
    faults = [] if fault is None else [_at_the_key(fault, driver)]
    with _world(driver, tmp_path, monkeypatch, faults=faults) as (world, site):
        words = [site.site, "-i", str(site.inventory)]
        pushed = world.run("push", *words, "--yes", "--diff", dying=dying)
        assert pushed.code == code, pushed.err
        _told(failure, pushed)
        assert world.run("recover", *words).code == 0
        assert world.run("history", site.site, "--show", "1").code == 0
        assert site.old


def _at_the_key(fault: Fault, driver: str) -> Fault:
    """Junos takes all statements together, and refuses them when they are checked."""
    if driver == "juniper_junos" and fault.kind is Kind.REFUSE:
        return replace(fault, command="^commit check", at=1, text=f"error: {fault.text}")
    return replace(fault, command=SAYS_THE_KEY[driver], at=1)


def _told(failure: str, pushed: Ran) -> None:
    if failure.startswith("refused"):
        assert "Invalid input" in pushed.err
    if failure.startswith("a crash"):
        assert "ValueError: nobody expects" in pushed.err


_LOOKING_FOR_A_LIBRARY = tuple(
    f"'{program}'".encode()
    for folder in ("", "/usr/bin/", "/sbin/")
    for program in (f"{folder}gcc", f"{folder}cc", f"{folder}ld", f"{folder}ldconfig")
)
"""What Python itself starts for the lab's SSH server, which asks whether liboqs is installed."""


def test_programs_that_are_started_are_not_told_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the key is in a variable of ours: the namespaces of rehearsals and of the lab."""
    with _world("strongswan", tmp_path, monkeypatch) as (world, site):
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        given["sites"][site.site]["psk"] = "env:STAGE_PSK"
        site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
        words = [site.site, "-i", str(site.inventory)]
        told = replace(world, environment={**world.environment, "STAGE_PSK": KEY})
        assert told.run("rehearse", *words, "--new").code == 0
        assert told.run("lab", *words, "--port", "0", stop_at="password ").code == 143
        assert told.run("push", *words, "--yes").code == 0
        started = {path: path.read_bytes() for path in world.kept.glob("*.gone")}
        assert sum(b"unshare" in one for one in started.values()) >= 2, "namespaces need a program"
        for path, one in started.items():
            if one.startswith(_LOOKING_FOR_A_LIBRARY):
                path.unlink()


class _Kept:
    """In place of a temporary folder: one that can be looked into afterwards."""

    folder = ""

    def __init__(self, prefix: str) -> None:
        assert prefix

    def __enter__(self) -> str:
        return self.folder

    def __exit__(self, *_: object) -> None:
        return


def test_the_tours_own_key_shows_nowhere(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(
        tour, "secrets", SimpleNamespace(token_hex=lambda size: {8: MD5}.get(size, KEY))
    )
    monkeypatch.setattr(tour, "tempfile", SimpleNamespace(TemporaryDirectory=_Kept))
    monkeypatch.setattr(_Kept, "folder", str(tmp_path))
    assert main(["lab", "tour", "-i", str(ROOT / "inventory.yaml")]) == 0
    printed = capfd.readouterr()
    assert "13 of 13 sites" in printed.out
    told = {"out": printed.out.encode(), "err": printed.err.encode(), **files(tmp_path)}
    assert any(name.endswith("journal.db") for name in told)
    assert leaks(KEY, told) == leaks(MD5, told) == ()
