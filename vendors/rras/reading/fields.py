"""The members of one object by PowerShell's names, however they were saved.

Names are matched without regard to case, display labels (`SALifeTime(s)`) and parameter names
(`SALifeTimeSeconds`) included; lists may have been flattened to text, numbers formatted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from appliance.model.masked import secretive
from appliance.model.tunnel import Source
from vendors.rras import names
from vendors.rras.reading.located import Listed, Record

_TRUE = ("true", "1", "yes", "enabled")
_FALSE = ("false", "0", "no", "disabled")
_BY_PARAMETER = {
    parameter.lower(): property_.lower() for parameter, property_ in names.PROPERTIES.items()
}


class Fields:
    """One object: values by name, and what of it nobody asked for."""

    def __init__(self, record: Record) -> None:
        self.line = record.line
        self._json = record.json
        self._row = record.row
        self._members: dict[str, object] = {}
        self._said: dict[str, tuple[str, int]] = {}
        for name, value in record.members.items():
            known = canonical(name)
            if self._members.get(known) in (None, ""):
                self._members[known] = value
                if name in record.lines:
                    self._said[known] = (record.written.get(name, name), record.lines[name])

    def __contains__(self, name: str) -> bool:
        """Whether it has such a member with a value."""
        return self._members.get(canonical(name)) not in (None, "")

    @property
    def names(self) -> Iterator[str]:
        """Every member's name in lower case."""
        yield from self._members

    def value(self, name: str) -> object:
        """As it was read; None where there is none."""
        return self._members.get(canonical(name))

    def text(self, name: str) -> str:
        """A word; empty where there is none."""
        value = self.value(name)
        if isinstance(value, list):
            value = value[0] if len(value) == 1 else None
        if isinstance(value, Record):
            value = _address(value)
        return "" if value is None else str(value).strip()

    def number(self, name: str) -> int | None:
        """A whole number, formatted for display or not."""
        value = self.value(name)
        if isinstance(value, bool | float):
            return int(value)
        if isinstance(value, int):
            return value
        digits = re.sub(r"[\s,.'\u00a0\u2019\u202f]", "", self.text(name))
        return int(digits) if digits.isascii() and digits.isdigit() else None

    def flag(self, name: str) -> bool | None:
        """True or False, spelled in any way; None where it is not told."""
        text = self.text(name).lower()
        return True if text in _TRUE else False if text in _FALSE else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words: as such, as one word, or as `{a, b}`."""
        return tuple(_words(self.value(name)))

    def items(self, name: str) -> tuple[tuple[str, Source], ...]:
        """The texts of a list, blanks and all, each with where it stands."""
        value, whole = unwrapped(self.value(name)), self.source(name)
        if isinstance(value, list):
            rows = texts = [_shown(one).strip('"').strip() for one in value]
            at = [whole.line] * len(value)
            if isinstance(value, Listed):
                at, rows = value.lines, value.rows or texts
        else:
            inside = "" if value is None else str(value).strip().strip("{}")
            rows = texts = [one.strip() for one in inside.split(",")]
            at = [whole.line] * len(texts)
        found = zip(texts, at, rows, strict=True)
        return tuple((text, Source(line, row)) for text, line, row in found if text)

    def source(self, name: str) -> Source:
        """Where the member stands, keys masked; where the object is named if it does not."""
        known = canonical(name)
        if known not in self._said:
            known = "name" if "name" in self._said else next(iter(self._said), "")
        if not known:
            return Source(self.line, "{")
        written, line = self._said[known]
        if self._row:
            return Source(line, self._without_keys(self._row))
        value = "***" if secretive(known) else self._members[known]
        if not self._json:
            return Source(line, f"{written} : {value}")
        return Source(line, f'"{written}": {_shown(value)}')

    def _without_keys(self, row: str) -> str:
        for name, value in self._members.items():
            if isinstance(value, str) and value and secretive(name):
                row = row.replace(value, "***")
        return row

    def word(self, name: str) -> str:
        """An enumerated value as its word."""
        text = self.text(name)
        return names.word(name, text) if text else ""


def canonical(name: str) -> str:
    """The property's name in lower case, for a name or label of any kind."""
    plain = re.sub(r"\([^)]*\)$", "", name.strip()).lower()
    return _BY_PARAMETER.get(plain, plain)


def unwrapped(value: object) -> object:
    """A list that Windows PowerShell 5.1 saved as `{"value": [...], "Count": 2}`."""
    if isinstance(value, Record) and {name.lower() for name in value.members} == {"value", "count"}:
        return next(one for name, one in value.members.items() if name.lower() == "value")
    return value


def _words(value: object) -> Iterator[str]:
    value = unwrapped(value)
    if isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, Record):
        yield _address(value)
    elif value is not None:
        yield from filter(None, re.split(r"[\s,{}]+", str(value)))


def _address(record: Record) -> str:
    """What a .NET object that stands for one value comes out as: `IPAddressToString`, `value`."""
    lowered: Mapping[str, object] = {name.lower(): one for name, one in record.members.items()}
    for name in ("ipaddresstostring", "value", "name"):
        if isinstance(lowered.get(name), str | int):
            return str(lowered[name])
    return ""


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, Record):
        return "{...}"
    if isinstance(value, str):
        return f'"{value}"'
    return "null" if value is None else str(value).lower()
