"""What a terminal sends, turned into lines: echo, erasing, control keys."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BACKSPACE = "\b\x7f"
_ESCAPED = re.compile(r"\\.")
_SHIFT = 10
_RUBOUT = "\b \b"


@dataclass(slots=True, kw_only=True)
class Keyed:
    """What one key led to: characters to echo, and a finished line or a control key if any.

    `event` is `line`, `interrupt` (Ctrl-C), `end` (Ctrl-Z), `eof` (Ctrl-D), `help` (`?`),
    `complete` (Tab) or empty.
    """

    echo: str = ""
    event: str = ""


@dataclass(slots=True, kw_only=True)
class LineEditor:
    """The line being typed. `hidden` echoes nothing; `literal` knows no help and no completion,
    `quoting` none inside double quotes.

    Behind `margin` columns (0: never) the line shifts to the left and `$` stands for what is
    hidden, as on a real IOS terminal.
    """

    text: str = ""
    hidden: bool = False
    literal: bool = False
    quoting: bool = False
    margin: int = 0
    _shown: int = 0
    _quoted: bool = False
    _after_return: bool = False

    def take(self) -> str:
        """The finished line; the next one starts empty."""
        line, self.text = self.text, ""
        self._shown = 0
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
        if self.hidden:
            return Keyed()
        self._shown += 1
        if not self.margin or self._shown < self.margin:
            return Keyed(echo=char)
        return Keyed(echo=self._shift())

    def _shift(self) -> str:
        """Redraw from the prompt on, further to the left."""
        before, kept = self._shown - 1, max(1, self.margin - _SHIFT)
        self._shown = kept
        window = "$" + self.text[-(kept - 1) :] if kept > 1 else "$"
        blank = max(0, before - kept)
        return "\b" * before + window + " " * blank + "\b" * blank

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
        if char in "?\t" and self._plain():
            return self._put(char)
        return Keyed(event=_EVENTS.get(char, ""))

    def _plain(self) -> bool:
        """Whether help and completion are off."""
        unescaped = _ESCAPED.sub("", self.text) if self.quoting else ""
        inside = unescaped.count('"') % 2 == 1
        return self.hidden or self.literal or inside

    def _erase(self, count: int) -> Keyed:
        count = min(count, len(self.text))
        self.text = self.text[: len(self.text) - count]
        self._shown = max(0, self._shown - count)
        return Keyed(echo="" if self.hidden else _RUBOUT * count)


_EVENTS = {"\x03": "interrupt", "\x1a": "end", "\x04": "eof", "?": "help", "\t": "complete"}
_CONTROL = frozenset(_BACKSPACE + "\x15\x17\x16\x03\x04\x1a?\t\x01\x05\x1b\x0c\x12")
