"""Sections of a configuration as understood statements, and what is noted while reading them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from appliance.model.secret import KEY_MARK
from appliance.model.tunnel import Source
from appliance.record import dataclass
from vendors.cisco.keywords import Keywords, resolve
from vendors.cisco.masking import mask
from vendors.cisco.tree import Grammar, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a vendor's statements are read.

    `alone` are statements that are complete without anything behind the words that name them,
    `verbatim` those with free text in them, which may hold a `!`.
    """

    grammar: Grammar
    alone: Collection[str]
    verbatim: Collection[str]


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its line, all its words, and how many of them name it."""

    line: Line
    words: list[str]
    depth: int

    @property
    def args(self) -> list[str]:
        """What follows the words that name the statement."""
        return self.words[self.depth :]

    def after(self, count: int) -> str:
        """The line's own text behind its first `count` words, blanks inside kept."""
        parts = self.line.text.split(None, count)
        return parts[count].rstrip() if len(parts) > count else ""


class Block:
    """A section: its statements by name in order, sections inside it, lines nobody knows."""

    __slots__ = ("inner", "line", "name", "said", "unknown")

    def __init__(self, line: Line, name: str = "") -> None:
        self.line = line
        self.name = name
        self.said: dict[str, list[Said]] = {}
        self.inner: list[Block] = []
        self.unknown: list[Line] = []

    def last(self, *names: str) -> Said | None:
        """The statement that is in force: the last of these names."""
        found = [self.said[name][-1] for name in names if self.said.get(name)]
        return max(found, key=lambda said: said.line.number, default=None)

    def all(self, name: str) -> list[Said]:
        """Every statement of this name, in order."""
        return self.said.get(name, [])


NOTHING = Line(0, "")


def statement(line: Line, keywords: Keywords, dialect: Dialect) -> Said:
    """A line with its words told apart."""
    words = line.text.split()
    name, depth = resolve(keywords, words)
    return Said(line, words if name in dialect.verbatim else bare(words), depth)


def bare(words: list[str]) -> list[str]:
    """The words of a statement without a remark behind it: IOS reads no further than ` !`."""
    end = next((at for at, word in enumerate(words) if word[0] == "!"), len(words))
    return words[:end]


def read_block(lines: list[Line], name: str, keywords: Keywords, dialect: Dialect) -> Block:
    """The statements of a section, all its openings taken together."""
    block = Block(line=lines[0], name=name)
    for heading in lines:
        for line in heading.children:
            _read_line(block, line, keywords, dialect)
    return block


def _read_line(block: Block, line: Line, keywords: Keywords, dialect: Dialect) -> None:
    words = line.text.split()
    if words[0] in {"no", "default"}:
        _negate(block, words[1:], keywords)
        return
    name, depth = resolve(keywords, words)
    if "!" in line.text and name not in dialect.verbatim:
        words = bare(words)
    short = depth > len(words) or (depth == len(words) and name not in dialect.alone)
    if name is None or (name and short):
        block.unknown.append(line)
        return
    if name:
        block.said.setdefault(name, []).append(Said(line, words, depth))
    if line.kind:
        keywords = dialect.grammar.modes[line.kind]
        block.inner.append(read_block([line], " ".join(words[1:]), keywords, dialect))


def _negate(block: Block, words: list[str], keywords: Keywords) -> None:
    """`no X` takes away what was said before with the same words, however much followed them."""
    name, depth = resolve(keywords, words)
    for kind in block.said if name is None else [name]:
        block.said[kind] = [
            one for one in block.said.get(kind, ()) if not same(one, words, depth if name else 0)
        ]


def same(said: Said, words: list[str], depth: int) -> bool:
    """Whether a statement begins with these words; the first `depth` may be shortened keywords."""
    own = said.words[: len(words)]
    return len(own) == len(words) and all(
        one == other or (at < depth and one.isalpha() and one.startswith(other))
        for at, (one, other) in enumerate(zip(own, words, strict=True))
    )


class Sources(Mapping[str, Source]):
    """Where each field stands. Few are ever asked for: a line's keys are masked when it is."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

    def __getitem__(self, path: str) -> Source:
        return source(self.lines[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, path: object) -> bool:
        return path in self.lines


class Notes:
    """What is learnt of a tunnel besides its values."""

    __slots__ = ("missing", "objects", "odd", "sources")

    def __init__(self) -> None:
        self.sources = Sources()
        self.missing: dict[str, None] = {}
        self.objects: dict[str, str] = {}
        self.odd: list[Line] = []

    def at(self, path: str, said: Said | Line | None) -> None:
        """Remember where a field stands; the first place counts."""
        line = said.line if isinstance(said, Said) else said
        if line is not None and line.number and path not in self.sources.lines:
            self.sources.lines[path] = line

    def lacks(self, kind: str, name: str) -> None:
        """Remember that the text refers to something it does not define."""
        self.missing[f"{kind} {name}"] = None


def source(line: Line) -> Source:
    """Where a line stands, keys masked."""
    return Source(line.number, mask(line.text))


def strange(found: Mapping[int, Line], text: str) -> tuple[Source, ...]:
    """Lines that nobody knows, by their number, in order. Below a line that ends where a key would
    begin stands the key: the text was folded."""
    if not any(found):
        return ()
    rows = ["", "", *text.splitlines()]
    return tuple(
        Source(number, KEY_MARK)
        if number < len(rows) and re.search(_BEFORE_A_KEY, rows[number].rstrip())
        else source(found[number])
        for number in sorted(found)
        if number
    )


_BEFORE_A_KEY = r"(?:key|secret|password|local|remote|md5)(?:\s+\d)?$"


def number(text: str) -> int | None:
    """A number of sane length, None when the text is none."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


_DIGITS = 10
