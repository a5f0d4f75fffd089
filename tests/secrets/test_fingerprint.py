"""Fingerprints: stable on a machine, different between machines, and no way back."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import SecretError
from appliance.model.secret import Secret
from appliance.secrets import fingerprint as module
from appliance.secrets.fingerprint import fingerprint


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    module._key.cache_clear()  # another home is another machine
    return tmp_path


def test_same_secret_same_name() -> None:
    first = fingerprint(Secret("Canary99"))
    assert re.fullmatch(r"hmac:[0-9a-f]{16}", first)
    assert fingerprint(Secret("Canary99")) == first
    assert fingerprint(Secret("Canary98")) != first


def test_the_key_is_kept_privately_and_used_by_the_next_process(state_home: Path) -> None:
    here = fingerprint(Secret("Canary99"))
    key = state_home / "appliance" / "fingerprint.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert len(key.read_bytes()) == 32
    assert [entry.name for entry in key.parent.iterdir()] == ["fingerprint.key"]
    script = (
        "from appliance.secrets.fingerprint import fingerprint\n"
        "from appliance.model.secret import Secret\n"
        "print(fingerprint(Secret('Canary99')))"
    )
    there = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert there.stdout.strip() == here


def test_another_machine_gives_another_name(state_home: Path) -> None:
    here = fingerprint(Secret("Canary99"))
    (state_home / "appliance" / "fingerprint.key").unlink()
    module._key.cache_clear()  # another machine
    assert fingerprint(Secret("Canary99")) != here


def test_no_place_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", os.devnull)
    module._key.cache_clear()  # another machine
    assert fingerprint(Secret("Canary99")) == fingerprint(Secret("Canary99"))


def test_an_open_or_damaged_key_is_refused(state_home: Path) -> None:
    fingerprint(Secret("Canary99"))
    key = state_home / "appliance" / "fingerprint.key"
    key.chmod(0o644)
    module._key.cache_clear()  # another process
    with pytest.raises(SecretError, match="open to others"):
        fingerprint(Secret("Canary99"))
    key.chmod(0o600)
    key.write_bytes(b"short")
    with pytest.raises(SecretError, match="damaged"):
        fingerprint(Secret("Canary99"))
