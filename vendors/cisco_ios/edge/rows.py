"""The rows of a configuration that have to do with an edge, by the section they stand in.

Decided by command words, so that text pasted without indentation reads as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass
from vendors.cisco.terminal import clean
from vendors.cisco_ios.reading.interface_names import canonical


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: its line in the text (from 1), its words, and whether `no` stood before."""

    line: int
    words: tuple[str, ...]
    negated: bool = False

    @property
    def text(self) -> str:
        """The statement, blanks normalised."""
        return " ".join(self.words)


_HEADING = re.compile(
    r"(?P<interface>int(?:e\w*)?\s+\S.*)|(?P<bgp>router\s+b\w*\s+\S+)|(?P<map>route-map\s+\S.*)"
    r"|(?P<bfd>bfd-template\s+single-hop\s+\S+)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"(?:no\s+)?ip\s+(?:prefix-list|route)\s", re.IGNORECASE)
_BANNER = re.compile(r"banner\s+\S+\s+(\^C|\S)", re.IGNORECASE)
_INDENTED = re.compile(
    r"^[ \t]+(?:ip address|neighbor|network|match|set|encapsulation|remote-as)\b",
    re.MULTILINE | re.IGNORECASE,
)


class Rows:
    """Sections by kind and name, and the statements that stand alone (`ip route`)."""

    __slots__ = ("alone", "bgp", "interfaces", "maps", "process", "templates")

    def __init__(self, text: str) -> None:
        self.interfaces: dict[str, list[Row]] = {}
        self.maps: dict[str, list[Row]] = {}
        self.templates: dict[str, list[Row]] = {}
        self.bgp: list[Row] = []
        self.process: Row | None = None
        self.alone: list[Row] = []
        self._read(clean(text))

    def _read(self, text: str) -> None:
        flat = _INDENTED.search(text) is None
        here: list[Row] | None = None
        for number, row in _outside_banners(text):
            line = row.strip()
            if not line or line[0] == "!":
                continue
            heading = _HEADING.fullmatch(line)
            if heading is not None and not (row[0].isspace() and not flat and here is not None):
                here = self._open(heading, Row(number, tuple(line.split())))
            elif _ALONE.match(line):
                self.alone.append(_row(number, line))
                here = here if flat else None
            elif not row[0].isspace() and not flat:
                here = None
                self._closed(line, number)
            elif here is not None:
                here.append(_row(number, line))

    def _closed(self, line: str, number: int) -> None:
        """`no interface X` and the like take back what stood before."""
        row = _row(number, line)
        if row.negated and row.words[:1] == ("route-map",) and len(row.words) > 1:
            for name in [name for name in self.maps if name.split()[0] == row.words[1]]:
                if len(row.words) < 3 or name == _map_name(row.words):  # noqa: PLR2004 -- words
                    del self.maps[name]
        elif row.negated and row.words[0].startswith("int") and len(row.words) > 1:
            self.interfaces.pop(canonical(list(row.words[1:])), None)

    def _open(self, heading: re.Match[str], row: Row) -> list[Row]:
        kind, words = heading.lastgroup, row.words
        if kind == "interface":
            return self.interfaces.setdefault(canonical(list(words[1:])), [row])
        if kind == "map":
            return self.maps.setdefault(_map_name(words), [row])
        if kind == "bfd":
            return self.templates.setdefault(words[-1], [row])
        self.process = self.process or row
        return self.bgp


def _map_name(words: tuple[str, ...]) -> str:
    """`NAME permit 10`: what is not said is permit, and 10."""
    action = words[2].lower() if len(words) > 2 else "permit"  # noqa: PLR2004 -- words
    number = words[3] if len(words) > 3 else "10"  # noqa: PLR2004 -- words
    return f"{words[1]} {'deny' if 'deny'.startswith(action) else 'permit'} {number}"


def _row(number: int, line: str) -> Row:
    words = tuple(line.split())
    negated = words[0].lower() in {"no", "default"}
    return Row(number, words[1:] if negated and len(words) > 1 else words, negated)


def _outside_banners(text: str) -> Iterator[tuple[int, str]]:
    end: str | None = None
    for number, row in enumerate(text.split("\n"), 1):
        if end is not None:
            end = None if end in row else end
            continue
        found = _BANNER.match(row)
        if found is not None and found[1] not in row[found.end() :]:
            end = found[1]
        elif found is None:
            yield number, row
