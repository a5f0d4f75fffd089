"""Rows 47 and 48: the disk that journal and reports are written to is full, or no good."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.rows import VENDORS
from tests.faults.scene import End, Scene, scene
from tests.push.dying import Moment, push

ROOT = Path(__file__).resolve().parents[2]
_NAMESPACE = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-r", "--mount")
_PYTHON = (sys.executable, "-m")
GOES_BACK = ("send", "sent", "holds", "proven", "confirm")
IS_KEPT = ("kept", "saved")
ENDS = {"arm": 4, "armed": 1, **dict.fromkeys(GOES_BACK, 5), **dict.fromkeys(IS_KEPT, 0)}
OTHERS = tuple(driver for driver in VENDORS if driver != "cisco_ios")


def _on_a_disk(size: str, words: tuple[str, ...], *, first: str = "true") -> End:
    """A command whose state directory is a real disk of that size, with the pinned keys on it."""
    state = os.environ["XDG_STATE_HOME"]
    kept = f"{state}-kept"
    steps = (
        f"cp -rp {state} {kept}",
        f"mount -t tmpfs -o size={size},mode=700 none {state}",
        f"cp -rp {kept}/. {state}",
        first.format(state=state),
        f"exec {shlex.join(words)}",
    )
    done = subprocess.run(  # noqa: S603 -- the tests' own words
        [*_NAMESPACE, "sh", "-c", " && ".join(steps)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return End(code=done.returncode, told=done.stdout + done.stderr)


def _push(box: Scene) -> tuple[str, ...]:
    return ("push", *box.site.words, "--yes", "--wait-seconds", "30")


@pytest.mark.parametrize("size", ["4k", "40k", "1m"])
def test_47_a_full_disk_is_refused_before_the_first_line(
    size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        done = _on_a_disk(size, (*_PYTHON, "appliance", *_push(box)))
        assert done.code == 4, done.told
        assert "make room, or point XDG_STATE_HOME elsewhere" in done.told
        assert box.old


@pytest.mark.parametrize(
    ("driver", "event"),
    [
        *(("cisco_ios", event) for event in ENDS),
        *(
            (driver, event)
            for driver in VENDORS
            if driver != "cisco_ios"
            for event in ("send", "kept")
        ),
    ],
)
def test_47_a_disk_that_fills_during_a_push(
    driver: str, event: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real ENOSPC: refused before anything is armed, then taken back; what is confirmed is kept."""
    with scene(driver, tmp_path, capsys) as box:
        filling = (*_PYTHON, "tests.faults.filling", event, os.environ["XDG_STATE_HOME"])
        done = _on_a_disk("16m", (*filling, *_push(box)))
        code = ENDS[event]
        assert done.code == code, done.told
        assert "the journal cannot be written: " in done.told
        assert ("the change is taken back" in done.told) is (code in {1, 5})
        assert (f"appliance recover {box.site.site}" in done.told) is (code == 0)
        assert box.new if code == 0 else box.old


@pytest.mark.parametrize("driver", VENDORS)
def test_47_a_disk_that_fills_during_a_recovery(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The device is brought back all the same, and the entry can be ended later."""
    with scene(driver, tmp_path, capsys) as box:
        log = tmp_path / "push.log"
        words = [*box.site.words, "--yes", "--no-wait"]
        assert push(words, Moment(4, written=True), log), log.read_text("utf-8")
        assert box.state == "sending"
        filling = (*_PYTHON, "tests.faults.filling", "back", os.environ["XDG_STATE_HOME"])
        done = _on_a_disk("16m", (*filling, "recover", *box.site.words))
        assert done.code == 0, done.told
        assert "the journal cannot be written: " in done.told
        assert f"make room, then `appliance recover {box.site.site}`" in done.told
        assert box.old
        assert box.run("recover", *box.site.words).code == 0
        assert box.state == "rolled back"
        assert box.old


def test_48_a_read_only_state_directory_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        first = "mkdir -p {state}/appliance && mount -o remount,ro {state}"
        done = _on_a_disk("16m", (*_PYTHON, "appliance", *_push(box)), first=first)
        assert done.code == 4, done.told
        assert "the state directory cannot be used: Read-only file system" in done.told
        assert "XDG_STATE_HOME" in done.told
        assert box.old
        looked = ("drift", *box.site.words)
        done = _on_a_disk("16m", (*_PYTHON, "appliance", *looked), first=first)
        assert done.code == 2, "what only reads works all the same"


def test_48_somebody_elses_state_directory_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        with monkeypatch.context() as patched:
            patched.setattr(os, "geteuid", lambda: os.getuid() + 1)
            done = box.push()
        assert done.code == 4, done.told
        assert "the state directory cannot be used: it belongs to another user" in done.told
        assert box.old


def test_48_an_open_state_directory_is_closed_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "appliance"
    with scene("cisco_ios", tmp_path, capsys) as box:
        for path in (state, *state.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o644)
        assert box.push().code == 0
        assert state.stat().st_mode & 0o777 == 0o700
        assert (state / "journal.db").stat().st_mode & 0o777 == 0o600


def test_48_host_keys_that_others_may_write_are_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "appliance"
    with scene("cisco_ios", tmp_path, capsys) as box:
        (file,) = (state / "known_hosts").iterdir()
        file.chmod(0o666)
        done = box.push()
        assert done.code == 1
        assert "others may write it" in done.told
        file.chmod(0o600)
        assert box.old


def test_48_a_key_file_that_others_may_read_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        key = tmp_path / "key"
        key.write_text("Canary-4711-battery\n", encoding="utf-8")
        key.chmod(0o644)
        text = box.site.inventory.read_text(encoding="utf-8")
        box.site.inventory.write_text(text.replace("env:STAGE_PSK", f"file:{key}"))
        done = box.push()
        assert done.code == 1
        assert "is open to others (mode 0644)" in done.told
        assert box.old


@pytest.mark.parametrize("verb", [("render",), ("drift", "-o", "json"), ("history",)])
def test_47_a_report_that_cannot_be_written_is_no_success(
    verb: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("cisco_ios", tmp_path, capsys) as box:
        assert box.push().code == 0
        words = [verb[0], *(box.site.words if verb[0] != "history" else [box.site.site]), *verb[1:]]
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(  # noqa: S603 -- as above
                [*_PYTHON, "appliance", *words],
                cwd=ROOT,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                timeout=60,
            )
        assert done.returncode in {1, 3}, done.stderr
        assert "standard output cannot be written: No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr


def test_47_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(os.environ["XDG_STATE_HOME"]) / "site-a.cfg"
    with scene("cisco_ios", tmp_path, capsys) as box:
        render = ("render", *box.site.words, "--with-secrets", "--out", str(file))
        filled = (
            "{{ dd if=/dev/zero of={state}/filler bs=4k 2>&1 || true; }} && stat -c %s {state}/*"
        )
        done = _on_a_disk("64k", (*_PYTHON, "appliance", *render), first=filled)
        assert done.code == 64, done.told
        assert f"cannot write {file}: No space left on device" in done.told
