"""Variables of a script: what is known of them, alone, in strings, and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from vendors.rras.reading.located import Record

_IN_STRING = re.compile(
    r"(?<!`)\$(?:\(\s*\$(?P<asked>[\w:.]+)\s*\)|\{(?P<braced>[^}\n]+)\}|(?P<bare>\w+))"
)
_LONGEST = 10_000
"""Characters of a string, or members of a list: what doubles itself in a loop is not kept."""

_SCOPE = re.compile(r"^\$(?:using|script|global|local|private):", re.IGNORECASE)


def plain(variable: str) -> str:
    """A variable's name as they are kept: in lower case, without braces and scope."""
    text = variable.lower()
    return _SCOPE.sub("$", "$" + text[2:-1] if text.startswith("${") else text)


def known(variable: str, variables: Mapping[str, object]) -> object:
    """The value of `$name` or of `$name.member`; the text itself where it is not known."""
    name, *path = plain(variable).split(".")
    return reached(variables.get(name, variable), path, variable)


def reached(value: object, path: Iterable[str], unknown: str) -> object:
    """A member of a member of a table; `unknown` where there is none."""
    for one in path:
        members = value.members if isinstance(value, Record) else {}
        value = next((held for key, held in members.items() if key.lower() == one), unknown)
    return value


def joined(one: object, other: object) -> object:
    """What `+` makes of two values; where one is unknown the text of both, which is no value."""
    if _size(one) + _size(other) > _LONGEST:
        return "$"
    if isinstance(one, Record) and isinstance(other, Record):
        lines = {**one.lines, **other.lines}
        return Record(one.line, {**one.members, **other.members}, lines)
    if isinstance(one, list):
        return [*one, *(other if isinstance(other, list) else [other])]
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    return f"{one}{other}"


def with_member(table: Record, name: str, value: object, line: int) -> Record:
    """A table with one member more, or another value of one, which stands in this line."""
    kept = {key: one for key, one in table.members.items() if key.lower() != name.lower()}
    return Record(table.line, {**kept, name: value}, {**table.lines, name: line})


def expanded(text: str, variables: Mapping[str, object]) -> str:
    """A double-quoted string with the variables that are known."""

    def found(match: re.Match[str]) -> str:
        value = known(f"${match['asked'] or match['braced'] or match['bare']}", variables)
        return str(value) if isinstance(value, str | int) else match[0]

    made = _IN_STRING.sub(found, text)
    return re.sub(r"`(.)", r"\1", made if len(made) <= _LONGEST else text)


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list) else 1
