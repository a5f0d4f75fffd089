"""A session on a command line: modes, privilege, and the reading of every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal

from appliance.errors import (
    AuthenticationError,
    CommandRefused,
    SessionError,
)
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.session.answers import operational, refused, typable
from appliance.session.platform import (
    Elevation,
    Mode,
    Platform,
    compiled,
    prompt_in,
    refusal,
)
from appliance.session.terminal import Terminal

Level = Mode | Literal["asked"]


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

    def begin(self, enable: Secret | None) -> None:
        """From the login banner to privileged mode without paging.

        Raises `AuthenticationError` when privileged mode cannot be had.
        """
        self._terminal.greet()
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
        answers, prompt = self._terminal.converse(
            (command,), timeout, renamed=self._renames((command,))
        )
        self._mode = prompt.mode
        text, words = operational(self._platform, answers[0])
        if words:
            raise self._refused(command, words)
        return text

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
        if way is None or enable is None:
            raise self._unprivileged("the login is not privileged and no enable secret is given")
        self.mask.add(enable)
        state: Level = "asked"
        for text in (way.command, enable.reveal()):
            if state == "asked":
                self._terminal.type(f"{text}\n")
                state = self._terminal.wait_for(partial(_level, self._platform, way))
        if state != "privileged":
            raise self._unprivileged("the device refused the enable secret; it was tried once")
        self._mode = state

    def _unprivileged(self, why: str) -> AuthenticationError:
        return AuthenticationError(
            why,
            where=self._where,
            hint="check where the enable secret of this device comes from, or its privilege level",
        )


def _level(
    platform: Platform, way: Elevation, lines: Sequence[str], partial_line: str
) -> Level | None:
    """The mode reached, or that a secret is asked (again); None while it is not known.

    Nothing before the first complete line counts: that is the echo of what was typed.
    """
    if not lines:
        return None
    if compiled(way.asks).search(partial_line):
        return "asked"
    prompt = prompt_in(platform, partial_line)
    return prompt.mode if prompt else None
