"""Sessions with a Linux host over a real sshd, with sudo as it comes in the field."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance.errors import (
    AuthenticationError,
    CommandRefused,
    ConnectError,
    RefusedError,
    SessionTimeout,
)
from appliance.model.change import KEY_MARK, Step
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.hostkeys import checked
from appliance.session.linux import LinuxSession, open_linux
from vendors.strongswan.session import LINUX

KEY = "canary-Key-9?x"
SUDO = "sudo-Word-1"

SSHD = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
StrictModes no
PidFile none
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
SetEnv PATH={folder}/bin:/usr/bin:/bin HOME={folder}
"""

# What sudo does with a command: refuse, ask for a password on standard input, or just run it.
SUDOERS = {
    "nothing": "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n",
    "nopasswd": '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n',
    "password": (
        '#!/bin/sh\n[ "$1" != -n ] || exit 1\n'
        f'read -r word; [ "$word" = {SUDO} ] || {{ echo "sudo: 1 incorrect" >&2; exit 1; }}\n'
        'while [ "$1" != -- ]; do shift; done; shift; exec "$@"\n'
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    target: Target
    credentials: Credentials
    folder: Path

    def be(self, sudo: str) -> None:
        """From now on the login is not root's, and sudo behaves like this."""
        self._program("id", "#!/bin/sh\necho 1000\n")
        self._program("sudo", SUDOERS[sudo])

    def _program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(text, encoding="ascii")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    Path("/run/sshd").mkdir(exist_ok=True)
    (tmp_path / "bin").mkdir()
    for name in ("host", "login"):
        keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(keygen, check=True)  # noqa: S603 -- our own words
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "sshd.conf").write_text(SSHD.format(port=port, folder=tmp_path), encoding="ascii")
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/bin") or "sshd"
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [sshd, "-D", "-f", str(tmp_path / "sshd.conf"), "-E", str(tmp_path / "log")]
    )
    try:
        _until_it_answers(port, process)
        key = checked((tmp_path / "host.pub").read_text(encoding="ascii"))
        yield Host(
            target=Target(site="site-a", host="127.0.0.1", port=port, host_key=key, timeout=10.0),
            credentials=Credentials(username="root", key_file=str(tmp_path / "login")),
            folder=tmp_path,
        )
    finally:
        process.terminate()
        process.wait(10)


def _until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        assert process.poll() is None, "sshd did not start"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise AssertionError("sshd does not answer")


@contextmanager
def talking(
    host: Host, *, password: Secret | None = None, enable: Secret | None = None
) -> Iterator[LinuxSession]:
    credentials = replace(host.credentials, password=password, enable=enable)
    with open_linux(host.target, credentials, LINUX) as session:
        yield session


def test_answers_come_whole_and_failures_with_their_words(host: Host) -> None:
    with talking(host) as session:
        assert session.prompt == os.uname().nodename
        assert session.run("printf 'a b\\n'; printf c") == "a b\nc"
        assert len(session.run("head -c 3000000 /dev/zero | tr '\\0' x")) == 3_000_000
        assert session.run("echo \"it's $HOME\" 'a\"b'").startswith("it's /")
        with pytest.raises(CommandRefused) as caught:
            session.run("echo told; echo 'cp: Permission denied' >&2; exit 3")
        assert caught.value.answer == "cp: Permission denied"
        assert "this login may not do that" in str(caught.value)
        with pytest.raises(CommandRefused, match="exit status 7"):
            session.run("exit 7")
        assert session.run("echo still here") == "still here\n"


def test_steps_go_in_by_standard_input_and_keys_with_them(host: Host) -> None:
    file = host.folder / "taken"
    sent: list[str] = []
    steps = (
        Step(text="plain"),
        Step(text=""),
        Step(text=f"  secret = {KEY_MARK}", secret=Secret(KEY)),
    )
    with talking(host) as session:
        session.configure(
            steps, enter=f"umask 077; cat >{file}", sent=lambda step: sent.append(step.text)
        )
        assert session.run(f"cat {file}") == f"plain\n\n  secret = {KEY}\n"
        assert KEY not in session.transcript
        assert KEY_MARK in session.transcript
    assert sent == [step.text for step in steps]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_steps_without_a_mode_are_commands_and_stop_at_the_first_that_fails(host: Host) -> None:
    done = host.folder / "done"
    steps = (Step(text=f"echo 1 >>{done}"), Step(text="false"), Step(text=f"echo 2 >>{done}"))
    with talking(host) as session, pytest.raises(CommandRefused):
        session.configure(steps)
    assert done.read_text(encoding="ascii") == "1\n"


