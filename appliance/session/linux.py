"""A session with a Linux host over SSH: each command in a channel of its own, with exit status.

There is no terminal, so nothing echoes, pages or prompts. Commands run in a POSIX shell, as root:
by `sudo` where the login is another user. Secrets travel on standard input only, since command
lines are shown to everybody on the host.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko

from appliance.errors import AuthenticationError, ConnectError, RefusedError, SessionTimeout
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.answers import refused
from appliance.session.dial import dial, fell
from appliance.session.failures import our_errors
from appliance.session.login import authenticate, greet, pinned_key
from appliance.session.masking import Mask
from appliance.session.platform import Platform, compiled
from appliance.session.transport import Transport, our_offer

# Logins of other users have no sbin in their path; words of programs must be those we know. What
# stands before the mark is not the command's: a login script that talks (.bashrc) is run before it.
_MARK = "--- answer of the command ---"
_SHELL = (
    "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL; "
    f"echo '{_MARK}'; echo '{_MARK}' >&2; "
)
_GONE = -1  # paramiko's exit status when the connection ended first
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command did: its exit status and what it wrote to both of its outputs."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it said of its failure."""
        return self.err.strip() or self.out.strip() or f"exit status {self.status}"


@dataclass(slots=True, kw_only=True)
class LinuxSession:
    """An open login on a host. `rights` is what every command begins with to be root's."""

    transport: paramiko.Transport
    platform: Platform
    target: Target
    mask: Mask
    prompt: str = ""
    rights: str = ""
    sudo_password: Secret | None = None
    said: list[str] = field(default_factory=list)

    @property
    def transcript(self) -> str:
        """All commands and answers, keys masked."""
        return self.mask("\n".join(self.said))

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """What the command writes; raises `CommandRefused` when it ends with another status than 0.

        `timeout` is how many seconds it may be silent.
        """
        return self._done(command, self.execute(command, "", timeout=timeout))

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        """Give the steps, a line each, to the command `enter` on its standard input.

        Without `enter` each step is a command itself, which may hold no secret. Stops at the first
        that fails; raises as `run` does, and `RefusedError` for control characters.
        """
        todo = self._lines(tuple(steps), secrets=enter is not None)
        for step, line in todo:
            if sent is not None:
                sent(step)
            self.mask.add(step.secret)
            if enter is None:
                self.run(line)
        if enter is not None:
            text = "".join(f"{line}\n" for _, line in todo)
            self._done(enter, self.execute(enter, text))

    def execute(self, command: str, text: str, *, timeout: float | None = None) -> Answer:
        """Run a command with this standard input, whatever its status.

        Raises `SessionTimeout` when it is silent too long, `ConnectError` when the connection ends.
        """
        where, limit = self.prompt or self.target.site, timeout or self.target.timeout
        if self.sudo_password is not None:
            text = f"{self.sudo_password.reveal()}\n{text}"
        self.said.append(f"$ {command}")
        with our_errors(where), self._channel(limit) as channel:
            answer = self._exchange(channel, command, text, limit)
        self.said += [answer.out.rstrip("\n"), answer.err.rstrip("\n")]
        return answer

    def close(self) -> None:
        """Hang up; never raises."""
        self.transport.close()

    def _channel(self, limit: float) -> paramiko.Channel:
        """A new one. Raises `EOFError` where a jump host before the host is gone."""
        try:
            return self.transport.open_session(timeout=limit)
        except paramiko.SSHException:
            if words := fell(self.transport.sock):
                raise EOFError(words) from None
            raise

    def _exchange(self, channel: paramiko.Channel, command: str, text: str, limit: float) -> Answer:
        channel.settimeout(limit)
        channel.exec_command(f"{self.rights}sh -c {shlex.quote(_SHELL + command)}")
        try:
            _write(channel, text)
            out, err = _read(channel.recv, limit), _read(channel.recv_stderr, limit)
            status = _status(channel, limit)
        except TimeoutError:
            raise SessionTimeout(
                f"`{self.mask(command)}` was silent for {limit:.0f} s",
                where=self.prompt or self.target.site,
                hint="read the host back before anything else: what it did meanwhile is unknown",
            ) from None
        if status == _GONE:
            by = fell(self.transport.sock)
            raise ConnectError(
                f"the connection ended in the middle of a command{by and f': {by}'}",
                where=self.prompt or self.target.site,
                hint="read the host back before anything else: what it did meanwhile is unknown",
            )
        return Answer(status=status, out=_marked(out), err=_marked(err))

    def _done(self, command: str, answer: Answer) -> str:
        if answer.status:
            benign = [compiled(pattern) for pattern in self.platform.benign]
            lines = answer.words.splitlines()
            words = [line for line in lines if not any(one.search(line) for one in benign)]
            said = "\n".join(words) or f"exit status {answer.status}"
            raise refused(self.platform, self.mask, command, said, where=self.prompt)
        return answer.out

    def _lines(self, steps: tuple[Step, ...], *, secrets: bool) -> list[tuple[Step, str]]:
        found = [(step, step.reveal()) for step in steps]
        for step, line in found:
            held = any(ord(one) < ord(" ") or one == "\x7f" for one in line)
            if held or (step.secret is not None and not secrets):
                what = "a control character" if held else "a secret, which others could see"
                raise RefusedError(
                    f"a command holds {what}: {step.text.strip()!r}",
                    where=self.prompt,
                    hint="remove it where the value comes from; nothing was sent",
                )
        return found


