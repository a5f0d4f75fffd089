"""Configuration text of IOS and its relatives as a tree of lines.

Indentation says what belongs to a section where it can be trusted; where it was lost or is wrong
the command words decide, as they would on a device that is fed the text: a line that the open mode
knows stays in it, a line that begins something else closes it. Banners and certificates are no
configuration, whatever they look like.

One pass looks only at rows that may begin something (a regular expression finds them); what lies
between belongs to the section before, and is read when somebody asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.record import dataclass
from vendors.cisco.keywords import Keywords, resolve, spelt
from vendors.cisco.terminal import after_banner, after_certificate, clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What the reader must know of a vendor's command words.

    `top` names the statements of the top level; a name that is also in `modes` opens that mode.
    `modes` holds the statements of each mode; `nested` tells which statement of which mode opens
    a mode inside it. `strong` are names in `top` that are believed at any indentation, `begins` a
    pattern of how their lines begin. `sections` is a pattern of headings that have lines below.
    `swallows` are how lines begin (three letters) behind which text may stand that is no
    configuration.
    """

    top: Keywords
    modes: Mapping[str, Keywords]
    nested: Mapping[str, Mapping[str, str]]
    strong: frozenset[str]
    begins: str
    sections: str
    swallows: frozenset[str] = frozenset({"ban", "aaa", "men", "cer", "key"})


class Line:
    """A line with its number in the text (from 1), and the lines below it.

    `kind` is the statement it is on the top level, or the mode it opened ("" if unknown).
    """

    __slots__ = ("_children", "_grammar", "_text", "indent", "kind", "number", "pieces", "text")

    def __init__(self, number: int, text: str, kind: str = "", indent: int = 0) -> None:
        self.number = number
        self.text = text
        self.kind = kind
        self.indent = indent
        self.pieces: list[tuple[int, int, int]] | None = None
        self._children: list[Line] | None = None

    def __repr__(self) -> str:
        return f"Line({self.number}, {self.kind!r})"

    def rows(self, text: str, grammar: Grammar, piece: tuple[int, int, int]) -> None:
        """Rows of `text` below this line: number of the first, where they begin and end."""
        if self.pieces is None:
            self._text, self._grammar = text, grammar
            self.pieces = []
        self.pieces.append(piece)

    def mentions(self, word: str) -> bool:
        """Whether a word stands anywhere in the rows below: a quick look that reads nothing."""
        return self.pieces is not None and any(
            self._text.find(word, begin, end) >= 0 for _, begin, end in self.pieces
        )

    @property
    def children(self) -> list[Line]:
        """The lines of this section in order; read when they are first asked for."""
        if self._children is None:
            self._children = [] if self.pieces is None else self._read(self.pieces)
        return self._children

    def _read(self, pieces: list[tuple[int, int, int]]) -> list[Line]:
        found = []
        for number, begin, end in pieces:
            for at, row in enumerate(self._text[begin:end].split("\n"), number):
                text = row.strip()
                if text and text[0] != "!":
                    found.append(Line(at, text, "", row.find(text[0])))
        if self.kind in self._grammar.nested:
            return _nest(found, self.kind, self._grammar)
        return [line for line in found if line.text not in _LEAVES]


_LEAVES = frozenset(
    {"exit", "quit", "exit-address-family", "exit-peer-session", "exit-peer-policy"}
)


def _nest(lines: list[Line], mode: str, grammar: Grammar) -> list[Line]:
    """Sort the lines of a section into the sections inside it."""
    above, nested = grammar.modes[mode], grammar.nested[mode]
    found: list[Line] = []
    inner: _Inner | None = None
    for line in lines:
        if line.text in _LEAVES:
            inner = inner if line.text == "quit" else None
            continue
        words = line.text.removeprefix("no ").split()
        name, _ = resolve(above, words)
        opens = nested.get(name or "")
        if inner is not None and opens is None and inner.takes(line, words, above=name is not None):
            continue
        inner = None
        found.append(line)
        if opens is not None:
            line.kind = opens
            inner = _Inner(line, grammar.modes[opens])
    return found


class _Inner:
    """A section inside a section; `deeper` tells that its lines stood further right."""

    __slots__ = ("deeper", "heading", "keywords")

    def __init__(self, heading: Line, keywords: Keywords) -> None:
        self.heading = heading
        self.keywords = keywords
        self.deeper = False

    def takes(self, line: Line, words: list[str], *, above: bool) -> bool:
        """Take the line in if it belongs here; `above` knows it as well."""
        if line.indent > self.heading.indent:
            self.deeper = True
        elif resolve(self.keywords, words)[0] is None or (self.deeper and above):
            return False
        self.heading.children.append(line)
        return True


def read(text: str, grammar: Grammar) -> list[Line]:
    """The top-level lines of `text` in order, with what belongs to each. Linear in the text."""
    return _Reader(grammar, "\n" + clean(text)).read()


