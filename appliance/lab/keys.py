"""What a terminal sends, turned into lines: echo, erasing, control keys."""

from __future__ import annotations

from dataclasses import dataclass

_BACKSPACE = "\b\x7f"
_RUBOUT = "\b \b"


@dataclass(slots=True, kw_only=True)
class Keyed:
    """What one key led to: characters to echo, and a finished line or a control key if any.

    `event` is `line`, `interrupt` (Ctrl-C), `end` (Ctrl-Z), `help` (`?`) or empty.
    """

    echo: str = ""
    event: str = ""


@dataclass(slots=True, kw_only=True)
class LineEditor:
    """The line being typed. `hidden` echoes nothing."""

    text: str = ""
    hidden: bool = False
    _quoted: bool = False
    _after_return: bool = False

    def take(self) -> str:
        """The finished line; the next one starts empty."""
        line, self.text = self.text, ""
        return line

    def key(self, char: str) -> Keyed:
        """One character from the terminal."""
        after_return, self._after_return = self._after_return, False
        if char == "\n" and after_return:
            return Keyed()
        if self._quoted:
            self._quoted = False
            return self._put(char)
        if char in "\r\n":
            self._after_return = char == "\r"
            return Keyed(echo="\n", event="line")
        if char in _CONTROL:
            return self._control(char)
        return self._put(char)

    def _put(self, char: str) -> Keyed:
        if char < " " and char != "\t":
            return Keyed()
        self.text += char
        return Keyed(echo="" if self.hidden else char)

    def _control(self, char: str) -> Keyed:
        if char in _BACKSPACE:
            return self._erase(1)
        if char == "\x15":
            return self._erase(len(self.text))
        if char == "\x17":
            return self._erase(len(self.text) - len(self.text.rstrip().rpartition(" ")[0]))
        if char == "\x16":
            self._quoted = True
            return Keyed()
        if char == "?" and self.hidden:
            return self._put(char)
        return Keyed(event=_EVENTS.get(char, ""))

    def _erase(self, count: int) -> Keyed:
        count = min(count, len(self.text))
        self.text = self.text[: len(self.text) - count]
        return Keyed(echo="" if self.hidden else _RUBOUT * count)


_EVENTS = {"\x03": "interrupt", "\x1a": "end", "?": "help", "\t": "complete"}
_CONTROL = frozenset(_BACKSPACE + "\x15\x17\x16\x03\x1a?\t\x01\x05\x1b\x0c\x12")
