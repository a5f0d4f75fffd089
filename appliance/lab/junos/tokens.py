"""Lines and texts of a configuration cut into tokens that remember where they stood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<blank>\s+)|(?P<note>/\*.*?\*/|\#[^\n]*)|(?P<text>"(?:\\.|[^"\\])*")|(?P<mark>[{};\[\]])"""
    r"""|(?P<word>(?:"(?:\\.|[^"\\])*"|[^\s{};\[\]"])+)|(?P<open>")""",
    re.DOTALL | re.VERBOSE,
)
_PLAIN = re.compile(r"[A-Za-z0-9_./:@<>*,+=%~^-][A-Za-z0-9_./:@<>*,+=%~^#$!-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word, one quoted text or one of `{ } ; [ ]` (`mark`); line and column count from 0."""

    text: str
    line: int = 0
    column: int = 0
    mark: bool = False


class Unbalanced(Exception):  # noqa: N818 -- an answer of the device, not an error of ours
    """A quote that never ends; `column` is where it begins."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__("unbalanced quotes")
        self.line = line
        self.column = column


def tokens(text: str, *, notes: bool = True) -> tuple[Token, ...]:
    """The tokens of a text; with `notes` remarks are left out. Raises Unbalanced."""
    return tuple(_tokens(text, notes=notes))


def _tokens(text: str, *, notes: bool) -> Iterator[Token]:
    at = line = start = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup == "open":
            raise Unbalanced(line, at - start)
        kind, body = found.lastgroup, found[0]
        if kind == "note" and (not notes or (body.startswith("#") and not _at_start(text, at))):
            found = re.compile(r"\S+").match(text, at) or found
            kind, body = "word", found[0]
        if kind in {"text", "word", "mark"}:
            yield Token(text=_clear(body), line=line, column=at - start, mark=kind == "mark")
        newlines = body.count("\n")
        if newlines:
            line += newlines
            start = at + body.rindex("\n") + 1
        at = found.end()


def _at_start(text: str, at: int) -> bool:
    """Whether a remark may begin here: at the start of a line, or behind the end of a statement."""
    before = text[text.rfind("\n", 0, at) + 1 : at].strip()
    return not before or before[-1] in ";{}"


def _clear(body: str) -> str:
    if not (body.startswith('"') and body.endswith('"') and len(body) > 1):
        return body
    return re.sub(r'\\(["\\])', r"\1", body[1:-1])


def quoted(text: str, *, always: bool = False) -> str:
    """A value as Junos prints it: in quotes where it has to be."""
    if not always and _PLAIN.fullmatch(text):
        return text
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
