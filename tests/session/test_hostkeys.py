"""One device, one pinned key: kept apart, checked before anything is sent."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import asyncssh
import pytest

from appliance.errors import AuthenticationError, ConnectError, RefusedError
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.hostkeys import checked, directory, fingerprint, lookup, offers, pin
from appliance.session.ssh import open_ssh
from tests.growth import growth
from tests.session.server import PASSWORD, Box, serve
from vendors.cisco_ios.session import IOS

# From OpenSSH: ssh-keygen -t ed25519; ssh-keygen -lf
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OTHER = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().strip()


def _shown(port: int, legacy: tuple[str, ...] = ()) -> tuple[str, ...]:
    return offers(Target(site="site-a", host="127.0.0.1", port=port, legacy=legacy, timeout=10))


def test_what_is_pinned_is_found_and_only_there() -> None:
    assert lookup("site-a", "203.0.113.10") is None
    path = pin("site-a", "203.0.113.10", 22, f"{KEY} somebody@somewhere")
    assert lookup("site-a", "203.0.113.10") == KEY
    assert lookup("site-a", "203.0.113.10", 2222) is None
    assert lookup("site-a", "203.0.113.11") is None
    assert lookup("site-b", "203.0.113.10") is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_pinning_again_replaces() -> None:
    pin("site-a", "203.0.113.10", 22, KEY)
    pin("site-a", "203.0.113.10", 22, OTHER)
    assert lookup("site-a", "203.0.113.10") == checked(OTHER)


@pytest.mark.parametrize("site", ["../../escape", "a/b", "..", ".", "name with space", "ß"])
def test_a_name_never_becomes_a_path(site: str) -> None:
    path = pin(site, "h", 22, KEY)
    assert path.parent == directory()
    assert lookup(site, "h") == KEY


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = pin("site-a", "h", 22, KEY)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConnectError, match="cannot be used"):
        lookup("site-a", "h")


def test_a_file_that_others_may_write_is_not_believed() -> None:
    pin("site-a", "h", 22, KEY).chmod(0o666)
    with pytest.raises(ConnectError, match="others may write it") as caught:
        lookup("site-a", "h")
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize("text", ["", "ssh-rsa", "ssh-rsa !!!", f"ssh-rsa {KEY.split()[1]}", "x y"])
def test_what_is_not_a_key_is_not_pinned(text: str) -> None:
    with pytest.raises(ConnectError, match="not a public host key"):
        pin("site-a", "h", 22, text)


def test_where_no_file_can_be_written_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ConnectError, match="the host key cannot be kept: ") as caught:
        pin("site-a", "h", 22, KEY)
    assert "XDG_STATE_HOME" in caught.value.hint


def test_the_fingerprint_is_the_one_openssh_shows(tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(f"{OTHER}\n")
    shown = subprocess.run(  # noqa: S603 -- a fixed command
        ["/usr/bin/ssh-keygen", "-lf", str(file)], capture_output=True, text=True, check=False
    )
    if shown.returncode:
        pytest.skip("no ssh-keygen here")
    assert fingerprint(OTHER) == shown.stdout.split()[1]


def test_the_server_shows_its_keys_without_a_login() -> None:
    box = Box()
    with serve(box) as address:
        assert _shown(address.port) == (address.host_key,)
    assert box.logins == []


def test_fetching_where_nobody_listens() -> None:
    with pytest.raises(ConnectError) as caught:
        _shown(1)
    assert caught.value.where == "127.0.0.1:1"


def credentials() -> Credentials:
    return Credentials(username="admin", password=Secret(PASSWORD))


def test_an_unknown_key_stops_before_the_connection() -> None:
    target = Target(site="site-a", host="127.0.0.1", port=1)
    with pytest.raises(ConnectError) as caught, open_ssh(target, credentials(), IOS):
        pass
    assert "appliance trust site-a" in caught.value.hint


@pytest.mark.parametrize("pinned", [KEY, OTHER])
def test_a_changed_key_stops_before_the_login(pinned: str) -> None:
    box = Box()
    with serve(box) as address:
        target = Target(site="site-a", host="127.0.0.1", port=address.port, host_key=pinned)
        with pytest.raises(ConnectError) as caught, open_ssh(target, credentials(), IOS):
            pass
    assert fingerprint(pinned) in caught.value.message
    assert fingerprint(address.host_key) in caught.value.message
    assert box.logins == []


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp384", "ssh-rsa"])
def test_keys_of_every_kind(kind: str) -> None:
    key = asyncssh.generate_private_key(kind)
    with serve(Box(answers={"show clock": "1\r\n"}), key=key) as address:
        assert _shown(address.port) == (address.host_key,)
        target = Target(
            site="site-a", host="127.0.0.1", port=address.port, host_key=address.host_key
        )
        with open_ssh(target, credentials(), IOS) as session:
            assert session.run("show clock") == "1"


OLD = {
    "kex": ("kex_algs", "diffie-hellman-group14-sha1"),
    "older kex": ("kex_algs", "diffie-hellman-group1-sha1"),
    "group exchange": ("kex_algs", "diffie-hellman-group-exchange-sha1"),
    "cipher": ("encryption_algs", "aes256-cbc"),
    "triple DES": ("encryption_algs", "3des-cbc"),
    "MAC": ("mac_algs", "hmac-sha1"),
}


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # asyncssh's half
@pytest.mark.parametrize("name", OLD)
def test_an_old_device_is_refused_unless_its_algorithms_are_named(name: str) -> None:
    option, algorithm = OLD[name]
    options: dict[str, object] = {option: [algorithm]}
    if option == "mac_algs":
        options["encryption_algs"] = ["aes256-ctr"]
    key = asyncssh.generate_private_key("ssh-rsa")
    box = Box(answers={"show clock": "1\r\n"})
    with serve(box, key=key, **options) as address:
        where = {"site": "site-a", "host": "127.0.0.1", "port": address.port}
        target = Target(**where, host_key=address.host_key)  # type: ignore[arg-type]  # by name
        with pytest.raises(ConnectError) as caught, open_ssh(target, credentials(), IOS):
            pass
        assert algorithm in caught.value.message
        assert f"legacy: [{algorithm}]" in caught.value.hint
        assert box.logins == []
        with pytest.raises(ConnectError, match=algorithm):
            _shown(address.port)
        assert _shown(address.port, legacy=(algorithm,)) == (address.host_key,)
        allowed = Target(**where, host_key=address.host_key, legacy=(algorithm,))  # type: ignore[arg-type]  # by name
        with open_ssh(allowed, credentials(), IOS) as session:
            assert session.run("show clock") == "1"


def test_a_host_key_signed_with_sha1_is_refused_unless_named() -> None:
    pair = asyncssh.load_keypairs([asyncssh.generate_private_key("ssh-rsa")])[0]
    pair.host_key_algorithms = (b"ssh-rsa",)
    with serve(Box(answers={"show clock": "1\r\n"}), key=pair) as address:
        with pytest.raises(ConnectError) as caught:
            _shown(address.port)
        assert "legacy: [ssh-rsa]" in caught.value.hint
        (key,) = _shown(address.port, legacy=("ssh-rsa",))
        target = Target(
            site="site-a", host="127.0.0.1", port=address.port, host_key=key, legacy=("ssh-rsa",)
        )
        with open_ssh(target, credentials(), IOS) as session:
            assert session.run("show clock") == "1"


def test_an_unknown_name_of_an_old_algorithm_is_refused() -> None:
    target = Target(site="site-a", host="127.0.0.1", port=1, host_key=KEY, legacy=("rot13",))
    with pytest.raises(RefusedError, match="rot13"), open_ssh(target, credentials(), IOS):
        pass


def test_a_lookup_does_not_depend_on_how_many_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(known: int) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / str(known)))
        for _ in range(200):
            assert lookup("site-1", "h") == KEY

    for known in (20, 2_000):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / str(known)))
        pin("site-1", "h", 22, KEY)
        (first,) = directory().iterdir()
        for number in range(known):
            shutil.copy(first, first.with_name(f"other-{number}"))
    assert growth(look, 20, 2_000) < 5


def test_no_way_to_log_in() -> None:
    with serve(Box()) as address:
        target = Target(
            site="site-a", host="127.0.0.1", port=address.port, host_key=address.host_key
        )
        nobody = Credentials(username="admin")
        with pytest.raises(AuthenticationError), open_ssh(target, nobody, IOS):
            pass
