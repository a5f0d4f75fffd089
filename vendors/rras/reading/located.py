"""JSON with line numbers: several documents in one text, and the lines that belong to none.

The standard reader forgets where a value stood, and drift must point at the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from appliance.errors import ParseError
from appliance.model.tunnel import Source
from appliance.record import dataclass, field

_DECODER = JSONDecoder(strict=False)  # tabs inside strings are tolerated
_BLANK = re.compile(r"\s*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_PROMPT = re.compile(r"\[[\w.-]+\]: PS ")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Record:
    """One object: its line, its members, and the line of each that stands in the text.

    `json` is False for an object of a listing, whose members stand as `Name : value`. `written` is
    how names are spelled in the text that are kept in another way; `row` is the whole line of an
    object that stands in a table.
    """

    line: int
    members: dict[str, object]
    lines: dict[str, int]
    json: bool = True
    written: dict[str, str] = field(default_factory=dict)
    row: str = ""


class Listed(list[object]):
    """The values of a list, and the line of each; `rows` is how the text says them otherwise."""

    __slots__ = ("lines", "rows")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []
        self.rows: list[str] = []


class _BrokenError(ValueError):
    """The text at this place is no JSON."""


def documents(text: str) -> tuple[tuple[object, ...], tuple[Source, ...]]:
    """All values of a text, one after the other, and the lines that are no part of one.

    Only objects and lists count as documents: a prompt or a heading in between is a line. Raises
    `ParseError` where a document has no end.
    """
    found: list[object] = []
    odd: list[Source] = []
    at, cursor = 0, _Cursor(text)
    while (at := _skip(text, at)) < len(text):
        if text[at] in "{[" and not _PROMPT.match(text, at):
            value, at = _document(cursor, at)
            found.append(value)
        else:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            odd.append(Source(cursor.line(at), text[at:end].strip()))
            at = end
    return tuple(found), tuple(odd)


class _Cursor:
    """The text, and how many lines are above a place that only ever moves on."""

    __slots__ = ("_at", "_line", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = 0
        self._line = 1

    def line(self, at: int) -> int:
        """The number of the line in which this place is."""
        if at < self._at:
            self._at, self._line = 0, 1
        self._line += self.text.count("\n", self._at, at)
        self._at = at
        return self._line


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _document(cursor: _Cursor, at: int) -> tuple[object, int]:
    """Half a document is none: what it lacks would be taken for what the server lacks."""
    try:
        return _value(cursor, at, 0)
    except (_BrokenError, IndexError):
        raise ParseError(
            f"the JSON that begins in line {cursor.line(at)} is cut off or damaged",
            hint="save it again, to a file: `... | ConvertTo-Json -Depth 4 | Out-File rras.json`",
        ) from None


def _value(cursor: _Cursor, at: int, depth: int) -> tuple[object, int]:
    text = cursor.text
    if depth > _DEEPEST:
        raise _BrokenError
    if text[at] == "{":
        return _object(cursor, at, depth)
    if text[at] == "[":
        return _list(cursor, at, depth)
    if text[at] == '"':
        return _string(text, at)
    number = _NUMBER.match(text, at)
    if number:
        whole = not (number[1] or number[2])
        return (int(number[0]) if whole else float(number[0])), number.end()
    for word, value in _WORDS.items():
        if text.startswith(word, at):
            return value, at + len(word)
    raise _BrokenError


def _string(text: str, at: int) -> tuple[str, int]:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except JSONDecodeError:
        raise _BrokenError from None
    return str(value), end


def _object(cursor: _Cursor, at: int, depth: int) -> tuple[Record, int]:
    text = cursor.text
    record = Record(cursor.line(at), {}, {})
    for place in _items(text, at + 1, "}"):
        if isinstance(place, _End):
            return record, place.at
        name, after = _string(text, place.at) if text[place.at] == '"' else _unquoted()
        record.lines[name] = cursor.line(place.at)
        after = _skip(text, after)
        if text[after] != ":":
            raise _BrokenError
        record.members[name], place.at = _value(cursor, _skip(text, after + 1), depth + 1)
    raise _BrokenError


def _list(cursor: _Cursor, at: int, depth: int) -> tuple[Listed, int]:
    found = Listed()
    for place in _items(cursor.text, at + 1, "]"):
        if isinstance(place, _End):
            return found, place.at
        found.lines.append(cursor.line(place.at))
        value, place.at = _value(cursor, place.at, depth + 1)
        found.append(value)
    raise _BrokenError


def _unquoted() -> tuple[str, int]:
    raise _BrokenError


class _Place:
    """Where an item begins; whoever reads it leaves here where it ended."""

    __slots__ = ("at",)

    def __init__(self, at: int) -> None:
        self.at = at


class _End(_Place):
    """Behind the closing bracket."""


def _items(text: str, at: int, close: str) -> Iterator[_Place]:
    """The place of each item up to the closing bracket, then the end."""
    at = _skip(text, at)
    while text[at] != close:
        place = _Place(at)
        yield place
        at = _skip(text, place.at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != close:
            raise _BrokenError
    yield _End(at + 1)
