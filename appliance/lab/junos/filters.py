"""What follows `|` in a command: match, except, find, count, last, no-more and their kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from appliance.lab.junos.path import MISSING, SYNTAX, Refused

_LAST = 24


def filtered(text: str, pipe: str) -> str:
    """The lines of `text` that one filter lets through. Raises Refused; its place counts words
    behind the `|`."""
    word, _, rest = pipe.strip().partition(" ")
    if not word:
        raise Refused(MISSING, 0)
    chosen = [name for name in _FILTERS if name.startswith(word)]
    chosen = [word] if word in _FILTERS else chosen
    if len(chosen) != 1:
        raise Refused(f"'{word}' is ambiguous." if chosen else SYNTAX, 0)
    lines = _FILTERS[chosen[0]](text.splitlines(), rest.strip().strip('"'))
    return "".join(f"{line}\n" for line in lines)


def _pattern(text: str) -> re.Pattern[str]:
    if not text:
        raise Refused(MISSING, 1)
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error:
        raise Refused(f"error: regular expression: {text}", 1) from None


def _match(lines: list[str], text: str) -> Iterator[str]:
    pattern = _pattern(text)
    return (line for line in lines if pattern.search(line))


def _except(lines: list[str], text: str) -> Iterator[str]:
    pattern = _pattern(text)
    return (line for line in lines if not pattern.search(line))


def _find(lines: list[str], text: str) -> list[str]:
    pattern = _pattern(text)
    at = next((n for n, line in enumerate(lines) if pattern.search(line)), None)
    return ["", "Pattern not found"] if at is None else lines[at:]


def _count(lines: list[str], _text: str) -> list[str]:
    return [f"Count: {len(lines)} lines"]


def _last(lines: list[str], text: str) -> list[str]:
    return lines[-int(text) if text.isdecimal() else -_LAST :]


def _trim(lines: list[str], text: str) -> list[str]:
    width = int(text) if text.isdecimal() else 0
    return [line[width:] for line in lines]


def _same(lines: list[str], _text: str) -> list[str]:
    return lines


_FILTERS: dict[str, Callable[[list[str], str], list[str] | Iterator[str]]] = {
    "count": _count,
    "except": _except,
    "find": _find,
    "hold": _same,
    "last": _last,
    "match": _match,
    "no-more": _same,
    "trim": _trim,
}
