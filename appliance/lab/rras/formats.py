"""What formats objects, as Windows PowerShell 5.1 does it: JSON, CSV, and the list view."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from appliance.lab.rras.tables import ENUMS

Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Word:
    """An enumerated value: JSON shows its number, everything else its name."""

    name: str
    number: int

    def __str__(self) -> str:
        return self.name


def select(
    found: Sequence[Object], properties: Sequence[str], excluded: Sequence[str] = ()
) -> list[Object]:
    """These properties; one that an object lacks is null."""
    if not properties:
        return list(found)
    return [_selected(one, properties, excluded) for one in found]


def _selected(one: Object, properties: Sequence[str], excluded: Sequence[str]) -> Object:
    names = {name.lower(): name for name in one}
    kept: Object = {}
    for wanted in properties:
        if "*" in wanted:
            kept |= {name: one[name] for name in one if fnmatchcase(name, wanted)}
        else:
            kept[wanted] = one[names[wanted.lower()]] if wanted.lower() in names else None
    return {
        name: value
        for name, value in kept.items()
        if not any(fnmatchcase(name, pattern) for pattern in excluded)
    }


def to_json(found: Sequence[Object], depth: int) -> list[str]:
    """One text for all of them; a lone object is no list, and nothing gives nothing."""
    if not found:
        return []
    plain = [_plain(one, depth) for one in found]
    text = json.dumps(plain[0] if len(plain) == 1 else plain, separators=(",", ":"))
    for char in "'<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return [text]


def _plain(value: object, depth: int) -> object:
    if isinstance(value, Word):
        return value.number
    if isinstance(value, datetime):
        return f"/Date({int(value.astimezone(UTC).timestamp() * 1000)})/"
    if isinstance(value, Mapping):
        return (
            {name: _plain(one, depth - 1) for name, one in value.items()} if depth else str(value)
        )
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value] if depth else " ".join(map(str, value))
    return value


def to_csv(found: Sequence[Object]) -> list[str]:
    """A heading and a line an object, all in quotes; a list shows only its type."""
    if not found:
        return []
    names = list(found[0])
    rows = [names, *([_cell(one.get(name)) for name in names] for one in found)]
    return [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]


def to_list(found: Sequence[Object]) -> list[str]:
    """The list view: bare numbers of policies have words here, and lists end after four."""
    lines: list[str] = []
    for one in found:
        lines.append("")
        for name, value in one.items():
            words = ENUMS.get(name, ())
            named = isinstance(value, int) and not isinstance(value, bool) and words
            shown = words[value] if named and isinstance(value, int) else _listed(value)
            lines.append(f"{name:<32} : {shown}")
    return lines


def _listed(value: object) -> str:
    if isinstance(value, list):
        more = ["..."] if len(value) > _MOST else []
        return "{" + ", ".join([*map(str, value[:_MOST]), *more]) + "}"
    return _cell(value)


_MOST = 4


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "System.String[]"
    return str(value)
