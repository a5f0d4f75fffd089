"""What follows the first `|` of a command line."""

from __future__ import annotations

import re

from appliance.lab.junos.filters import filtered

_PARTS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^|"]|")+')


def split(line: str) -> list[str]:
    """The command and its filters; a `|` inside quotes parts nothing."""
    found = _PARTS.findall(line)
    return found or [""]


def shown_as(pipes: list[str]) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
    """The filters that say how a configuration is shown (`display set`, `compare rollback 1`),
    each as its words, and the others."""
    chosen = tuple(tuple(pipe.split()) for pipe in pipes if _shapes(pipe.split()))
    return chosen, [pipe for pipe in pipes if not _shapes(pipe.split())]


def _shapes(words: list[str]) -> bool:
    first = words[0] if words else ""
    return len(first) > 1 and ("display".startswith(first) or "compare".startswith(first))


def piped(text: str, pipes: list[str]) -> str:
    """The text as its filters leave it. Raises Refused."""
    for pipe in pipes:
        text = filtered(text, pipe)
    return text