@contextmanager
def open_linux(
    target: Target, credentials: Credentials, platform: Platform
) -> Iterator[LinuxSession]:
    """A login with root's rights; the connection is closed at the end of the context.

    `credentials.enable` is the password that sudo asks for. Raises `ConnectError` (not reachable,
    host key unknown or changed, no common algorithm) or `AuthenticationError` (login or sudo
    refused).
    """
    key = pinned_key(target)
    ours = our_offer(target.legacy, pinned=key.partition(" ")[0], where=target.site)
    where = f"{target.site} at {target.host}:{target.port}"
    with our_errors(where):
        transport = Transport(dial(target), ours=ours)
    mask = Mask(platform)
    mask.add(credentials.password)
    mask.add(credentials.enable)
    session = LinuxSession(transport=transport, platform=platform, target=target, mask=mask)
    try:
        with our_errors(where):
            greet(transport, target, key)
            authenticate(transport, target, credentials)
        transport.set_keepalive(30)
        _become_root(session, credentials.enable)
        session.prompt = session.run("uname -n").strip()
        yield session
    finally:
        session.close()


def _become_root(session: LinuxSession, password: Secret | None) -> None:
    """Find out how commands become root's: at once, by sudo, or by sudo with a password.

    With a password sudo is told to forget that it ever asked, or it would pass the password on.
    """
    if session.run("id -u").strip() == "0":
        return
    session.rights = "sudo -n -- "
    if session.execute("true", "").status == 0:
        return
    session.rights = "sudo -k -S -p '' -- "
    session.sudo_password = password
    if password is None or session.execute("true", "").status:
        raise AuthenticationError(
            "the login is not root's and sudo refuses it",
            where=session.target.site,
            hint="let the user run all commands by sudo without a password, or name its password: "
            "device.enable_secret",
        )


def _write(channel: paramiko.Channel, text: str) -> None:
    """The text as standard input; a command that does not read it has ended: its status tells."""
    try:
        if text:
            channel.sendall(text.encode())
        channel.shutdown_write()
    except TimeoutError:
        raise
    except OSError:
        return


def _status(channel: paramiko.Channel, limit: float) -> int:
    """How the command ended. Raises `TimeoutError` for one that closed its outputs and goes on."""
    if not channel.status_event.wait(limit):
        raise TimeoutError
    return channel.recv_exit_status()


def _marked(text: str) -> str:
    """What stands after the mark; all of it where the command was never begun."""
    before, _, after = text.partition(f"{_MARK}\n")
    return after or ("" if _MARK in text else before)


def _read(receive: Callable[[int], bytes], limit: float) -> str:
    parts: list[bytes] = []
    while data := _piece(receive, limit):
        parts.append(data)
    return b"".join(parts).decode("utf-8", "replace")


def _piece(receive: Callable[[int], bytes], limit: float) -> bytes:
    """The next bytes. paramiko measures by the wall clock: it may have jumped, and nothing is late.

    Raises `TimeoutError` when there are none for so many seconds.
    """
    end = time.monotonic() + limit
    while True:
        try:
            return receive(_CHUNK)
        except TimeoutError:
            if time.monotonic() >= end:
                raise