_FLAT_SHARE = 10
"""Fewer than one in so many headings with an indented row below: indentation was lost."""


class _Reader:
    """The state of one reading: the open section, and what is known of words seen before."""

    __slots__ = (
        "begin",
        "flat",
        "grammar",
        "known",
        "modes",
        "number",
        "open",
        "root",
        "text",
    )

    def __init__(self, grammar: Grammar, text: str) -> None:
        self.grammar = grammar
        self.text = text
        self.root: list[Line] = []
        self.open: Line | None = None
        self.modes: dict[str, tuple[Keywords, ...]] = {}
        self.begin = self.number = 0
        self.known: dict[str, tuple[str | None, int]] = {}
        below = re.findall(rf"\n[ \t\xa0]*(?:{grammar.sections})[^\n]*(?=\n([ \t\xa0]?))", text)
        self.flat = sum(map(bool, below)) * _FLAT_SHARE < len(below)

    def read(self) -> list[Line]:
        text, known, strict = self.text, self.known, not self.flat
        number, counted, skip = 0, 0, 0
        pattern = rf"\n(?:[^\s!]|[ \t\xa0]+(?:{self.grammar.begins}))[^\n]*"
        for found in re.finditer(pattern, text):
            start, end = found.span()
            if start < skip:
                continue
            number += text.count("\n", counted, end)
            counted = end
            row = found[0].strip()
            first = row.split(None, 1)[0]
            top = known.get(first)
            if top is not None and top[0] and strict and text[start + 1] == row[0]:
                # Most rows are like this: flush left, and one word tells what they are.
                self._open(Line(number, row, top[0]), start, end)
            else:
                self._take(row, number, start, end)
            if row[:3] in self.grammar.swallows:
                skip = self._swallow(row, end, number)
        self._close(len(text))
        return self.root

    def _swallow(self, row: str, end: int, number: int) -> int:
        """Where to read on behind a banner or certificate; their text is in no section."""
        text = self.text
        skip = after_certificate(text, row, end) or after_banner(text, row, end)
        if skip:
            if self.open is not None and end > self.begin:
                self.open.rows(text, self.grammar, (self.number, self.begin, end))
            self.number = number + text.count("\n", end, skip) + 1
            self.begin = skip + 1
        return skip

    def _take(self, row: str, number: int, start: int, end: int) -> None:
        """One row that may begin something."""
        indent = self.text.find(row[0], start) - start - 1
        words = row.split(None, 3)
        if words[0] == "no" and len(words) > 1:
            del words[0]
        name, depth = self._top(words, row)
        if row == "end":
            self._close(start)
        elif not self._belongs(row, indent, name, depth):
            self._open(Line(number, row, name or "", indent), start, end)

    def _top(self, words: list[str], row: str) -> tuple[str | None, int]:
        """What a row is on the top level; remembered by as many words as decide it."""
        first = words[0]
        found = self.known.get(first) or self.known.get(f"{first} {words[1]}" if words[1:] else "")
        if found is None:
            found = resolve(self.grammar.top, row.removeprefix("no ").split())
            decisive = found[1] if found[0] is not None else found[1] + 1
            if decisive <= len(words[:2]):
                self.known[" ".join(words[:decisive])] = found
        return found

    def _belongs(self, row: str, indent: int, name: str | None, depth: int) -> bool:
        """Whether the open section knows a row better than the top level (by `depth` words)."""
        if self.open is None:
            return False
        inside = indent > self.open.indent
        if not inside and name and not self.flat:
            return False
        words = row.removeprefix("no ").split()
        known = 0
        for table in self._tables(self.open.kind):
            if name is not None and not spelt(table, words[0]):
                continue
            said, words_known = resolve(table, words)
            if said or (said is not None and (inside or self.flat or name is None)):
                known = max(known, words_known)
        depth = 0 if name is None else depth
        if inside:
            return known >= depth or not name if known else name not in self.grammar.strong
        if known:
            # What nobody asks for on the top level ends no section that knows it as well.
            return known > depth or not name or (known == depth and self.flat)
        return self.flat and name is None

    def _open(self, line: Line, start: int, end: int) -> None:
        """Close the section before and begin one with this heading."""
        if self.open is not None and start > self.begin:
            self.open.rows(self.text, self.grammar, (self.number, self.begin, start))
        self.root.append(line)
        self.open = line
        self.begin, self.number = end + 1, line.number + 1

    def _close(self, end: int) -> None:
        """The open section ends here."""
        if self.open is not None and end > self.begin:
            self.open.rows(self.text, self.grammar, (self.number, self.begin, end))
        self.open = None

    def _tables(self, kind: str) -> tuple[Keywords, ...]:
        """The statements of a mode, and of those inside it."""
        tables = self.modes.get(kind)
        if tables is None:
            inner = self.grammar.nested.get(kind, {}).values()
            known = (self.grammar.modes.get(one) for one in (kind, *inner))
            tables = self.modes[kind] = tuple(table for table in known if table is not None)
        return tables
