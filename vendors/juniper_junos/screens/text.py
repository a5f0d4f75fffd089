"""A saved terminal output without what the terminal, the log and the person added to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PAGER = re.compile(r"---\(more[^)\n]*\)---[ \t\x08\r]*")
_NOISE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x08+ *\x08*|[\x00\x07\ufeff]")
_PROMPT = re.compile(
    r"(?:\{[\w:. -]+\}\s*)?(?:\[edit[^\]]*\]\s*)?"
    r"(?:[\w.-]+@[\w.:-]+|root|[\w.-]+(?=[>#] *(?:show|run|clear|set|request|exit)\b))[>#%]"
    r" *(?P<command>(?:[A-Za-z].*)?)"
)
_REFUSAL = re.compile(
    r"^\s*(?:error: .*|syntax error.*|unknown command.*|missing argument.*|invalid value.*"
    r"|'.*' is ambiguous.*|permission denied.*|[\w-]+: no such command.*)$",
    re.MULTILINE,
)


def cleaned(text: str) -> str:
    """The same lines with LF ends, without pager marks and control sequences."""
    return _NOISE.sub("", _PAGER.sub("", re.sub(r"\r+\n", "\n", text))).replace("\r", "")


def sections(text: str) -> Iterator[tuple[str | None, str]]:
    """Splits a terminal log at its prompts into commands and their answers.

    What stands before the first prompt has the command None.
    """
    command: str | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        if prompted := _PROMPT.fullmatch(line.strip()):
            yield command, "\n".join(lines)
            command, lines = prompted["command"].strip(), []
        else:
            lines.append(line)
    yield command, "\n".join(lines)


def refusal(text: str) -> str | None:
    """The line in which the device refused the command, if it did."""
    found = _REFUSAL.search(text)
    return None if found is None else found[0].strip()
