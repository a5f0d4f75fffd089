"""Finds in a stream of lines, for each command typed, its echo, its answer and the prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.session.platform import (
    Platform,
    Prompt,
    after_prompt,
    is_log_line,
    prompt_in,
)

_SHORTEST_CUT = 8  # a prompt in configuration mode may show only the first letters of a long name


class Exchange:
    """Commands typed one after another, and what of their answers has been seen.

    A prompt counts only after the echo of the last command, and only with the device's own
    name, so neither a banner nor a late prompt ends an answer. `name` None: any name will do.
    """

    __slots__ = ("_commands", "_name", "_pieces", "_platform", "answers")

    def __init__(self, platform: Platform, name: str | None, commands: Sequence[str]) -> None:
        self._platform = platform
        self._name = name
        self._commands = tuple(commands)
        self._pieces = ""
        self.answers: list[list[str]] = []

    @property
    def command(self) -> str:
        """The command whose answer is awaited."""
        return self._commands[max(len(self.answers) - 1, 0)]

    def take(self, line: str) -> None:
        """One more complete line."""
        if len(self.answers) < len(self._commands) and self._is_echo(line):
            self.answers.append([])
            self._pieces = ""
        elif self.answers:
            self.answers[-1].append(line)

    def prompt(self, partial: str) -> Prompt | None:
        """The prompt at which the conversation has arrived, when all answers are complete."""
        return self._own(partial) if len(self.answers) == len(self._commands) else None

    def prompt_under_logs(self, partial: str) -> Prompt | None:
        """The same when only log messages were printed over the prompt; good after a silence.

        The prompt and what came after it leave the answer.
        """
        return self._uncovered(lambda line: is_log_line(self._platform, line), partial)

    def covered(self, partial: str) -> bool:
        """Whether there is a prompt below the end of what was printed."""
        return self._covered_at(lambda _: True, partial) is not None

    def prompt_under_words(self, partial: str) -> Prompt | None:
        """The prompt whatever was printed over it; good when Enter brought only a new one."""
        return self._uncovered(lambda _: True, partial)

    def _uncovered(self, covers: Callable[[str], bool], partial: str) -> Prompt | None:
        index = self._covered_at(covers, partial)
        if index is None:
            return None
        prompt = self._own(self.answers[-1][index])
        del self.answers[-1][index:]
        return prompt

    def _covered_at(self, covers: Callable[[str], bool], partial: str) -> int | None:
        if len(self.answers) != len(self._commands) or (partial.strip() and not covers(partial)):
            return None
        answer = self.answers[-1]
        for index in range(len(answer) - 1, -1, -1):
            if self._own(answer[index]) and (partial.strip() or index < len(answer) - 1):
                return index
            if answer[index].strip() and not covers(answer[index]):
                return None
        return None

    def _own(self, line: str) -> Prompt | None:
        prompt = prompt_in(self._platform, line)
        return prompt if prompt and self._fits(prompt) else None

    def _fits(self, prompt: Prompt) -> bool:
        if self._name is None or prompt.name == self._name:
            return True
        cut = prompt.mode == "configuration" and len(prompt.name) >= _SHORTEST_CUT
        return cut and self._name.startswith(prompt.name)

    def _is_echo(self, line: str) -> bool:
        prompt, typed = after_prompt(self._platform, line)
        if prompt is None and self.answers:
            return False  # between answers there is always a prompt before the echo
        wanted = self._commands[len(self.answers)].strip()
        if _same(typed, wanted):
            return True
        if not self.answers and not is_log_line(self._platform, line):
            self._pieces += typed  # an echo that a log message tore apart
        return bool(self._pieces) and _same(self._pieces, wanted)


def _same(typed: str, wanted: str) -> bool:
    """Whether the echo is the command; a scrolled line shows `$` and the end of it."""
    typed = typed.strip()
    return typed == wanted or (len(typed) > 1 and typed[0] == "$" and wanted.endswith(typed[1:]))
