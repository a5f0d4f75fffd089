"""Logging in by a key file, and servers that do not speak SSH as they should."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import asyncssh
import paramiko
import pytest

from appliance.errors import AuthenticationError, ConnectError
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.failures import translated
from appliance.session.hostkeys import offers
from appliance.session.ssh import open_ssh
from appliance.session.transport import Transport, our_offer
from tests.session.server import Box, serve
from vendors.cisco_ios.session import IOS

PASSPHRASE = "canary-Phrase-7"


def _written(folder: Path, *, encrypted: bool = False) -> tuple[Path, str]:
    """A new private key in a file, and its public one as OpenSSH text."""
    file = folder / "id"
    phrase = PASSPHRASE if encrypted else ""
    make = ["ssh-keygen", "-q", "-t", "ecdsa", "-a", "1", "-N", phrase, "-f", str(file)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words
    return file, file.with_suffix(".pub").read_text(encoding="ascii")


def _logged_in(box: Box, file: Path, password: str | None, authorized: str) -> str:
    """The prompt of a box that lets in who holds the authorized key."""
    allowed = asyncssh.import_authorized_keys(authorized)
    with serve(box, authorized_client_keys=allowed) as at:
        where = Target(
            site="site-a", host="127.0.0.1", port=at.port, host_key=at.host_key, timeout=5
        )
        secret = None if password is None else Secret(password)
        who = Credentials(username="admin", password=secret, key_file=str(file))
        with open_ssh(where, who, IOS) as session:
            return session.prompt


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_key_file_logs_in(tmp_path: Path, *, encrypted: bool) -> None:
    file, public = _written(tmp_path, encrypted=encrypted)
    box = Box()
    assert _logged_in(box, file, PASSPHRASE if encrypted else None, public) == "site-a-rtr"
    assert box.logins == []


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_key_that_is_refused_is_a_refused_login(tmp_path: Path, *, encrypted: bool) -> None:
    """And its passphrase is nothing that the device gets to see."""
    (tmp_path / "other").mkdir()
    file, _ = _written(tmp_path, encrypted=encrypted)
    _, other = _written(tmp_path / "other")
    box = Box()
    with pytest.raises(AuthenticationError, match="login refused"):
        _logged_in(box, file, PASSPHRASE if encrypted else None, other)
    assert box.logins == []


def test_a_wrong_passphrase_is_not_tried_as_a_password(tmp_path: Path) -> None:
    file, public = _written(tmp_path, encrypted=True)
    box = Box()
    with pytest.raises(AuthenticationError, match="its passphrase is wrong"):
        _logged_in(box, file, "canary-Other-1", public)
    with pytest.raises(AuthenticationError, match="is encrypted"):
        _logged_in(box, file, None, public)
    assert box.logins == []


@pytest.mark.parametrize("held", [None, b"", b"no key\n", b"\xff\xfe\x00", "damaged"])
def test_a_key_file_that_cannot_be_used_is_named(tmp_path: Path, held: bytes | str | None) -> None:
    file, public = _written(tmp_path)
    text = file.read_bytes()
    if held is None:
        file.unlink()
    else:
        file.write_bytes(held if isinstance(held, bytes) else text[:60] + text[64:])
    with pytest.raises(AuthenticationError) as caught:
        _logged_in(Box(), file, None, public)
    assert str(file) in caught.value.hint


def _says(words: bytes) -> socket.socket:
    """A listener whose first caller is told this, and nothing else."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        caller, _ = listener.accept()
        with caller, suppress(OSError):
            caller.sendall(words)
            while caller.recv(4096):
                pass

    threading.Thread(target=answer, daemon=True).start()
    return listener


def _greeting(names: bytes) -> bytes:
    """A server's version and its SSH_MSG_KEXINIT (RFC 4253, 7.1) with this list of exchanges."""
    payload = b"\x14" + bytes(16) + struct.pack(">I", len(names)) + names + bytes(9 * 4 + 5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    head = struct.pack(">IB", len(payload) + padding + 1, padding)
    return b"SSH-2.0-odd\r\n" + head + payload + bytes(padding)


@pytest.mark.parametrize(
    "words", [_greeting(b"\xf0\xf0"), b"SSH-2.0-odd\r\n" + bytes([0, 0, 0, 2]) * 2]
)
def test_a_server_that_cannot_be_understood_is_an_error_of_ours(words: bytes) -> None:
    with _says(words) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConnectError) as caught:
            offers(Target(site="site-a", host="127.0.0.1", port=port, timeout=1))
    assert caught.value.where == f"127.0.0.1:{port}"


def test_what_an_unknown_server_says_does_nothing_to_the_terminal() -> None:
    with _says(_greeting(b"\x1b[31mred\x07")) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConnectError, match="red") as caught:
            offers(Target(site="site-a", host="127.0.0.1", port=port, timeout=5))
    assert caught.value.message.isprintable()
    words = translated(paramiko.SSHException("\x1b]0;x\x07"), where="site-a").message
    assert words.isprintable()


@pytest.mark.parametrize("raised", [UnicodeDecodeError("utf-8", b"", 0, 1, "x"), IndexError("x")])
def test_what_breaks_in_paramikos_thread_is_raised_as_its_own_error(raised: Exception) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        transport = Transport(ours, ours=our_offer(()))
        transport.saved_exception = raised
        error = transport.get_exception()
        assert isinstance(error, paramiko.SSHException)
        assert type(raised).__name__ in str(error)
        assert transport.get_exception() is None
        for usual in (EOFError(), ConnectionResetError(), paramiko.SSHException("x")):
            transport.saved_exception = usual
            assert transport.get_exception() is usual
