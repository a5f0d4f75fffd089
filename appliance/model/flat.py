"""A value of the model as flat paths with their values in words: what histories are compared by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum

from appliance.model.algorithms import DhGroup
from appliance.model.secret import Hidden, Secret

Told = Callable[[Secret | Hidden], str]
"""How to name a key without telling it."""

_KEYS = ("name", "address")
"""What tells the parts of a list apart, where they have it."""


def flat(value: object, told: Told, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """`{"esp.pfs_group": "14", ...}` of a record; lists are sorted, since order means nothing.

    `without` are members of the outermost record that are left out. A list of records has a path
    for each, by its name or address.
    """
    kept = ((name, part) for name, part in _members(value) if name not in without)
    return {path: text for name, part in kept for path, text in _parts(name, part, told)}


def _members(value: object) -> Iterator[tuple[str, object]]:
    """Fields with their values; what is no part of a record's equality is none of its history."""
    for described in getattr(value, "__record__", ()):
        if described.compare:
            yield described.name, getattr(value, described.name)


def _parts(path: str, value: object, told: Told) -> Iterator[tuple[str, str]]:
    match value:
        case Secret() | Hidden():
            yield path, told(value)
        case Mapping():
            for name, part in sorted(value.items()):
                yield from _parts(f"{path}.{name}", part, told)
        case tuple() if value and all(map(_is_record, value)):
            yield from _records(path, value, told)
        case tuple() | frozenset():
            yield path, ", ".join(sorted(map(_word, value))) or "none"
        case _ if _is_record(value):
            for name, part in _members(value):
                yield from _parts(f"{path}.{name}", part, told)
        case _:
            yield path, _word(value)


def _records(path: str, values: tuple[object, ...], told: Told) -> Iterator[tuple[str, str]]:
    """Each under what tells it apart; records that have no such member are words of a list."""
    names = [next((str(getattr(v, k)) for k in _KEYS if hasattr(v, k)), None) for v in values]
    if None in names or len(set(names)) < len(names):
        yield path, ", ".join(sorted(map(_word, values)))
        return
    for name, value in zip(names, values, strict=True):
        yield from _parts(f"{path}.{name}", value, told)


def _phrase(value: object) -> str:
    """A record in one word: `aes256gcm/none/14`."""
    return "/".join(_word(part) for _, part in _members(value))


def _is_record(value: object) -> bool:
    return hasattr(value, "__record__")


def _word(value: object) -> str:
    match value:
        case None:
            return "none"
        case DhGroup():
            return str(int(value))
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case _ if _is_record(value):
            return str(value) if "__str__" in vars(type(value)) else _phrase(value)
        case _:
            return str(value)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Paths whose values differ, with both; what is missing on one side is "none" there."""
    return {
        path: (before.get(path, "none"), after.get(path, "none"))
        for path in sorted({*before, *after})
        if before.get(path, "none") != after.get(path, "none")
    }
