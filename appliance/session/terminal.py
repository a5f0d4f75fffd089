"""Types commands on a wire and waits for the device's own words, never for a time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn, Protocol, TypeVar

from appliance.errors import ConnectError, Interrupted, SessionError, SessionTimeout
from appliance.session.exchange import Exchange
from appliance.session.masking import Mask
from appliance.session.platform import Platform, Prompt, compiled, keystrokes, prompt_in
from appliance.session.screen import Screen

T = TypeVar("T")

_SILENCE = 0.7  # seconds without data after which a half line is taken for a question
_PATIENCE = 20  # a device that never stops talking is given up after this many timeouts
_ENDS = "#>"  # a prompt behind a banner that did not end its last line; Enter brings a clean one
_LAST_WORDS = 5  # lines of the device shown with an error


class Wire(Protocol):
    """What a terminal needs of a channel; `EOFError` and `OSError` mean that it broke."""

    def receive(self, timeout: float) -> bytes:
        """The next bytes, empty after `timeout` seconds without any."""

    def ready(self) -> bool:
        """Whether there is more to read at once."""

    def send(self, text: str, timeout: float) -> None:
        """All of the text."""


class Terminal:
    """One terminal. After any error it is given up: what the device shows then is not known."""

    def __init__(self, wire: Wire, platform: Platform, *, where: str, timeout: float) -> None:
        self.mask = Mask(platform)
        self.notes: list[str] = []
        self.name = ""
        self._wire = wire
        self._platform = platform
        self._where = where
        self._timeout = timeout
        self._screen = Screen()
        self._said: list[str] = []
        self._given_up = ""
        self._reacted: tuple[int, str] | None = None

    @property
    def transcript(self) -> str:
        """All lines so far, masked."""
        return self.mask("\n".join((*self._said, self._screen.partial)))

    @property
    def partial(self) -> str:
        """The line being written: a prompt, most often."""
        return self._screen.partial

    def converse(
        self, commands: Sequence[str], timeout: float | None = None, *, renamed: bool = False
    ) -> tuple[list[list[str]], Prompt]:
        """Types the commands ahead; the answer of each as lines, and the prompt after the last.

        `timeout` is how long the device may be silent. `renamed`: the prompt may show a new name.
        """
        while self._wire_ready():
            self._hear(0.0)  # late words of an earlier answer
        exchange = Exchange(self._platform, None if renamed else self.name, commands)
        self.type("".join(keystrokes(self._platform, command) for command in commands))
        prompt = self._listen(exchange, timeout or self._timeout)
        if renamed:
            self.name = prompt.name
        return exchange.answers, prompt

    def paste(
        self,
        command: str,
        lines: Iterable[str],
        *,
        ready: str,
        end: str,
        timeout: float | None = None,
    ) -> tuple[list[str], Prompt]:
        """Types text into a command that reads until `end`; its answer, echoes included.

        Nothing is typed before the device has printed a line that fits `ready`, and each line only
        when the one before it was echoed. An exchange that is broken off gives the terminal up.
        """
        while self._wire_ready():
            self._hear(0.0)  # late words of an earlier answer
        exchange = Exchange(self._platform, self.name, (command,))
        self.type(f"{command}\n")
        try:
            if prompt := self._until(exchange, ready, timeout or self._timeout):
                return exchange.answers[0], prompt  # it does not want to read
            asked = self._typed(exchange, lines)
            self.type(end)
            prompt = self._listen(exchange, timeout or self._timeout)
        except BaseException:
            self._given_up = self._given_up or f"`{command}` was broken off"
            raise
        if asked is not None:
            raise asked
        return exchange.answers[0], prompt

    def _typed(self, exchange: Exchange, lines: Iterable[str]) -> Interrupted | None:
        """Types the lines; who asks for an end between two of them is answered after `end`, so
        that the device is left listening to commands again."""
        try:
            for line in lines:
                self.type(f"{line}\n")
                self._echoed(exchange, line)
        except Interrupted as interrupted:
            return interrupted
        return None

    def _until(self, exchange: Exchange, ready: str, timeout: float) -> Prompt | None:
        """Waits for a line that fits; the prompt when that came instead."""
        while not any(
            compiled(ready).search(line) for answer in exchange.answers for line in answer
        ):
            if prompt := exchange.prompt(self._screen.partial):
                return prompt
            for line in self._hear_more(exchange.command, timeout):
                exchange.take(line)
        return None

    def _echoed(self, exchange: Exchange, line: str) -> None:
        """Waits for the echo; a device that is silent for a while does not echo."""
        while (heard := self._hear(_SILENCE)) is not None:
            for one in heard:
                exchange.take(one)
            if any(one.rstrip().endswith(line.rstrip()) for one in heard):
                return

    def greet(self) -> None:
        """Waits for something like a prompt; where nothing comes, Enter is pressed once."""
        nudged = False
        while prompt_in(self._platform, self._screen.partial) is None:
            partial = self._screen.partial
            self._react("", partial)
            if self._hear(self._timeout if nudged else 3 * _SILENCE) is not None:
                continue
            if nudged or (partial.strip() and partial.strip()[-1] not in _ENDS):
                self._stop(f"it shows no prompt of {self._platform.name}")
            nudged = True
            self.type("\n")
        while nudged and self._hear(_SILENCE) is not None:
            pass  # Enter may bring a second prompt, late

    def wait_for(self, found: Callable[[list[str], str], T | None]) -> T:
        """The first result of `found(lines since now, unfinished line)` that is not None."""
        lines: list[str] = []
        while (result := found(lines, self._screen.partial)) is None:
            heard = self._hear(self._timeout)
            if heard is None:
                self._stop("it stopped answering")
            lines.extend(heard)
        return result

    def type(self, text: str) -> None:
        """Sends keystrokes; what is echoed shows in the transcript, what is not does not."""
        if self._given_up:
            raise ConnectError(
                f"this session was given up: {self._given_up}",
                where=self._where,
                hint="open a new one",
            )
        try:
            self._wire.send(text, self._timeout)
        except (EOFError, OSError) as error:
            self._broke(error)

    def _listen(self, exchange: Exchange, timeout: float) -> Prompt:
        """Feeds the exchange until its last prompt has come and nothing follows it."""
        limit = time.monotonic() + _PATIENCE * timeout
        while True:
            partial = self._screen.partial
            prompt = exchange.prompt(partial)
            if prompt and not self._wire_ready():
                return prompt
            if not prompt:
                self._react(exchange.command, partial)
            heard = self._hear(min(_SILENCE, timeout))
            if heard is None:
                if prompt := prompt or self._covered(exchange, timeout):
                    return prompt
                heard = self._hear_more(exchange.command, timeout)
            for line in heard:
                exchange.take(line)
            if time.monotonic() > limit:
                self._stop(f"the answer to `{exchange.command}` has no end")

    def _covered(self, exchange: Exchange, timeout: float) -> Prompt | None:
        """After a silence: the prompt under what the device printed over it, if it is there.

        Where that has not the shape of a log message, Enter must bring a new prompt and nothing
        else: the device then has no more to say. Not at a question, which Enter would answer.
        """
        partial = self._screen.partial
        if prompt := exchange.prompt_under_logs(partial):
            return prompt
        if compiled(self._platform.asking).search(partial) or not exchange.covered(partial):
            return None
        self.type("\n")
        heard: list[str] = []
        while prompt_in(self._platform, self._screen.partial) is None:
            heard += self._hear_more(exchange.command, timeout)
        if [line for line in heard if line.strip()] in ([], [partial]):
            return exchange.prompt_under_words(partial)
        for line in heard:
            exchange.take(line)
        return None

    def _hear_more(self, command: str, timeout: float) -> list[str]:
        """What comes after a silence; raises when the device waits for an answer, or is gone."""
        self._no_question(command, self._screen.partial)
        heard = self._hear(timeout)
        if heard is None:
            self._stop(f"no answer to `{command}` within {timeout:g} s")
        return heard

    def _hear(self, timeout: float) -> list[str] | None:
        """The lines that came; None after silence."""
        try:
            data = self._wire.receive(timeout)
        except (EOFError, OSError) as error:
            self._broke(error)
        if not data:
            return None
        lines = self._screen.feed(data)
        self._said.extend(lines)
        return lines

    def _wire_ready(self) -> bool:
        try:
            return self._wire.ready()
        except OSError as error:
            self._broke(error)

    def _react(self, command: str, partial: str) -> None:
        """Answers a pager, or a question that is known to be harmless after this command; once."""
        seen = (len(self._said), partial)
        if not partial.strip() or seen == self._reacted:
            return
        if compiled(self._platform.pager).search(partial):
            self._reacted = seen
            self.type(self._platform.page)
            self._note("the device pages in spite of our setting; every page was fetched")
        for question in self._platform.questions:
            asked = compiled(question.asks).search(partial)
            if asked and compiled(question.command).fullmatch(command.strip()):
                self._reacted = seen
                self.type(f"{question.answer}\n")
                self._note(f"answered {partial.strip()!r} with {question.answer or 'Enter'!r}")

    def _no_question(self, command: str, partial: str) -> None:
        if (len(self._said), partial) == self._reacted:
            return
        if compiled(self._platform.asking).search(partial):
            self._given_up = "it waits at a question"
            raise SessionError(
                self.mask(f"the device asks {partial.strip()!r} after `{command}`; not answered"),
                where=self._where,
                hint="answer it by hand once, or change what makes the device ask",
            )

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _broke(self, error: EOFError | OSError) -> NoReturn:
        self._given_up = "the connection broke"
        who = f": {error}" if isinstance(error, EOFError) and str(error) else ""
        raise ConnectError(
            f"the connection broke{who}{self._last_words()}",
            where=self._where,
            hint="read the device back before anything else: what it did meanwhile is unknown",
        ) from None

    def _stop(self, why: str) -> NoReturn:
        self._given_up = why
        found = prompt_in(self._platform, self._screen.partial)
        if found and self.name and found.name != self.name:
            why = f"{why}; its prompt changed from {self.name!r} to {found.name!r}"
        raise SessionTimeout(
            self.mask(why) + self._last_words(),
            where=self._where,
            hint="read the device back before anything else: what it did meanwhile is unknown",
        )

    def _last_words(self) -> str:
        lines = [line for line in (*self._said, self._screen.partial) if line.strip()]
        words = self.mask("\n".join(lines[-_LAST_WORDS:]))
        return "; its last words were:\n" + words if words else ""
