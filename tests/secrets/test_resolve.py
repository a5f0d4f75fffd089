"""References: what each kind gives, what is refused, and that no error repeats a secret."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import keyring.backend
import keyring.errors
import pytest

from appliance.errors import SecretError
from appliance.inventory.formats import SCHEMES, secret_reference
from appliance.model.secret import Secret, SecretRef
from appliance.secrets import SOURCES, parse_ref, resolve
from appliance.secrets.redact import REDACTOR


@pytest.fixture
def private(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "key"
        path.write_bytes(content)
        path.chmod(0o600)
        return path

    return write


def _refusal(reference: str, where: str = "site-a: psk") -> SecretError:
    ref = parse_ref(reference)
    assert ref is not None
    with pytest.raises(SecretError) as caught:
        resolve(ref, where=where)
    error = caught.value
    assert "Canary" not in "".join(traceback.format_exception(error)) + repr(error.__context__)
    assert error.where == where
    assert error.hint
    return error


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env:SITE_A", SecretRef("env", "SITE_A")),
        ("file:keys/a b", SecretRef("file", "keys/a b")),
        ("prompt:", SecretRef("prompt", "")),
        ("keyring:appliance/site-a", SecretRef("keyring", "appliance/site-a")),
        ("env:", None),
        ("env:A-B", None),
        ("env:Ä", None),
        ("file:", None),
        ("prompt:now", None),
        ("keyring:x", None),
        ("keyring:/x", None),
        ("vault:x", None),
        ("hunter2", None),
        ("", None),
    ],
)
def test_parse(text: str, expected: SecretRef | None) -> None:
    assert parse_ref(text) == expected
    assert (secret_reference(text) is None) == (expected is not None), "the inventory agrees"
    if expected is not None:
        assert str(expected) == text


def test_the_inventory_knows_the_same_kinds() -> None:
    assert set(SCHEMES) == set(SOURCES)


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_A_PSK", "Canary99")
    secret = resolve(SecretRef("env", "SITE_A_PSK"))
    assert secret == Secret("Canary99")
    assert "Canary" not in REDACTOR.mask("it is Canary99"), "known to the redactor from now on"
    monkeypatch.setenv("SITE_A_PSK", "")
    assert "is empty" in str(_refusal("env:SITE_A_PSK"))
    monkeypatch.delenv("SITE_A_PSK")
    error = _refusal("env:SITE_A_PSK")
    assert "SITE_A_PSK is not set" in error.message
    assert "export SITE_A_PSK" in error.hint


@pytest.mark.parametrize("value", ["Canary\nreload", "Canary\x1b[2J", "Canary\u202e", "C" * 5000])
def test_what_would_break_a_line_of_configuration(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_A_PSK", value)
    assert "no single line" in str(_refusal("env:SITE_A_PSK"))


@pytest.mark.parametrize("content", [b"Canary99", b"Canary99\n", b"Canary99\r\n"])
def test_file(content: bytes, private: Callable[[bytes], Path]) -> None:
    path = private(content)
    assert resolve(SecretRef("file", str(path))) == Secret("Canary99")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o602])
def test_file_open_to_others(mode: int, private: Callable[[bytes], Path]) -> None:
    path = private(b"Canary99")
    path.chmod(mode)
    error = _refusal(f"file:{path}")
    assert f"open to others (mode {mode:04o})" in error.message
    assert f"chmod 600 {path}" in error.hint


def test_link_to_a_private_file_and_to_an_open_one(
    private: Callable[[bytes], Path], tmp_path: Path
) -> None:
    path, link = private(b"Canary99"), tmp_path / "link"
    link.symlink_to(path)
    assert resolve(SecretRef("file", str(link))).reveal() == "Canary99"
    path.chmod(0o644)
    assert "open to others" in str(_refusal(f"file:{link}"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_file_of_another_user(private: Callable[[bytes], Path], tmp_path: Path) -> None:
    path, link = private(b"Canary99"), tmp_path / "link"
    link.symlink_to(path)
    os.chown(link, 12345, 12345, follow_symlinks=False)
    assert "another user" in str(_refusal(f"file:{link}"))
    os.chown(path, 12345, 12345)
    assert "another user" in str(_refusal(f"file:{path}"))


def test_files_that_are_none(private: Callable[[bytes], Path], tmp_path: Path) -> None:
    assert "does not exist" in str(_refusal(f"file:{tmp_path}/missing"))
    assert "Is a directory" in str(_refusal(f"file:{tmp_path}"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "no regular file" in str(_refusal(f"file:{pipe}"))
    assert "is empty" in str(_refusal(f"file:{private(b'')}"))
    assert "is empty" in str(_refusal(f"file:{private(chr(10).encode())}"))
    assert "no UTF-8" in str(_refusal(f"file:{private(b'Canary' + bytes([255]))}"))
    assert "larger than" in str(_refusal(f"file:{private(b'Canary' * 10000)}"))
    assert "no single line" in str(_refusal(f"file:{private(b'Canary' + b' x' + b'y' + bytes(1))}"))
    assert "no single line" in str(_refusal(f"file:{private(b'Canary1' + b'1' + bytes([10, 50]))}"))


def test_prompt_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert "no terminal" in str(_refusal("prompt:"))


def test_prompt_at_a_terminal_echoes_nothing() -> None:
    script = (
        "from appliance.secrets import parse_ref, resolve\n"
        "s = resolve(parse_ref('prompt:'), where='site-a: psk')\n"
        "print('typed', len(s.reveal()), s)\n"
    )
    master, slave = pty.openpty()
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", script],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    seen = b""
    while b"psk: " not in seen:
        seen += os.read(master, 1024)
    os.write(master, b"Canary99\n")
    while b"Secret(***)" not in seen:
        seen += os.read(master, 1024)
    assert child.wait(10) == 0
    os.close(master)
    assert b"site-a: psk: " in seen
    assert b"typed 8" in seen
    assert b"Canary" not in seen


class _Ring(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise keyring.errors.KeyringLocked("Canary99")
        return {("appliance", "site/a"): "Canary99"}.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_keyring() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(_Ring())  # type: ignore[no-untyped-call]  # keyring's base class
    try:
        assert resolve(SecretRef("keyring", "appliance/site/a")).reveal() == "Canary99"
        assert "keyring set appliance b" in str(_refusal("keyring:appliance/b"))
        with pytest.raises(SecretError, match="KeyringLocked"):
            resolve(SecretRef("keyring", "locked/a"))
    finally:
        keyring.set_keyring(before)


def test_keyring_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "appliance[keyring]" in _refusal("keyring:a/b").hint


def test_an_unknown_kind() -> None:
    with pytest.raises(SecretError, match="use one of env:, file:, prompt:, keyring:"):
        resolve(SecretRef("vault", "x"))


@pytest.mark.parametrize("mask", ["***", "*****", "<pre-shared-key>"])
def test_a_mask_is_no_secret(mask: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_A", mask)
    assert _refusal("env:SITE_A").message == "env:SITE_A holds a mask, not a secret"
