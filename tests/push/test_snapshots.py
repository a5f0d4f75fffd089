"""Whole configurations in the journal: left out, or sealed to a key that is not on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from appliance import journal
from appliance.cli import main
from appliance.errors import UsageError
from appliance.plan import plan
from tests.push.dying import Moment, push
from tests.push.stage import KEY, SITES, Stage, stage

ANOTHER = "Another-0815-key"
SHOWS_KEYS = ("cisco_ios", "juniper_junos", "strongswan")
PUSH = ("--yes", "--no-wait")
Read = pytest.CaptureFixture[str]


def _pair(
    folder: Path,
    name: str = "snapshots",
    key: X25519PrivateKey | Ed25519PrivateKey | None = None,
    closed: KeySerializationEncryption | None = None,
) -> tuple[str, str]:
    """Paths of a public and a private key, as `openssl genpkey` and `openssl pkey` write them."""
    made = key or X25519PrivateKey.generate()
    public, private = folder / f"{name}.pub", folder / f"{name}.key"
    form = PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(made.public_key().public_bytes(Encoding.PEM, form))
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed or NoEncryption())
    private.touch(mode=0o600)
    private.write_bytes(pem)
    return str(public), str(private)


def _opens(site: Stage, key: str, out: Path, *words: str) -> int:
    return main(["history", site.site, "--snapshot", *words, "--key", key, "--out", str(out)])


def _kept(state: Path) -> bytes:
    return b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())


@pytest.mark.parametrize("driver", SITES)
def test_what_was_sealed_opens_to_what_the_device_showed(
    driver: str, tmp_path: Path, state: Path, capsys: Read
) -> None:
    public, private = _pair(tmp_path)
    with stage(driver, tmp_path, snapshots={"seal_to": public}) as site:
        assert main(["push", *site.words, *PUSH]) == 0
        before, after = tmp_path / "before.cfg", tmp_path / "after.cfg"
        assert _opens(site, f"file:{private}", before, "1") == 0
        assert _opens(site, f"file:{private}", after, "1", "after") == 0
        assert before.stat().st_mode & 0o777 == 0o600
        assert site.driver.differing(site.before, before.read_text()) == ()
        assert site.driver.differing(site.read(), after.read_text()) == ()
        tunnels = site.driver.parse(after.read_text()).tunnels
        assert tunnels == site.driver.parse(site.read()).tunnels, "with their keys"
        assert (KEY in after.read_text()) == (driver in {"cisco_ios", "strongswan"})
        assert KEY.encode() not in _kept(state)
        told = capsys.readouterr()
        assert KEY not in told.out + told.err


def test_without_a_key_to_seal_to_nothing_whole_is_kept(
    tmp_path: Path, state: Path, capsys: Read
) -> None:
    _, private = _pair(tmp_path)
    with stage("cisco_ios", tmp_path) as site:
        assert main(["push", *site.words, *PUSH]) == 0
        assert journal.snapshots(1) == {}
        assert _opens(site, f"file:{private}", tmp_path / "out", "1") == 64
        assert "nothing was sealed: snapshots.seal_to in the inventory" in capsys.readouterr().err
        assert main(["rollback", *site.words, *PUSH, "--key", f"file:{private}"]) == 64
        assert not (tmp_path / "out").exists()
        assert KEY.encode() not in _kept(state)


def test_a_wrong_key_and_a_missing_one_are_told_apart(tmp_path: Path, capsys: Read) -> None:
    public, private = _pair(tmp_path)
    _, wrong = _pair(tmp_path, "wrong")
    _, other = _pair(tmp_path, "other", Ed25519PrivateKey.generate())
    _, closed = _pair(tmp_path, "closed", closed=BestAvailableEncryption(b"word"))
    with stage("cisco_ios", tmp_path, snapshots={"seal_to": public}) as site:
        assert main(["push", *site.words, *PUSH]) == 0
        out = tmp_path / "out"
        told = {
            f"file:{wrong}": (64, "does not open with this key"),
            f"file:{other}": (1, "no X25519 private key in PEM form"),
            f"file:{closed}": (1, "without a pass phrase"),
            f"file:{public}": (1, "is open to others"),
            f"file:{private}.gone": (1, "does not exist"),
            "env:NO_SUCH_KEY": (1, "NO_SUCH_KEY is not set"),
            "-----BEGIN PRIVATE KEY-----": (64, "--key takes a reference, never a key"),
            "prompt:": (64, "--key takes a reference, never a key"),
        }
        for key, (code, words) in told.items():
            assert (_opens(site, key, out, "1"), key) == (code, key)
            assert words in capsys.readouterr().err
        assert main(["history", site.site, "--snapshot", "1", "--out", str(out)]) == 64
        assert "is sealed, and no key is given" in capsys.readouterr().err
        assert main(["history", site.site, "--snapshot", "1", "--key", f"file:{private}"]) == 64
        assert "--snapshot needs --out FILE" in capsys.readouterr().err
        assert _opens(site, f"file:{private}", out, "1", "change") == 64
        assert "there are: after, before" in capsys.readouterr().err
        assert not out.exists()
        out.write_text("mine")
        assert _opens(site, f"file:{private}", out, "1") == 64
        assert (out.read_text(), "is there already" in capsys.readouterr().err) == ("mine", True)
        os.environ["SNAPSHOT_KEY"] = Path(private).read_text()
        assert _opens(site, "env:SNAPSHOT_KEY", tmp_path / "other", "1") == 0


def test_texts_that_were_exchanged_in_the_journal_do_not_open(tmp_path: Path) -> None:
    public, private = _pair(tmp_path)
    pem = Path(private).read_text()
    seal = journal.sealer(public, "site-a")
    data = seal(7, "before", "hostname r1\n")
    assert journal.opened(data, pem, 7, "before") == "hostname r1\n"
    assert seal(7, "before", "hostname r1\n") != data
    for run, name, altered in (
        (8, "before", data),
        (7, "after", data),
        (7, "before", data[:-1] + bytes([data[-1] ^ 1])),
        (7, "before", data[:20]),
        (7, "before", b""),
    ):
        with pytest.raises(UsageError):
            journal.opened(altered, pem, run, name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file or directory"),
        (b"", "no X25519 public key in PEM form"),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "no X25519 public key in PEM form"),
        ("ed25519", "no X25519 public key in PEM form"),
        ("private", "no X25519 public key in PEM form"),
    ],
)
def test_a_push_that_cannot_seal_is_refused_before_the_first_line(
    content: bytes | str | None, words: str, tmp_path: Path, capsys: Read
) -> None:
    path, private = _pair(tmp_path, key=Ed25519PrivateKey.generate())
    if content is None:
        Path(path).unlink()
    elif content == "private":
        path = private
    elif isinstance(content, bytes):
        Path(path).write_bytes(content)
    with stage("cisco_ios", tmp_path, snapshots={"seal_to": path}) as site:
        assert main(["push", *site.words, *PUSH]) == 4
        told = capsys.readouterr().err
        assert "snapshots cannot be sealed" in told
        assert words in told
        assert "openssl genpkey -algorithm X25519" in told
        assert site.old
        assert journal.history(site.site) == ()


def test_a_library_that_cannot_seal_is_named(
    tmp_path: Path, capsys: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, _ = _pair(tmp_path)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.hpke", None)
    with stage("cisco_ios", tmp_path, snapshots={"seal_to": public}) as site:
        assert main(["push", *site.words, *PUSH]) == 4
        assert "needs cryptography 47 or newer" in capsys.readouterr().err
        assert site.old


def test_recovery_takes_a_former_key_from_the_seal(tmp_path: Path, capsys: Read) -> None:
    """IOS with no timer: the recorded inverse is the only way back, and it needs the key."""
    public, private = _pair(tmp_path)
    with stage("cisco_ios", tmp_path, snapshots={"seal_to": public}) as site:
        assert main(["push", *site.words, *PUSH]) == 0
        former = site.driver.parse(site.read()).tunnels
        with site.key(ANOTHER):
            made = plan(site.job.intent, site.driver.parse(site.read()), site.driver)
            moment = Moment(2 + len(made.change.steps) + 1, written=True)
            log = tmp_path / "push.log"
            words = [*site.words, *PUSH, "--protection", "inverse"]
            assert push(words, moment, log), log.read_text("utf-8")
            assert main(["recover", *site.words]) == 6
            told = capsys.readouterr().err
            assert "the way back needs a key that is kept nowhere" in told
            assert "or run it with --key REF" in told
            assert main(["recover", *site.words, "--key", f"file:{private}"]) == 0
        assert site.driver.parse(site.read()).tunnels == former
        assert journal.history(site.site)[0].state == "rolled back"
        assert KEY not in "".join(capsys.readouterr())


@pytest.mark.parametrize("driver", SHOWS_KEYS)
def test_a_former_key_comes_back_from_the_seal(driver: str, tmp_path: Path, capsys: Read) -> None:
    public, private = _pair(tmp_path)
    with stage(driver, tmp_path, snapshots={"seal_to": public}) as site:
        assert main(["push", *site.words, *PUSH]) == 0
        former = site.driver.parse(site.read()).tunnels
        with site.key(ANOTHER):
            assert main(["push", *site.words, *PUSH]) == 0
            assert site.driver.parse(site.read()).tunnels != former
            assert main(["rollback", *site.words, *PUSH]) == 4
            assert "open the sealed snapshot with --key" in capsys.readouterr().err
            assert main(["rollback", *site.words, *PUSH, "--key", f"file:{private}"]) == 0
        assert site.driver.parse(site.read()).tunnels == former
        told = capsys.readouterr()
        assert KEY not in told.out + told.err
