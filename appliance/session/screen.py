"""What a terminal would show of the bytes a device sends: lines of text, nothing else."""

from __future__ import annotations

import codecs
import re

# ECMA-48 5.4 (control sequences) and the two-byte escapes of a VT100.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-B]|[0-Z\\-_c])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SILENT = str.maketrans("", "", "\x00\x07\x0e\x0f\x11\x13\x7f\ufeff")


_ERASE = re.compile(r"\x1b\[[02]?K")
_LEFT = re.compile(r"\x1b\[(\d*)D")
_ERASED = "\x0b"  # stands for an erasing sequence; a real one is dropped before


def _plain(line: str) -> tuple[str, int]:
    """The line without escape sequences, and where the cursor stands after it."""
    line = _ERASE.sub(_ERASED, line.replace(_ERASED, ""))
    line = _LEFT.sub(lambda match: "\b" * min(int(match[1] or 1), 511), line)
    return _struck(_ESCAPE.sub("", line).translate(_SILENT))


def _struck(line: str) -> tuple[str, int]:
    """The line after backspaces and carriage returns moved the cursor, and where it stands."""
    cells: list[str] = []
    cursor = 0
    for character in line:
        if character == "\b":
            cursor = max(0, cursor - 1)
        elif character == "\r":
            cursor = 0
        elif character == _ERASED:
            del cells[cursor:]
        else:
            cells[cursor : cursor + 1] = [character]
            cursor += 1
    return "".join(cells), cursor


def shown(line: str) -> str:
    """One complete line as it stays on the screen; erased pagers and redrawn echoes are gone."""
    line = line.rstrip("\r")
    if not _CONTROL.search(line):
        return line
    text, cursor = _plain(line)
    return text[:cursor] + text[cursor:].rstrip()


class Screen:
    """Collects bytes; gives out complete lines once, and the unfinished last line at any time.

    Bytes that are not UTF-8 are replaced, never dropped. Time is linear in what is fed.
    """

    __slots__ = ("_decoder", "_rest")

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete."""
        text = self._rest + self._decoder.decode(data)
        *complete, self._rest = text.split("\n")
        return [shown(line) for line in complete]

    @property
    def partial(self) -> str:
        """The line being written, up to the cursor: a prompt, a question, or half an answer."""
        rest = self._rest.rstrip("\r")
        if not _CONTROL.search(rest):
            return rest
        text, cursor = _plain(rest)
        return text[:cursor]
