"""A PowerShell script as its tokens: as much of about_Parsing as calls of cmdlets need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|`\r?\n|<\#.*?\#>|\#[^\n]*|\[[A-Za-z][\w.]*(?:\[\])?\](?=\s*[$@("']))
    |(?P<end>\n|;|\|)
    |(?P<here>@'[ \t]*\r?\n(?:.*?\n)??'@|@"[ \t]*\r?\n(?:.*?\n)??"@)
    |(?P<single>['\u2018\u2019](?:[^'\u2018\u2019]|['\u2018\u2019]{2})*['\u2018\u2019])
    |(?P<double>"(?:[^"`]|`.|"")*")
    |(?P<open>@\{|@\(|[({])|(?P<close>[)}])|(?P<comma>,)
    |(?P<splat>@[A-Za-z_]\w*)|(?P<variable>\$(?:\{[^}\n]+\}|[\w:]+)(?:\.[A-Za-z_]\w*)*)
    |(?P<parameter>-[A-Za-z]\w*:?)
    |(?P<equals>=)|(?P<word>[^\s;|,(){}=\#'"`\]][^\s;|,(){}='"`]*)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token, the line it begins in, and where it stands."""

    kind: str
    text: str
    line: int
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """All that is not blank, a comment, or the name of a type."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "skip":
            yield Token(kind, match[0], line, match.start(), match.end())
        line += match[0].count("\n")


def closings(found: list[Token]) -> dict[int, int]:
    """Where each bracket closes that opens; those that never do are not in it."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(found):
        if token.kind == "open":
            opened.append(at)
        elif token.kind == "close" and opened:
            pairs[opened.pop()] = at
    return pairs
