"""An IOS configuration by name: sections as blocks of understood statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from vendors.cisco.keywords import resolve
from vendors.cisco.sections import Block, Dialect, Said, bare, read_block, same, statement
from vendors.cisco.tree import Line, read
from vendors.cisco_ios.reading.grammar import ALONE, GRAMMAR
from vendors.cisco_ios.reading.interface_names import canonical

_NAME_AT = {
    "interface": 1,
    "keyring": 2,
    "router bgp": 2,
    "object-group network": 2,
    "object-group service": 2,
    "crypto map": 2,
    "dynamic-map": 2,
}


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
            known = self._blocks[kind, name] = read_block(lines, name, GRAMMAR.modes[kind], DIALECT)
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
        return [statement(line, GRAMMAR.top, DIALECT) for line in self.lines.get(kind, ())]


DIALECT = Dialect(
    grammar=GRAMMAR,
    alone=ALONE,
    verbatim=frozenset(
        {
            "isakmp key",
            "key address",
            "pre-shared-key",
            "authentication local",
            "authentication remote",
            "description",
        }
    ),
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
    _keep(running, kind, lambda said: not same(said, words, depth))


def _keep(running: Running, kind: str, wanted: Callable[[Said], bool]) -> None:
    if kind in running.lines:
        running.lines[kind] = [said.line for said in running.said(kind) if wanted(said)]


def _name(kind: str, words: list[str]) -> str:
    at = _NAME_AT.get(kind, 3)
    if kind == "interface":
        return canonical(words[1:])
    if kind == "route-map":
        return " ".join(words[1:4])
    if kind in {"crypto map", "dynamic-map"}:
        return " ".join(words[at : at + 2])
    return words[at] if len(words) > at else ""
