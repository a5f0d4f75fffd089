"""Configuration text of IOS and its relatives as a tree of lines, in one pass.

Indentation says what belongs to a section where it can be trusted; where it was lost or is wrong
the command words decide, as they would on a device that is fed the text: a line that the open mode
knows stays in it, a line that begins something else closes it. Banners and certificates are no
configuration, whatever they look like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vendors.cisco.keywords import Keywords, resolve, step
from vendors.cisco.terminal import clean, skip_banner, skip_certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What the reader must know of a vendor's command words.

    `top` names the statements of the top level; a name that is also in `modes` opens that mode.
    `modes` holds the statements of each mode; `nested` tells which statement of which mode opens
    a mode inside it. `strong` are names in `top` that are believed at any indentation.
    """

    top: Keywords
    modes: Mapping[str, Keywords]
    nested: Mapping[str, Mapping[str, str]]
    strong: frozenset[str]


@dataclass(slots=True)
class Line:
    """A line with its number in the text (from 1), and the lines below it.

    `kind` is the statement it is on the top level, or the mode it opened ("" if unknown).
    """

    number: int
    text: str
    kind: str = ""
    children: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """A section that is still open; `deeper` tells that its lines stood further right."""

    line: Line
    indent: int
    keywords: Keywords
    nested: Mapping[str, str] | None
    deeper: bool = False


_FLAT_SHARE = 10
"""Fewer than one indented row in so many: indentation was lost."""

_LEAVES = frozenset(
    {"exit", "end", "quit", "exit-address-family", "exit-peer-session", "exit-peer-policy"}
)
_BLANKS = frozenset({" ", "\t", "\xa0"})
_HEXADECIMAL = frozenset({"certificate", "key-string"})
_SWALLOWS = _HEXADECIMAL | {"aaa", "menu"}


def read(text: str, grammar: Grammar) -> list[Line]:
    """The top-level lines of `text` in order, with what belongs to each. Linear in the text."""
    return _Reader(grammar, clean(text)).read()


class _Reader:
    """The state of one reading: open sections, and what is known of words seen before."""

    __slots__ = ("flat", "frames", "grammar", "root", "rows", "suspects")

    def __init__(self, grammar: Grammar, rows: list[str]) -> None:
        self.grammar = grammar
        self.rows = rows
        self.root: list[Line] = []
        self.frames: list[_Frame] = []
        self.suspects: dict[str, bool] = {}
        indented = sum(1 for row in rows if row[:1] in _BLANKS)
        self.flat = indented * _FLAT_SHARE < sum(1 for row in rows if row)

    def read(self) -> list[Line]:
        rows, number, total = self.rows, 0, len(self.rows)
        suspects = self.suspects
        while number < total:
            raw = rows[number]
            number += 1
            text = raw.strip()
            if not text or text[0] == "!":
                continue
            indent = 0 if raw[0] == text[0] else len(raw) - len(raw.lstrip())
            first, _, rest = text.partition(" ")
            line = Line(number, text)
            if first in _SWALLOWS or first[:3] == "ban":
                number = self._swallow(first, text, number)
            elif first in _LEAVES:
                self._leave(first, indent)
                continue
            frames = self.frames
            if frames and indent > frames[-1].indent:
                suspect = suspects.get(first)
                if suspect is None:
                    suspect = self._may_begin(first)
                if not suspect or not self._suspect(first, rest):
                    frames[-1].deeper = True
                    self._attach(frames[-1], line, indent)
                    continue
            self._place(line, indent)
        return self.root

    def _swallow(self, first: str, text: str, number: int) -> int:
        """Where to read on: behind a banner's text or a certificate's digits."""
        if first in _HEXADECIMAL:
            return skip_certificate(self.rows, number)
        return skip_banner(self.rows, number, text)

    def _leave(self, word: str, indent: int) -> None:
        frames = self.frames
        if word == "end":
            frames.clear()
        elif word != "quit" and frames and (len(frames) > 1 or indent <= frames[-1].indent):
            frames.pop()

    def _may_begin(self, first: str) -> bool:
        """Whether an indented line with this first word may be one of the top level."""
        found = step(self.grammar.top, first)
        may = found in self.grammar.strong if isinstance(found, str) else found is not None
        self.suspects[first] = may
        return may

    def _suspect(self, first: str, rest: str) -> bool:
        """The same for its first two words, so that `ip address` costs no second look."""
        second = rest.split(None, 1)[0] if rest else ""
        key = f"{first} {second}"
        suspect = self.suspects.get(key)
        if suspect is None:
            found = step(self.grammar.top, first)
            if not isinstance(found, str) and found is not None:
                found = step(found, second)
            suspect = found in self.grammar.strong if isinstance(found, str) else found is not None
            self.suspects[key] = suspect
        return suspect

    def _attach(self, frame: _Frame, line: Line, indent: int) -> None:
        """Put a line into a section; it may open one of its own there."""
        frame.line.children.append(line)
        if frame.nested is None:
            return
        name, _ = resolve(frame.keywords, line.text.split())
        mode = frame.nested.get(name or "")
        if mode is not None:
            line.kind = mode
            self.frames.append(self._frame(line, indent))

    def _frame(self, line: Line, indent: int) -> _Frame:
        keywords = self.grammar.modes.get(line.kind, {})
        return _Frame(line, indent, keywords, self.grammar.nested.get(line.kind))

    def _place(self, line: Line, indent: int) -> None:
        """Find the section of a line that indentation alone does not place."""
        words = line.text.split()
        plain = words[1:] if words[0] == "no" else words
        name, depth = resolve(self.grammar.top, plain)
        depth = 0 if name is None else depth
        strong = name in self.grammar.strong
        for at in range(len(self.frames) - 1, -1, -1):
            if self._belongs(at, plain, indent, depth, strong=strong):
                del self.frames[at + 1 :]
                self._attach(self.frames[at], line, indent)
                return
        line.kind = name or ""
        self.root.append(line)
        self.frames = [self._frame(line, indent)]

    def _belongs(
        self, at: int, words: Sequence[str], indent: int, depth: int, *, strong: bool
    ) -> bool:
        """Whether an open section knows the line better than the top level (`depth` words) does."""
        frame = self.frames[at]
        name, known = resolve(frame.keywords, words)
        known = 0 if name is None else known
        if indent > frame.indent:
            return known >= depth if known else not strong
        if not known:
            return self.flat and not depth
        if frame.deeper and at and resolve(self.frames[at - 1].keywords, words)[0] is not None:
            return False
        return known > depth or (self.flat and known == depth)
