"""A minimal IOS-like command line over real SSH, with the timing faults that fool clients."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import asyncssh

PASSWORD = "pass-word-1"
ENABLE = "enable-word-1"


def long_config(lines: int, name: str = "site-a-rtr") -> str:
    """A running configuration of about this many lines, as a device prints it."""
    head = ["Building configuration...", "", f"Current configuration : {lines * 40} bytes", "!"]
    head += ["version 17.9", f"hostname {name}", "!"]
    body = [
        f"ip route 10.{n // 250}.{n % 250}.0 255.255.255.0 Null0 name {name}-{n}"
        for n in range(lines)
    ]
    return "\r\n".join([*head, *body[: lines - len(head) - 1], "end", ""])


@dataclass(kw_only=True)
class Box:
    """What the device says. `answers` maps a command to its answer (CRLF ends each line)."""

    name: str = "site-a-rtr"
    banner: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    privileged: bool = True
    echo_delay: float = 0.0  # before the echo: a long line
    think: float = 0.0  # between echo and answer: a busy box
    chunk: int = 0  # bytes of an answer sent at once, with a pause of 1 ms after each
    cut: str | None = None  # the command during whose answer the connection dies
    pages: int = 0  # lines a page, in spite of terminal length 0
    hook: Callable[[Shell, str], bool] | None = None
    logins: list[tuple[str, str]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


class Shell:
    """One terminal session."""

    def __init__(self, box: Box, process: asyncssh.SSHServerProcess[str]) -> None:
        self.box = box
        self.process = process
        self._input = ""
        self._output = ""
        self._echoed = 0
        self.level = "#" if box.privileged else ">"
        self.mode = ""

    def prompt(self) -> str:
        return f"{self.box.name}{self.mode}{self.level}"

    async def run(self) -> None:
        self.say(self.box.banner)
        self.say(self.prompt())
        while (line := await self.line(echo=True)) is not None:
            self.box.typed.append(line)
            if await self.answer(line.strip()):
                return
            self.say(self.prompt())

    async def line(self, *, echo: bool) -> str | None:
        """What is typed up to Enter, echoed as it comes; None when the client has gone."""
        typed = ""
        while True:
            if not self._input:
                self.flush()
                self._input = await self.process.stdin.read(4096)
                if not self._input:
                    return None
            cut = self._input.find("\n")
            piece = self._input if cut < 0 else self._input[:cut]
            self._input = "" if cut < 0 else self._input[cut + 1 :]
            typed += piece.replace("\x16", "")
            if echo and not self.box.echo_delay:
                self.echo(piece)
            if cut >= 0:
                await self.pause(self.box.echo_delay)
                if self.box.echo_delay:
                    self.say((typed if echo else "") + "\r\n")
                else:
                    self.echo("\n")
                return typed

    def echo(self, text: str) -> None:
        """Shows what was typed, unless it was shown while the box was busy."""
        known = min(self._echoed, len(text))
        self._echoed -= known
        self.say(text[known:].replace("\x16", "").replace("\n", "\r\n"))

    async def think(self, seconds: float) -> None:
        """Busy, but the terminal echoes at once whatever is typed meanwhile."""
        self.flush()
        end = time.monotonic() + seconds
        while seconds and (left := end - time.monotonic()) > 0:
            try:
                typed = await asyncio.wait_for(self.process.stdin.read(4096), left)
            except TimeoutError:
                return
            if not typed:
                return
            self._input += typed
            self.say(typed.replace("\x16", "").replace("\n", "\r\n"))
            self._echoed += len(typed)
            self.flush()

    async def pause(self, seconds: float) -> None:
        if seconds:
            self.flush()
            await asyncio.sleep(seconds)

    def say(self, text: str) -> None:
        self._output += text

    def flush(self) -> None:
        if self._output:
            self.process.stdout.write(self._output)
        self._output = ""

    async def key(self) -> None:
        self.flush()
        self._input = self._input or await self.process.stdin.read(4096)
        self._input = self._input[1:]

    async def answer(self, line: str) -> bool:
        await self.think(self.box.think)
        if self.box.hook and self.box.hook(self, line):
            return False
        if line in ("exit", "logout") and not self.mode:
            return True
        if line == "enable" and self.level == ">":
            await self.enable()
        elif line in ("end", "exit"):
            self.mode = ""
        elif line.startswith("configure terminal"):
            self.say("Enter configuration commands, one per line.  End with CNTL/Z.\r\n")
            self.mode = "(config)"
        elif self.mode:
            self.configure(line)
        else:
            return await self.show(line)
        return False

    async def enable(self) -> None:
        for _ in range(3):
            self.say("Password: ")
            if await self.line(echo=False) == ENABLE:
                self.level = "#"
                return
        self.say("% Bad secrets\r\n\r\n")

    def configure(self, line: str) -> None:
        if "bogus" in line:
            self.say("          ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")
        elif line.startswith("hostname "):
            self.box.name = line.split()[1]
        elif line.startswith("crypto ikev2 proposal"):
            self.mode = "(config-ikev2-proposal)"

    async def show(self, line: str) -> bool:
        if line.startswith("terminal ") or not line:
            return False
        text = self.box.answers.get(line)
        if text is None:
            self.say("     ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")
            return False
        if line == self.box.cut:
            self.say(text[: len(text) // 2])
            self.flush()
            await self.process.stdout.drain()
            self.process.close()
            return True
        if self.box.pages:
            await self.paged(text)
        elif self.box.chunk:
            for start in range(0, len(text), self.box.chunk):
                self.say(text[start : start + self.box.chunk])
                await self.pause(0.001)
        else:
            self.say(text)
        return False

    async def paged(self, text: str) -> None:
        lines = text.splitlines(keepends=True)
        for start in range(0, len(lines), self.box.pages):
            if start:
                self.say(" --More-- ")
                await self.key()
                self.say("\b" * 9 + " " * 8 + "\b" * 9)
            self.say("".join(lines[start : start + self.box.pages]))


class Server(asyncssh.SSHServer):
    """Password login for `admin`."""

    def __init__(self, box: Box, connections: list[asyncssh.SSHServerConnection]) -> None:
        self._box = box
        self._connections = connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._box.logins.append((username, password))
        return username == "admin" and password == PASSWORD


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a box listens, and the key it shows as OpenSSH text."""

    port: int
    host_key: str


@contextmanager
def serve(
    box: Box, *, key: asyncssh.SSHKey | asyncssh.SSHKeyPair | None = None, **options: object
) -> Iterator[Address]:
    """The box on a loopback port, served by a thread of its own; `options` go to asyncssh."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    key = key or asyncssh.generate_private_key("ssh-ed25519")

    connections: list[asyncssh.SSHServerConnection] = []

    async def start() -> asyncssh.SSHAcceptor:
        async def handle(process: asyncssh.SSHServerProcess[str]) -> None:
            try:
                await Shell(box, process).run()
            except (asyncssh.Error, ConnectionError, asyncssh.BreakReceived):
                return
            finally:
                process.close()

        return await asyncssh.create_server(
            lambda: Server(box, connections),
            "127.0.0.1",
            0,
            server_host_keys=[key],
            process_factory=handle,
            line_editor=False,
            **options,
        )

    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    public = ""
    if isinstance(key, asyncssh.SSHKey):
        public = " ".join(key.export_public_key().decode().split()[:2])
    try:
        yield Address(port=acceptor.get_port(), host_key=public)
    finally:

        async def stop() -> None:
            acceptor.close()
            await acceptor.wait_closed()
            for connection in connections:
                connection.abort()
                await connection.wait_closed()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.01)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
