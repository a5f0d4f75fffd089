"""A PowerShell script as its tokens: as much of about_Parsing as calls of cmdlets need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|`\r?\n|<\#.*?\#>|\#[^\n]*|\[[A-Za-z][\w.]*(?:\[\])?\](?=\s*[$@("']))
    |(?P<end>\n|;|\|)
    |(?P<here>@['"][ \t]*\r?\n)
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
    at, line, open_ended = 0, 1, set[str]()
    while match := _TOKEN.match(text, at):
        kind, end = match.lastgroup or "", match.end()
        if kind == "here":
            close = f"\n{text[at + 1]}@"
            found = -1 if close in open_ended else text.find(close, end - 1)
            kind, end = ("here", found + len(close)) if found >= 0 else ("other", at + 1)
            open_ended |= {close} if found < 0 else set()
        if kind != "skip":
            yield Token(kind, text[at:end], line, at, end)
        line += text.count("\n", at, end)
        at = end


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
