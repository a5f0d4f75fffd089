"""Rows of a Junos configuration as people save it: prompts, pagers, remarks, strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass

TAGS = frozenset(
    {"inactive:", "active:", "protect:", "unprotect:", "replace:", "delete:", "merge:"}
)
"""Words that may stand before a statement in braces."""

_VERBS = frozenset(
    {
        "set",
        "delete",
        "deactivate",
        "activate",
        "insert",
        "rename",
        "copy",
        "edit",
        "top",
        "up",
        "exit",
        "quit",
        "protect",
        "unprotect",
        "annotate",
        "wildcard",
        "replace",
    }
)
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|<[^\s<>"{};]*>|[{};\[\]]|/\*.*?\*/|#(?:[#\s].*)?$|"'
    r'|(?:[^\s{};\[\]"/]|/(?!\*))+|/\*.*'
)
_PLAIN = re.compile(r'["{};\[\]#*]')
_PROMPT = re.compile(
    r"(?:\{[\w:. -]+\})?\s*(?:\[edit(?P<path>(?: [^\]]*)?)\])?\s*"
    r"(?:(?:[\w.-]+@[\w.:-]+|root|[\w.-]+(?=[>#]\s*(?:show|run|set|edit|top|delete|commit)\s))"
    r"(?P<mode>[>#%])(?P<command>(?:\s.*)?))?$"
)
_PAGER = re.compile(r"---\(more[^)\n]*\)---[ \t\x08\r]*(?:\x1b\[[\d;]*[A-Za-z][ \t\x08\r]*)*")
_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]|[\x00\x07\x08]")
_OFF = "## inactive: "
"""Stands with a path above a section that is shown by itself and deactivated."""
_CHANGE = re.compile(r"[+!-]\s")
"""What `show | compare` begins a row with that the candidate has more, less or elsewhere."""
_LONGEST = 400
"""Rows that one quoted string may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A row that a prompt or a banner `[edit PATH]` stands in, and what was typed behind it."""

    path: list[str] | None
    command: str


def prompt(row: str) -> Prompt | None:
    """What a prompt tells; None when the row has none."""
    if row[0] not in "{[" and "@" not in row and row.partition(" ")[0][-1] not in ">#%":
        return None
    found = _PROMPT.match(row)
    if found is None or not (found["mode"] or found["path"] is not None or row[-1] == "}"):
        return None
    if found["path"] is None and found["mode"] is None and row == "{}":
        return None
    path = found["path"].split() if found["path"] is not None else None
    if path is None and found["mode"] == ">":
        path = []
    return Prompt(path=path, command=(found["command"] or "").strip())


def command_words(row: str) -> bool:
    """Whether a row is a command of configuration mode, not a statement in braces."""
    first = row.split(None, 1)[0]
    return first in _VERBS and row[-1] != "{"


class Rows:
    """The rows of a text without what terminals leave in it; numbers are those of the text.

    `off` are the paths that remarks call deactivated, with their rows.
    """

    __slots__ = ("_at", "_closing", "_patient", "off", "rows")

    def __init__(self, text: str) -> None:
        text = text.lstrip("\ufeff").replace("\xa0", " ")
        if "---(more" in text:
            text = _PAGER.sub("", text)
        if "\x1b" in text or "\x08" in text or "\x00" in text or "\x07" in text:
            text = _CONTROL.sub("", text)
        self.rows = text.split("\n")
        self.off: list[tuple[int, str]] = []
        self._at = 0
        self._patient = True
        self._closing = True

    def statements(self) -> Iterator[tuple[int, str]]:
        """Rows that say something, with their number; remarks are left away."""
        rows = self.rows
        while self._at < len(rows):
            row = rows[self._at].strip()
            self._at += 1
            if not row or row[0] == "#" or _CHANGE.match(row):
                if row.startswith(_OFF):
                    self.off.append((self._at, row[len(_OFF) :]))
                continue
            if row.startswith("/*"):
                row = self._behind(row)
                if not row:
                    continue
            yield self._at, row

    def opens_next(self) -> bool:
        """Whether the next row begins with a brace, as some write it."""
        return self._at < len(self.rows) and self.rows[self._at].lstrip().startswith("{")

    def _behind(self, row: str) -> str:
        """What follows an annotation, which may go over several rows."""
        first = self._at
        while "*/" not in row:
            if self._at >= len(self.rows) or not self._closing:
                self._at = first  # never closed: the device would not have printed it
                self._closing = False
                return ""
            row = self.rows[self._at]
            self._at += 1
        return row.partition("*/")[2].strip()

    def plain(self, row: str) -> list[str] | None:
        """The words of a row that is one statement in braces; None for any other."""
        if row[-1] in ";{" and not _PLAIN.search(row, 0, len(row) - 1):
            return row[:-1].split()
        return None

    def pieces(self, number: int, row: str) -> list[str]:
        """The words and punctuation of a row in braces."""
        words = self.plain(row)
        if words is not None:
            return [*words, row[-1]]
        found: list[str] = []
        for match in _TOKEN.finditer(row):
            piece = match[0]
            if piece == '"':
                row, rest = self._string(number, row[match.start() :])
                return [*found, row, *(self.pieces(number, rest) if rest else [])]
            if piece[0] == "#" or piece.startswith("/*"):
                if piece[0] == "/" and not piece.endswith("*/"):
                    rest = self._behind(piece)
                    return [*found, *(self.pieces(number, rest) if rest else [])]
                continue
            found.append(_unquoted(piece))
        return found

    def _string(self, number: int, row: str) -> tuple[str, str]:
        """A string that goes on in the next rows, and what follows it."""
        text, at = row, self._at
        while self._patient and self._at < min(len(self.rows), number + _LONGEST):
            text = f"{text}\n{self.rows[self._at].rstrip()}"
            self._at += 1
            closed = _STRING.match(text)
            if closed is not None:
                return _unquoted(closed[0]), text[closed.end() :].strip()
            if '"' in self.rows[self._at - 1]:
                continue
        self._at, self._patient = at, False
        return row[1:].rstrip(";").rstrip(), ";" if row.endswith(";") else ""

    def command(self, row: str) -> tuple[str, list[str]]:
        """The verb of a command, and its words; brackets stay words of their own."""
        if not _PLAIN.search(row):
            words = row.split()
            return words[0], words[1:]
        words = []
        for match in _TOKEN.finditer(row):
            piece = match[0]
            if piece.startswith("/*") or (piece[0] == "#" and words):
                if piece[0] == "#" and not piece.startswith("##"):
                    words += piece.split()
                continue
            if piece == '"':
                words.append(row[match.end() :].strip())
                break
            words.append(_unquoted(piece))
        while words and words[-1] == ";":
            words.pop()
        return (words[0], words[1:]) if words else ("", [])


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _unquoted(piece: str) -> str:
    if piece[0] != '"':
        return piece
    text = piece[1:-1]
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text)
