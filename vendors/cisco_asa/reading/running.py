"""An ASA configuration by name: sections as blocks, one-line statements by what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vendors.cisco.keywords import Keywords, resolve
from vendors.cisco.sections import Block, Said, bare, number, read_block, same, statement
from vendors.cisco.tree import Line, read
from vendors.cisco_asa.reading.grammar import DIALECT, GRAMMAR
from vendors.cisco_asa.reading.grammar_modes import CRYPTO_MAP
from vendors.cisco_asa.reading.text import prepared

_NAME_AT = {
    "interface": 1,
    "object network": 2,
    "object service": 2,
    "object-group network": 2,
    "object-group service": 2,
    "object-group protocol": 2,
    "object-group icmp-type": 2,
    "object-group other": 2,
    "general-attributes": 1,
    "ipsec-attributes": 1,
    "other attributes": 1,
    "group-policy": 1,
    "router bgp": 2,
    "ipsec-proposal": 4,
    "policy-map": 1,
}
_MAPS = frozenset({"crypto map", "dynamic-map"})


class Running:
    """A configuration: sections by mode and name, top-level statements by name.

    Entries of crypto maps are lines of their own on an ASA; here they are sections all the same.
    Sections that are opened twice are one. Blocks are read when they are asked for.
    """

    __slots__ = ("_blocks", "_lists", "lines", "maps", "sections")

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, list[Line]]] = {}
        self.lines: dict[str, list[Line]] = {}
        self.maps: dict[str, dict[str, list[Line]]] = {kind: {} for kind in _MAPS}
        self._blocks: dict[tuple[str, str], Block] = {}
        self._lists: dict[str, list[Line]] | None = None

    def names(self, kind: str) -> Mapping[str, list[Line]]:
        """The sections of one mode (entries of one kind of map), by name, in order."""
        return self.maps[kind] if kind in _MAPS else self.sections.get(kind, {})

    def block(self, kind: str, name: str) -> Block | None:
        """One section; None when the configuration does not have it."""
        known = self._blocks.get((kind, name))
        if known is None:
            lines = self.names(kind).get(name)
            if lines is None:
                return None
            known = self._blocks[kind, name] = self._read(kind, name, lines)
        return known

    def _read(self, kind: str, name: str, lines: list[Line]) -> Block:
        if kind in _MAPS:
            return _entry(lines, name, CRYPTO_MAP, 4)
        if kind == "ikev1 policy":
            return _policy(lines, name)
        return read_block(lines, name, GRAMMAR.modes[kind], DIALECT)

    def blocks(self, kind: str) -> Iterator[Block]:
        """All sections of one mode, in order."""
        for name in self.names(kind):
            block = self.block(kind, name)
            if block is not None:
                yield block

    def put(self, kind: str, block: Block) -> None:
        """Have a section that the text says in another way."""
        self.sections.setdefault(kind, {})[block.name] = [block.line]
        self._blocks[kind, block.name] = block

    def said(self, kind: str) -> list[Said]:
        """Top-level statements of one name, in order."""
        return [statement(line, GRAMMAR.top, DIALECT) for line in self.lines.get(kind, ())]

    def off(self, kind: str) -> bool:
        """Whether `no` stands before a statement, and nothing behind it takes that back."""
        said = [line.number for line in self.lines.get(kind, ())]
        return max((line.number for line in self.lines.get(f"no {kind}", ())), default=0) > max(
            said, default=0
        )

    def lists(self) -> Mapping[str, list[Line]]:
        """The lines of all access lists, by the list's name."""
        if self._lists is None:
            self._lists = {}
            for line in self.lines.get("access-list", ()):
                words = line.text.split(None, 2)
                if len(words) > 2:  # noqa: PLR2004 -- words
                    self._lists.setdefault(words[1], []).append(line)
        return self._lists


def _entry(lines: list[Line], name: str, keywords: Keywords, depth: int) -> Block:
    """One-line statements about one thing as a block; its first `depth` words say which thing."""
    block = Block(line=lines[0], name=name)
    for line in lines:
        words = bare(line.text.split())
        if words[0] == "no":
            _without(block, line, words[depth + 1 :], keywords)
            continue
        what, own = resolve(keywords, words[depth:])
        verbatim = what in DIALECT.verbatim
        if verbatim:
            words = line.text.split()
        if what is None or (
            what and own >= len(words) - depth and what not in {*DIALECT.alone, "ipsec-manual"}
        ):
            block.unknown.append(line)
        elif what:
            block.said.setdefault(what, []).append(Said(line, words, depth + own))
    return block


