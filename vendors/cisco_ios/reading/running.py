"""An IOS configuration by name: sections as blocks of understood statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from appliance.model.tunnel import Source
from appliance.record import dataclass
from vendors.cisco.keywords import Keywords, resolve
from vendors.cisco.tree import Line, read
from vendors.cisco_ios.reading.grammar import ALONE, GRAMMAR
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.masking import mask


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

_NAME_AT = {
    "interface": 1,
    "keyring": 2,
    "router bgp": 2,
    "object-group network": 2,
    "object-group service": 2,
    "crypto map": 2,
    "dynamic-map": 2,
}
_LISTED = frozenset({"access-list", "ip route", "isakmp key", "lifetime"})


class Running:
    """A configuration: sections by mode and name, top-level statements by name.

    Sections that are opened twice are one. Blocks are read when they are asked for.
    """

    __slots__ = ("_blocks", "lines", "sections")

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, list[Line]]] = {}
        self.lines: dict[str, list[Line]] = {}
        self._blocks: dict[tuple[str, str], Block] = {}

    def names(self, kind: str) -> Mapping[str, list[Line]]:
        """The sections of one mode, by name, in order."""
        return self.sections.get(kind, {})

    def block(self, kind: str, name: str) -> Block | None:
        """One section; None when the configuration does not have it."""
        known = self._blocks.get((kind, name))
        if known is None:
            lines = self.names(kind).get(name)
            if lines is None:
                return None
            known = self._blocks[kind, name] = read_block(lines, name, GRAMMAR.modes[kind])
        return known

    def blocks(self, kind: str) -> Iterator[Block]:
        """All sections of one mode, in order."""
        for name in self.names(kind):
            block = self.block(kind, name)
            if block is not None:
                yield block

    def saying(self, kind: str, word: str) -> Iterator[Block]:
        """The sections of one mode in whose text a word stands: most interfaces are no tunnel."""
        for name, lines in self.names(kind).items():
            if any(line.mentions(word) for line in lines):
                block = self.block(kind, name)
                if block is not None:
                    yield block

    def said(self, kind: str) -> list[Said]:
        """Top-level statements of one name, in order."""
        return [statement(line, GRAMMAR.top) for line in self.lines.get(kind, ())]


def statement(line: Line, keywords: Keywords) -> Said:
    """A line with its words told apart."""
    words = line.text.split()
    name, depth = resolve(keywords, words)
    return Said(line, words if name in _VERBATIM else bare(words), depth)


_VERBATIM = frozenset(
    {
        "isakmp key",
        "key address",
        "pre-shared-key",
        "authentication local",
        "authentication remote",
        "description",
    }
)
"""Statements with free text in them, which may hold a `!`."""


def bare(words: list[str]) -> list[str]:
    """The words of a statement without a remark behind it: IOS reads no further than ` !`."""
    end = next((at for at, word in enumerate(words) if word[0] == "!"), len(words))
    return words[:end]


def read_block(lines: list[Line], name: str, keywords: Keywords) -> Block:
    """The statements of a section, all its openings taken together."""
    block = Block(line=lines[0], name=name)
    for heading in lines:
        for line in heading.children:
            _read_line(block, line, keywords)
    return block


def _read_line(block: Block, line: Line, keywords: Keywords) -> None:
    words = line.text.split()
    if words[0] in {"no", "default"}:
        _negate(block, words[1:], keywords)
        return
    name, depth = resolve(keywords, words)
    if "!" in line.text and name not in _VERBATIM:
        words = bare(words)
    if name is None or (name and depth == len(words) and name not in ALONE):
        block.unknown.append(line)
        return
    if name:
        block.said.setdefault(name, []).append(Said(line, words, depth))
    if line.kind:
        keywords = GRAMMAR.modes[line.kind]
        block.inner.append(read_block([line], " ".join(words[1:]), keywords))


def _negate(block: Block, words: list[str], keywords: Keywords) -> None:
    """`no X` takes away what was said before with the same words, however much followed them."""
    name, depth = resolve(keywords, words)
    for kind in block.said if name is None else [name]:
        block.said[kind] = [
            one for one in block.said.get(kind, ()) if not _same(one, words, depth if name else 0)
        ]


def _same(said: Said, words: list[str], depth: int) -> bool:
    """Whether a statement begins with these words; the first `depth` may be shortened keywords."""
    own = said.words[: len(words)]
    return len(own) == len(words) and all(
        one == other or (at < depth and one.isalpha() and one.startswith(other))
        for at, (one, other) in enumerate(zip(own, words, strict=True))
    )


def load(text: str) -> tuple[Running, list[Line]]:
    """A configuration by name, and its top-level lines in order."""
    lines = read(text, GRAMMAR)
    running = Running()
    for line in lines:
        if line.kind:
            _file(running, line)
    return running, lines


def _file(running: Running, line: Line) -> None:
    kind = line.kind
    words = line.text.split(None, 5)
    negated = words[0] == "no"
    if kind not in GRAMMAR.modes:
        if not negated:
            running.lines.setdefault(kind, []).append(line)
        elif kind == "isakmp default policy":
            running.lines.setdefault("no isakmp default policy", []).append(line)
        else:
            _take_back(running, kind, line)
        return
    name = _name(kind, words[1:] if negated else words)
    if not negated:
        running.sections.setdefault(kind, {}).setdefault(name, []).append(line)
    else:
        running.sections.get(kind, {}).pop(name, None)
        if kind in _LISTS:
            _keep(running, "access-list", lambda said: said.words[1] != name)
        running.sections.setdefault(f"no {kind}", {})[name] = [line]


_LISTS = ("access list", "standard access list")


def _take_back(running: Running, kind: str, line: Line) -> None:
    """`no` before a statement of the top level, as a snippet may have it: what is printed has none.

    Of a numbered access list any line takes back all of it ("IOS Security Command Reference").
    """
    words = bare(line.text.split()[1:])
    if kind == "access-list":
        number_ = words[1] if len(words) > 1 else ""
        for lists in _LISTS:
            running.sections.get(lists, {}).pop(number_, None)
        words = words[:2]
    depth = resolve(GRAMMAR.top, words)[1]
    _keep(running, kind, lambda said: not _same(said, words, depth))


def _keep(running: Running, kind: str, wanted: Callable[[Said], bool]) -> None:
    if kind in running.lines:
        running.lines[kind] = [said.line for said in running.said(kind) if wanted(said)]


def _name(kind: str, words: list[str]) -> str:
    at = _NAME_AT.get(kind, 3)
    if kind == "interface":
        return canonical(words[1:])
    if kind in {"crypto map", "dynamic-map"}:
        return " ".join(words[at : at + 2])
    return words[at] if len(words) > at else ""


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


def number(text: str) -> int | None:
    """A number of sane length, None when the text is none."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


_DIGITS = 10
