"""What follows `|` in a command: include, exclude, begin, grep."""

from __future__ import annotations

import re
from collections.abc import Iterator

_INVALID = "ERROR: % Invalid input detected at '^' marker.\n"
_NAMES = ("begin", "exclude", "grep", "include")


def filtered(text: str, spec: str) -> str:
    """The lines of `text` that the filter lets through; an ASA knows no `section`."""
    word, _, rest = spec.strip().partition(" ")
    chosen = [name for name in _NAMES if word and name.startswith(word.lower())]
    if len(chosen) != 1 or not rest.strip():
        return f"                         ^\n{_INVALID}"
    name, expression = chosen[0], rest.strip()
    if name == "grep" and expression.startswith("-v "):
        name, expression = "exclude", expression[3:].strip()
    try:
        pattern = re.compile(expression)
    except re.error:
        return "ERROR: % Invalid regular expression\n"
    return "".join(f"{line}\n" for line in _chosen(name, text.splitlines(), pattern))


def _chosen(name: str, lines: list[str], pattern: re.Pattern[str]) -> Iterator[str]:
    if name == "begin":
        first = next((at for at, line in enumerate(lines) if pattern.search(line)), len(lines))
        yield from lines[first:]
        return
    wanted = name != "exclude"
    yield from (line for line in lines if bool(pattern.search(line)) is wanted)
