"""Rows 29 to 31: a key or certificate that is another one, unknown, or shown by old means."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncssh
import pytest

from appliance.driver import load
from appliance.errors import ConnectError
from appliance.lab.rras.certificate import self_signed
from appliance.model.secret import Secret
from appliance.session import Credentials, Target, hostkeys
from tests.faults.rows import VENDORS
from tests.faults.scene import Scene, scene
from tests.session.server import Box, serve

SPEAKS_SSH = tuple(driver for driver in VENDORS if driver != "rras")
CREDENTIALS = Credentials(username="netops", password=Secret("pass-word-1"))


def _another(driver: str) -> str:
    """The key or certificate of some other device."""
    if driver == "rras":
        return _pinned(self_signed("other", "127.0.0.1")[0])
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


def _pinned(certificate: bytes) -> str:
    der = ssl.PEM_cert_to_DER_cert(certificate.decode())
    return f"x509 {base64.b64encode(der).decode()}"


def _pin(box: Scene, key: str) -> None:
    hostkeys.pin(box.site.site, "127.0.0.1", box.site.job.port, key)


def _lookup(box: Scene) -> str | None:
    return hostkeys.lookup(box.site.site, "127.0.0.1", box.site.job.port)


@pytest.mark.parametrize("driver", VENDORS)
def test_29_another_host_key_stops_before_the_login_until_trust_pins_it(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene(driver, tmp_path, capsys) as box:
        right, other = _lookup(box) or "", _another(driver)
        _pin(box, other)
        pushed = box.push()
        assert pushed.code == 1
        for key in (right, other):
            assert hostkeys.fingerprint(key) in pushed.told
        assert "nothing was sent to it" in pushed.told
        assert f"appliance trust {box.site.site}" in pushed.told
        assert box.run("drift", *box.site.words).code == 3
        assert box.state == "", "the journal has no push"

        asked = box.run("trust", *box.site.words)
        assert asked.code == 4
        assert f"the pinned key was another: {hostkeys.fingerprint(other)}" in asked.told
        assert _lookup(box) == hostkeys.checked(other), "nobody said yes"
        agreed = box.run("trust", *box.site.words, "--fingerprint", hostkeys.fingerprint(right))
        assert agreed.code == 0
        assert box.old
        assert box.push().code == 0


@pytest.mark.parametrize("driver", VENDORS)
def test_30_an_unknown_host_key_is_pinned_by_nobody_in_cron(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene(driver, tmp_path, capsys) as box:
        right = _lookup(box) or ""
        for file in hostkeys.directory().iterdir():
            file.unlink()
        looked = box.run("drift", *box.site.words)
        assert looked.code == 3
        assert "appliance trust" in looked.told
        assert box.push().code == 1
        assert box.run("trust", *box.site.words).code == 4
        wrong = ("--fingerprint", hostkeys.fingerprint(_another(driver)))
        assert box.run("trust", *box.site.words, *wrong).code == 4
        assert list(hostkeys.directory().iterdir()) == []
        _pin(box, right)
        assert box.old


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # asyncssh's half
@pytest.mark.parametrize("driver", SPEAKS_SSH)
@pytest.mark.parametrize(
    ("option", "algorithm"),
    [
        ("kex_algs", "diffie-hellman-group14-sha1"),
        ("encryption_algs", "aes256-cbc"),
        ("mac_algs", "hmac-sha1"),
    ],
)
def test_31_old_algorithms_alone_are_refused_before_the_login(
    driver: str, option: str, algorithm: str
) -> None:
    options = {"encryption_algs": ["aes256-ctr"]} | {option: [algorithm]}
    box = Box()
    with serve(box, key=asyncssh.generate_private_key("ssh-rsa"), **options) as address:
        target = Target(
            site="site-a", host="127.0.0.1", port=address.port, host_key=address.host_key
        )
        with pytest.raises(ConnectError) as caught, load(driver).connect(target, CREDENTIALS):
            pass
    assert algorithm in caught.value.message
    assert f"legacy: [{algorithm}]" in caught.value.hint
    assert box.logins == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # that is the point
@pytest.mark.parametrize("driver", ["rras"])
def test_31_old_tls_alone_is_refused_before_the_login(driver: str, tmp_path: Path) -> None:
    with _old_tls(tmp_path) as (port, certificate, heard):
        target = Target(site="site-d", host="127.0.0.1", port=port, host_key=certificate)
        with pytest.raises(ConnectError), load(driver).connect(target, CREDENTIALS):
            pass
    assert heard == []


@contextmanager
def _old_tls(folder: Path) -> Iterator[tuple[int, str, list[bytes]]]:
    """A server that speaks TLS 1.1 at best, its certificate, and what it was told in it."""
    certificate, private = self_signed("old", "127.0.0.1")
    (folder / "old.pem").write_bytes(certificate + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(folder / "old.pem")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, context, heard), daemon=True)
        thread.start()
        yield listener.getsockname()[1], _pinned(certificate), heard


def _answer(listener: socket.socket, context: ssl.SSLContext, heard: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            raw, _ = listener.accept()
            with suppress(OSError), context.wrap_socket(raw, server_side=True) as line:
                heard.append(line.recv(4096))