@pytest.mark.parametrize(
    "step", [Step(text="a\nb"), Step(text=f"echo {KEY_MARK}", secret=Secret(KEY))]
)
def test_what_would_be_another_command_or_be_seen_by_others_is_not_sent(
    host: Host, step: Step
) -> None:
    with talking(host) as session:
        before = session.transcript
        with pytest.raises(RefusedError) as caught:
            session.configure((Step(text="echo"), step))
        assert session.transcript == before
    assert KEY not in str(caught.value)


def test_silence_is_not_waited_for_for_ever(host: Host) -> None:
    with talking(host) as session, pytest.raises(SessionTimeout, match="silent"):
        session.run("sleep 20", timeout=0.2)


def test_a_command_that_closes_its_outputs_and_goes_on_is_not_waited_for_without_end(
    host: Host,
) -> None:
    with talking(host) as session, pytest.raises(SessionTimeout, match="was silent"):
        session.run("exec >&- 2>&-; sleep 3", timeout=0.2)


def test_a_connection_that_ends_is_told(host: Host) -> None:
    with talking(host) as session, pytest.raises(ConnectError):
        session.run("kill -9 $PPID; sleep 5")


@pytest.mark.parametrize("key", [None, "another"])
def test_a_host_that_is_not_known_or_another_is_not_logged_in_to(
    host: Host, key: str | None
) -> None:
    shown = checked((host.folder / "login.pub").read_text(encoding="ascii"))
    wrong = replace(host, target=replace(host.target, host_key=key and shown))
    with pytest.raises(ConnectError, match=r"is not known|host key changed"), talking(wrong):
        pass


def test_a_login_that_is_refused(host: Host) -> None:
    other = replace(host.credentials, key_file=str(host.folder / "host"))
    with pytest.raises(AuthenticationError), talking(replace(host, credentials=other)):
        pass
    nothing = Credentials(username="root")
    with (
        pytest.raises(AuthenticationError, match="neither a password nor"),
        talking(replace(host, credentials=nothing)),
    ):
        pass
    gone = replace(host.credentials, key_file=str(host.folder / "gone"))
    with (
        pytest.raises(AuthenticationError, match="cannot be read"),
        talking(replace(host, credentials=gone)),
    ):
        pass


def test_a_private_key_with_a_passphrase(host: Host) -> None:
    change = ["ssh-keygen", "-q", "-p", "-N", "pass-word", "-f", str(host.folder / "login")]
    subprocess.run(change, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own words
    with talking(host, password=Secret("pass-word")) as session:
        assert session.run("echo in") == "in\n"
    with pytest.raises(AuthenticationError), talking(host):
        pass
    with pytest.raises(AuthenticationError), talking(host, password=Secret("wrong")):
        pass


def test_sudo_without_a_password(host: Host) -> None:
    host.be("nopasswd")
    with talking(host) as session:
        assert session.rights == "sudo -n -- "
        session.configure((Step(text="x"),), enter=f"cat >{host.folder}/x")
    assert (host.folder / "x").read_text(encoding="ascii") == "x\n"


def test_sudo_with_a_password_gives_it_to_nobody_else(host: Host) -> None:
    host.be("password")
    with talking(host, enable=Secret(SUDO)) as session:
        session.configure((Step(text="x"),), enter=f"cat >{host.folder}/x")
        assert session.run("cat") == ""
        assert SUDO not in session.transcript
    assert (host.folder / "x").read_text(encoding="ascii") == "x\n"


@pytest.mark.parametrize(("sudo", "word"), [("nothing", SUDO), ("password", "wrong")])
def test_sudo_that_refuses(host: Host, sudo: str, word: str) -> None:
    host.be(sudo)
    with (
        pytest.raises(AuthenticationError, match="sudo refuses") as caught,
        talking(host, enable=Secret(word)),
    ):
        pass
    assert word not in str(caught.value)
