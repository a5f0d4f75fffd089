"""A session on a command line: modes, privilege, and the reading of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

from appliance.errors import (
    AuthenticationError,
    CommandRefused,
    SessionError,
)
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.session.answers import fault_in, operational, refused, typable
from appliance.session.platform import (
    Mode,
    Platform,
    compiled,
    prompt_in,
    refusal,
)
from appliance.session.terminal import Terminal

Level = Mode | Literal["asked"]

_WORDS = 12  # lines of a refusal that are told


class Dialogue:
    """`appliance.session.Session` on a terminal.

    `window` configuration lines are typed ahead; 1 is lock-step: nothing follows a refused line.
    """

    def __init__(
        self, terminal: Terminal, platform: Platform, *, where: str, window: int = 1
    ) -> None:
        self.mask = terminal.mask
        self._terminal = terminal
        self._platform = platform
        self._where = where
        self._window = window
        self._mode: Mode = "user"
        self._above = ""

    @property
    def prompt(self) -> str:
        """The device's own name."""
        return self._terminal.name

    @property
    def transcript(self) -> str:
        """All that was said, keys masked."""
        return self._terminal.transcript

    @property
    def notes(self) -> tuple[str, ...]:
        """What was unusual: set-up commands refused, pages turned, questions answered."""
        return tuple(self._terminal.notes)

    @property
    def above(self) -> str:
        """What stood above the last prompt."""
        return self._above

    def begin(self, enable: Secret | None) -> None:
        """From the login banner to privileged mode without paging.

        Raises `AuthenticationError` when privileged mode cannot be had.
        """
        self._terminal.greet()
        shown = prompt_in(self._platform, self._terminal.partial)
        way = self._platform.elevation
        if way is not None and way.asks is None and shown is not None and shown.mode == "user":
            self._terminal.converse((way.command,), renamed=True)
        for command in self._platform.setup:
            answers, prompt = self._terminal.converse((command,), renamed=True)
            self._mode = prompt.mode
            if words := refusal(self._platform, answers[0]):
                self._terminal.notes.append(f"`{command}` is refused: {words}")
        if self._mode == "user":
            self._elevate(enable)

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """The complete answer, log messages that came in between left out."""
        typable((Step(text=command),), self._where)
        self._leave()  # where an interrupt came in the middle of configuring
        return self.look(command, timeout=timeout)

    def edit(self, command: str, *, timeout: float | None = None) -> str:
        """The complete answer in configuration mode, which stays; all of a refusal is told."""
        lines = self._answer(command, timeout)
        if refusal(self._platform, lines):
            raise self._refused(command, _all_of(lines))
        return "\n".join(lines)

    def look(self, command: str, *, timeout: float | None = None) -> str:
        """As `edit`, for an answer that is data: only its head may be a refusal."""
        text, words = operational(self._platform, command, self._answer(command, timeout))
        if words:
            raise self._refused(command, words)
        return text

    def _answer(self, command: str, timeout: float | None) -> list[str]:
        typable((Step(text=command),), self._where)
        answers, prompt = self._terminal.converse(
            (command,), timeout, renamed=self._renames((command,))
        )
        self._mode = prompt.mode
        return self._without_above(answers[0])

    def paste(
        self,
        command: str,
        steps: Iterable[Step],
        *,
        ready: str,
        end: str,
        sent: Callable[[Step], None] | None = None,
    ) -> str:
        """Types the steps into a command that reads text; after `end` the first error counts."""
        todo = typable(steps, self._where)
        for step in todo:
            self.mask.add(step.secret)
        lines = self._typed(todo, sent)
        answer, prompt = self._terminal.paste(command, lines, ready=ready, end=end)
        self._mode = prompt.mode
        answer = self._without_above(answer)
        if fault := fault_in(self._platform, todo, answer):
            blamed, words = fault
            raise self._refused(todo[blamed].text if todo else command, words)
        return "\n".join(answer)

    def _typed(self, steps: Iterable[Step], sent: Callable[[Step], None] | None) -> Iterator[str]:
        for step in steps:
            if sent:
                sent(step)
            yield step.reveal().strip()

    def _without_above(self, lines: list[str]) -> list[str]:
        """An answer without what the device prints above its prompt."""
        pattern = self._platform.above
        if pattern is None:
            return lines
        end = len(lines)
        while end and (not lines[end - 1].strip() or compiled(pattern).match(lines[end - 1])):
            end -= 1
        self._above = "\n".join(line for line in lines[end:] if line.strip())
        return lines[:end]

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        """Opens configuration mode, sends the steps, leaves it; stops at the first refused one."""
        todo = typable(steps, self._where)
        self._enter(enter or self._platform.enter)
        for start in range(0, len(todo), self._window):
            group = todo[start : start + self._window]
            self._send(group, sent)
            if self._mode != "configuration" and start + self._window < len(todo):
                raise SessionError(
                    f"`{group[-1].text.strip()}` left configuration mode before the last line",
                    where=self._where,
                    hint="read the device back; the rest of the lines was not sent",
                )
        self._leave()

    def close(self) -> None:
        """Leaves configuration mode; hanging up is the caller's."""
        try:
            if self._mode == "configuration":
                self._terminal.type(f"{self._platform.leave}\n")
        except SessionError:
            return

    def _enter(self, command: str) -> None:
        self.run(command)
        if self._mode != "configuration":
            raise self._refused(command, "the device did not enter configuration mode")

    def _leave(self) -> None:
        if self._mode == "configuration":
            answers, prompt = self._terminal.converse((self._platform.leave,))
            self._mode = prompt.mode
            if words := refusal(self._platform, answers[0]):
                raise self._refused(self._platform.leave, words)

    def _send(self, group: Sequence[Step], sent: Callable[[Step], None] | None) -> None:
        for step in group:
            self.mask.add(step.secret)
            if sent:
                sent(step)
        commands = tuple(step.reveal().strip() for step in group)
        answers, prompt = self._terminal.converse(commands, renamed=self._renames(commands))
        self._mode = prompt.mode
        for step, answer in zip(group, answers, strict=True):
            if words := refusal(self._platform, answer):
                self._leave()
                raise self._refused(step.text, words)

    def _renames(self, commands: Sequence[str]) -> bool:
        pattern = self._platform.renames
        return pattern is not None and any(compiled(pattern).match(c) for c in commands)

    def _refused(self, command: str, words: str) -> CommandRefused:
        return refused(self._platform, self.mask, command, words, where=self._where)

    def _elevate(self, enable: Secret | None) -> None:
        way = self._platform.elevation
        if way is None or way.asks is None or enable is None:
            raise self._unprivileged("the login is not privileged and no enable secret is given")
        self.mask.add(enable)
        state: Level = "asked"
        for text in (way.command, enable.reveal()):
            if state == "asked":
                self._terminal.type(f"{text}\n")
                state = self._terminal.wait_for(partial(_level, self._platform, way.asks))
        if state != "privileged":
            raise self._unprivileged("the device refused the enable secret; it was tried once")
        self._mode = state

    def _unprivileged(self, why: str) -> AuthenticationError:
        return AuthenticationError(
            why,
            where=self._where,
            hint="check where the enable secret of this device comes from, or its privilege level",
        )


def _all_of(lines: Sequence[str]) -> str:
    """The words of a refusal: what is wrong often stands above the line that says so."""
    return "\n".join([line.strip() for line in lines if line.strip()][:_WORDS])


def _level(platform: Platform, asks: str, lines: Sequence[str], partial_line: str) -> Level | None:
    """The mode reached, or that a secret is asked (again); None while it is not known.

    Nothing before the first complete line counts: that is the echo of what was typed.
    """
    if not lines:
        return None
    if compiled(asks).search(partial_line):
        return "asked"
    prompt = prompt_in(platform, partial_line)
    return prompt.mode if prompt else None
