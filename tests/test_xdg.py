"""Where files of ours are, and what happens where there is no such place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance import cache, xdg
from appliance.errors import ConnectError, RefusedError
from appliance.journal import state_directory
from appliance.model.secret import Secret
from appliance.secrets.fingerprint import fingerprint
from appliance.session import hostkeys

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def test_the_variable_decides_unless_it_is_relative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/netops")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/lib/x")
    assert xdg.folder("XDG_STATE_HOME") == "/var/lib/x/appliance"
    for ignored in ("", "state", "./state"):
        monkeypatch.setenv("XDG_STATE_HOME", ignored)
        assert xdg.folder("XDG_STATE_HOME") == "/home/netops/.local/state/appliance"
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert xdg.folder("XDG_CACHE_HOME") == "/home/netops/.cache/appliance"


def test_without_a_home_it_is_said_and_nothing_is_made_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that runs as any user."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    with pytest.raises(RefusedError, match="no home directory is known") as refused:
        state_directory()
    assert "XDG_STATE_HOME" in refused.value.hint
    assert hostkeys.lookup("site-a", "192.0.2.1") is None
    with pytest.raises(ConnectError, match="cannot be kept: no home directory is known"):
        hostkeys.pin("site-a", "192.0.2.1", 22, KEY)
    cache.write("x", b"y")
    with pytest.raises(OSError, match="no home directory"):
        cache.read("x")
    assert fingerprint(Secret("a")) == fingerprint(Secret("a"))
    assert list(tmp_path.iterdir()) == []
