"""What follows `|` in a command: include, exclude, begin, section, count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_INVALID = "% Invalid input detected at '^' marker.\n"


def filtered(text: str, spec: str) -> str:
    """The lines of `text` that the filter lets through."""
    word, _, rest = spec.strip().partition(" ")
    chosen = [name for name in _FILTERS if name.startswith(word.lower())] if word else []
    if len(chosen) != 1 or not rest.strip():
        return f"                         ^\n{_INVALID}\n"
    try:
        pattern = re.compile(rest.strip())
    except re.error:
        return "% Failed to compile regular expression.\n"
    lines = _FILTERS[chosen[0]](text.splitlines(), pattern)
    return "".join(f"{line}\n" for line in lines)


def _include(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    return (line for line in lines if pattern.search(line))


def _exclude(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    return (line for line in lines if not pattern.search(line))


def _begin(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    first = next((at for at, line in enumerate(lines) if pattern.search(line)), len(lines))
    return iter(lines[first:])


def _section(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    """Every line that matches, with the deeper lines below it."""
    inside = -1
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if inside >= 0 and depth > inside and line.strip() != "!":
            yield line
            continue
        inside = -1
        if pattern.search(line) and line.strip():
            inside = depth
            yield line


def _count(lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    found = sum(1 for line in lines if pattern.search(line))
    yield f"Number of lines which match regexp = {found}"


_FILTERS: dict[str, Callable[[list[str], re.Pattern[str]], Iterator[str]]] = {
    "include": _include,
    "exclude": _exclude,
    "begin": _begin,
    "section": _section,
    "count": _count,
}
