"""One SSH session of a lab device: keys in, screen out, with the faults it was given."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncssh

from appliance.lab.display import Display
from appliance.lab.faults import Fault, Kind, Plan
from appliance.lab.keys import LineEditor
from appliance.lab.noise import spoilt

if TYPE_CHECKING:
    from appliance.lab.shell import Device, Dialect, Shell


class Hangup(Exception):  # noqa: N818 -- an event of the line, not an error
    """The session is over."""


class Terminal(asyncssh.SSHServerSession[bytes]):
    """One session. Keys wait in a queue while the device works, as on a real line."""

    def __init__(self, device: Device, user: str, plan: Plan) -> None:
        self._device = device
        self._user = user
        self._plan = plan
        self._keys: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        self._line = LineEditor()
        self._rows = 24
        self._columns = 80
        self._command: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._shell: Shell | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """asyncssh hands over the channel."""
        self._channel = chan
        self._display = Display(chan, self._plan)

    def pty_requested(
        self,
        term_type: str,  # noqa: ARG002 -- asyncssh's signature
        term_size: tuple[int, int, int, int],
        term_modes: object,  # noqa: ARG002 -- asyncssh's signature
    ) -> bool:
        """Any terminal is fine; the device takes its height from it."""
        self._rows = term_size[1] or self._rows
        self._columns = term_size[0] or self._columns
        return True

    def shell_requested(self) -> bool:
        """The usual way in."""
        return True

    def exec_requested(self, command: str) -> bool:
        """`ssh host "show version"` runs one command and hangs up."""
        self._command = command
        return True

    def session_started(self) -> None:
        """The line is up: start talking."""
        self._shell = self._device.session(self._user)
        self._shell.length, self._shell.width = self._rows, self._columns
        self._device.listeners.append(self._heard)
        self._task = self._loop.create_task(self._talk(self._shell))

    def data_received(self, data: bytes, datatype: int | None) -> None:  # noqa: ARG002 -- its signature
        """Keys arrived."""
        now = self._loop.time()
        for char in data.decode("latin-1"):
            self._keys.put_nowait((now, char))

    def eof_received(self) -> bool:
        """The other side will send no more."""
        self._keys.put_nowait((self._loop.time(), ""))
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- its signature
        """The line is gone; the device lives on."""
        if self._heard in self._device.listeners:
            self._device.listeners.remove(self._heard)
        if self._task is not None:
            self._task.cancel()
        if self._shell is not None:
            self._shell.lost()

    def _heard(self, text: str) -> None:
        """A log line, possibly from another thread."""
        shell = self._shell
        if shell is not None and shell.hears(text):
            self._loop.call_soon_threadsafe(self._display.put, f"\n{text}\n")

    async def _talk(self, shell: Shell) -> None:
        try:
            await self._served(shell)
        except Hangup:
            self._hang_up()

    async def _served(self, shell: Shell) -> None:
        if self._command is not None:
            await self._run(shell, self._command)
            raise Hangup
        await self._greet(shell)
        while True:
            await self._typed(shell, await self._key())

    async def _greet(self, shell: Shell) -> None:
        odd = self._plan.lasting(Kind.BANNER)
        text = odd.text if odd else shell.greeting
        await self._display.write(f"{text}\n{shell.prompt}" if text else f"\n{shell.prompt}")

    async def _key(self) -> str:
        arrived, char = await self._keys.get()
        if not char:
            raise Hangup
        late = self._plan.lasting(Kind.LATE_ECHO)
        if late is not None:
            await asyncio.sleep(max(0.0, arrived + late.seconds - self._loop.time()))
        return char

    async def _typed(self, shell: Shell, char: str) -> None:
        asked = shell.question
        if asked is not None and asked.single:
            await self._answered(shell, "" if char in "\r\n" else char)
            return
        self._line.hidden = asked is not None and asked.hidden
        ways = shell.dialect
        prompt = shell.prompt.rpartition("\n")[2]
        shifts = shell.width and not ways.literal
        self._line.margin = max(0, shell.width - len(prompt) - 1) if shifts else 0
        self._line.literal, self._line.quoting = ways.literal, ways.quoting
        keyed = self._line.key(char)
        if keyed.echo:
            self._display.put(keyed.echo)
        if keyed.event:
            await self._event(shell, keyed.event)

    async def _event(self, shell: Shell, event: str) -> None:
        match event:
            case "line":
                await self._finished(shell)
            case "interrupt":
                await self._interrupted(shell)
            case "end":
                await self._ended(shell)
            case "help":
                await self._helped(shell)
            case "eof":
                await self._closed(shell)
            case _:
                await self._completed(shell)

    async def _answered(self, shell: Shell, text: str) -> None:
        self._display.put("\n")
        await self._run(shell, text)
        await self._display.write(shell.prompt)

    async def _finished(self, shell: Shell) -> None:
        line = self._line.take().encode("latin-1").decode("utf-8", "surrogateescape")
        await self._run(shell, line)
        await self._display.write(shell.prompt)

    async def _interrupted(self, shell: Shell) -> None:
        self._line.take()
        shell.interrupt()
        await self._display.write(f"\n{shell.prompt}")

    async def _ended(self, shell: Shell) -> None:
        self._display.put("^Z\n")
        line = self._line.take()
        if shell.configuring and line.strip():
            await self._run(shell, line)
        shell.end()
        await self._display.write(shell.prompt)

    async def _closed(self, shell: Shell) -> None:
        said = shell.eof(self._line.text)
        if said is None:
            return
        self._line.take()
        self._display.put("\n")
        await self._display.write(said)
        if shell.closed:
            raise Hangup
        await self._display.write(shell.prompt)

    async def _helped(self, shell: Shell) -> None:
        typed = self._line.text
        complete = typed.rpartition(" ")[0] if not typed.endswith(" ") else typed
        begun = "" if typed.endswith(" ") else typed.rpartition(" ")[2]
        words = [word for word in shell.help(complete) if word.startswith(begun)]
        shown = "".join(f"  {word}\n" for word in words) or shell.dialect.unknown
        await self._display.write(f"?\n{shown}\n{shell.prompt}{typed}")

    async def _completed(self, shell: Shell) -> None:
        typed = self._line.text
        head, _, begun = typed.rpartition(" ")
        words = [word for word in shell.help(head) if begun and word.startswith(begun.lower())]
        if len(words) == 1 and words[0].islower():
            self._line.text = f"{head} {words[0]} ".lstrip()
        await self._display.write(f"\n{shell.prompt}{self._line.text}")

    async def _run(self, shell: Shell, line: str) -> None:
        struck = self._plan.at(line) if line.strip() and shell.question is None else {}
        await self._before(struck)
        output = self._outcome(shell, line, struck)
        early = self._plan.lasting(Kind.EARLY_ECHO)
        if early is not None:
            await asyncio.sleep(early.seconds)
        if Kind.DROP_AFTER in struck:
            self._abort()
        await self._print(shell, spoilt(output, struck), struck.get(Kind.CUT))
        if shell.closed:
            raise Hangup

    async def _before(self, struck: dict[Kind, Fault]) -> None:
        if Kind.DROP_BEFORE in struck:
            self._abort()
        if Kind.STALL in struck:
            await asyncio.sleep(struck[Kind.STALL].seconds)
        if Kind.REBOOT in struck:
            self._device.away(struck[Kind.REBOOT].seconds)
            self._abort()
        if Kind.RENAME in struck:
            self._device.rename(struck[Kind.RENAME].text)

    def _outcome(self, shell: Shell, line: str, struck: dict[Kind, Fault]) -> str:
        """What the device prints, if it runs the command at all."""
        if Kind.REFUSE in struck:
            return f"{struck[Kind.REFUSE].text}\n"
        if Kind.SWALLOW in struck:
            return ""
        if Kind.ALTER in struck:
            line = struck[Kind.ALTER].text
        if Kind.QUESTION in struck:
            return shell.ask(
                struck[Kind.QUESTION].text,
                lambda key: shell.execute(line) if key.strip().lower() in {"", "y"} else "",
                single=True,
            )
        self._device.save_fails = struck[Kind.SAVE_FAILS].text if Kind.SAVE_FAILS in struck else ""
        if self._plan.lasting(Kind.WRONG_ENABLE) and shell.question is not None:
            line = "\x00" if shell.question.hidden else line
        return shell.execute(line)

    async def _print(self, shell: Shell, output: str, cut: Fault | None) -> None:
        if cut is not None:
            await self._display.write(output[: cut.count])
            await asyncio.sleep(0)
            self._abort()
        forced = self._plan.lasting(Kind.PAGER)
        rows = forced.count if forced else shell.length
        lines = output.splitlines(keepends=True)
        if not rows or len(lines) < rows or self._command is not None:
            await self._display.write(output)
            return
        await self._page(shell.dialect, lines, rows)

    async def _page(self, dialect: Dialect, lines: list[str], rows: int) -> None:
        room, total = rows - 1, len(lines)
        while lines:
            await self._display.write("".join(lines[:room]))
            del lines[:room]
            if not lines:
                return
            self._display.put(dialect.more.format(percent=100 - 100 * len(lines) // total))
            key = await self._key()
            self._display.put(dialect.unmore)
            if key not in " \r\n":
                return
            room = rows - 1 if key == " " else 1

    def _abort(self) -> None:
        """The line goes dead without a word."""
        self._display.flush()
        self._channel.get_connection().abort()
        raise Hangup

    def _hang_up(self) -> None:
        self._display.flush()
        if self._channel.is_closing():
            return
        self._channel.exit(0)
        connection = self._channel.get_connection()
        self._loop.call_later(0.05, connection.close)