def _without(block: Block, line: Line, words: list[str], keywords: Keywords) -> None:
    """`no` before a statement takes back what was said; `show running-config all` has many."""
    what, own = resolve(keywords, words)
    if what is None and not words:
        block.said.clear()
        block.unknown.clear()
        return
    if what is None:
        block.unknown.append(line)
        return
    rest = words[own:]
    block.said[what] = [one for one in block.said.get(what, ()) if one.args[: len(rest)] != rest]


def _policy(lines: list[Line], name: str) -> Block:
    """An IKEv1 policy, as a mode or as old releases take it: `isakmp policy 10 hash sha`."""
    block = read_block(lines, name, GRAMMAR.modes["ikev1 policy"], DIALECT)
    for line in lines:
        words = line.text.split()
        at = words.index(name) + 1 if name in words else len(words)
        what, own = resolve(GRAMMAR.modes["ikev1 policy"], words[at:])
        if what and len(words) > at + own:
            block.said.setdefault(what, []).append(Said(line, words, at + own))
    return block


_PIX = re.compile(
    r"^(?:nameif[ \t]+\S+[ \t]+\S+[ \t]+security\d|(?:crypto )?isakmp key )", re.MULTILINE
)


def load(text: str) -> tuple[Running, list[Line]]:
    """A configuration by name, and its top-level lines in order."""
    text = prepared(text)
    if not _PIX.search(text):
        return _filed(text)
    from vendors.cisco_asa.reading import pix  # noqa: PLC0415 -- few are that old

    running, lines = _filed(pix.without(text))
    pix.add(running, text)
    return running, lines


def _filed(text: str) -> tuple[Running, list[Line]]:
    lines = read(text, GRAMMAR)
    running = Running()
    for line in lines:
        if line.kind:
            _file(running, line)
    return running, lines


def _file(running: Running, line: Line) -> None:
    kind = line.kind
    words = line.text.split()
    negated = words[0] == "no"
    if kind in _MAPS:
        _file_entry(running, kind, line, words[1:] if negated else words)
    elif kind not in GRAMMAR.modes:
        if negated:
            _take_back(running, line, words[1:])
        else:
            running.lines.setdefault(kind, []).append(line)
    else:
        name = section_name(kind, words[1:] if negated else words)
        sections = running.sections.setdefault(kind, {})
        if negated:
            sections.pop(name, None)
        else:
            sections.setdefault(name, []).append(line)


def _file_entry(running: Running, kind: str, line: Line, words: list[str]) -> None:
    """`no crypto map M 10` takes back all of an entry, with more behind it only that."""
    name = " ".join(words[2:4])
    entries = running.maps[kind]
    if line.text.startswith("no") and len(words) == 4:  # noqa: PLR2004 -- words
        entries.pop(name, None)
    elif not line.text.startswith("no"):
        entries.setdefault(name, []).append(line)
    elif name in entries:
        entries[name].append(line)


_SWITCHES = frozenset({"permit-vpn", "nat-control", "nat-traversal"})
"""What a `no` in front switches off although it is not there otherwise."""


def _take_back(running: Running, line: Line, words: list[str]) -> None:
    """`no` before a statement of the top level, as snippets have it and `show run all`."""
    kind = line.kind
    if kind in _SWITCHES:
        running.lines.setdefault(f"no {kind}", []).append(line)
    if kind == "tunnel-group type":
        for section in ("general-attributes", "ipsec-attributes"):
            running.sections.get(section, {}).pop(words[1], None)
        words = words[:2]
    depth = min(resolve(GRAMMAR.top, words)[1], len(words))
    if kind in running.lines:
        running.lines[kind] = [
            said.line for said in running.said(kind) if not same(said, words, depth)
        ]


def section_name(kind: str, words: list[str]) -> str:
    """The name in a section's heading."""
    if kind == "interface":
        return interface_name(words[1:])
    at = _NAME_AT.get(kind, 3)
    if kind == "ikev1 policy":
        at = next((n for n, word in enumerate(words) if "policy".startswith(word.lower())), 2) + 1
    return words[at] if len(words) > at else ""


def interface_name(words: list[str]) -> str:
    """`tunnel 1` and `Tunnel1` are one; other interfaces as they are written."""
    kind = words[0] if words else ""
    letters = kind.rstrip("0123456789/.:")
    digits = kind[len(letters) :] or (
        words[1] if len(words) > 1 and number(words[1][0]) is not None else ""
    )
    known = next((one for one in _KINDS if one.lower().startswith(letters.lower())), letters)
    return f"{known}{digits}" if len(letters) > 1 else kind


_KINDS = (
    "Tunnel",
    "GigabitEthernet",
    "TenGigabitEthernet",
    "Ethernet",
    "Management",
    "Port-channel",
    "Redundant",
    "Vlan",
    "Loopback",
    "BVI",
    "Virtual-Template",
    "FastEthernet",
)
