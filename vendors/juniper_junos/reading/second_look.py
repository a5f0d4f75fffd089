"""A second, independent reading: rows of `set` made out of the text, searched word by word.

It reads what a device prints, knows no defaults, no abbreviations and no editing, and shares
nothing with the parser but the codec of `$9$` keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vendors.juniper_junos.nine import decode

Row = tuple[int, tuple[str, ...]]
"""Line and words of one statement."""

_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|#[^\n]*|[{};\n]|[^\s{};"#]+', re.DOTALL)
_PAGER = re.compile(r"---\(more[^)\n]*\)---[ \r]*")
_WORD = re.compile(r'"(?:\\.|[^"\\])*"|\S+')
_TYPED = r"(?m)^\s*(?:\S+@\S+[#>]\s*)?(?:set|deactivate|delete)\s+(?:%s)\s"
_BRACES = r"(?m)^\s*(?:inactive: )?(?:%s|ike|ipsec)\s*\{"
_EDITED = re.compile(
    r"(?m)^\s*(?:\S+@\S+#|\[edit|(?:edit|rename|copy|insert|activate|delete|top|up)\s)"
    r"|apply-groups|(?:replace|delete):"
)


class Rows:
    """The statements of a text below its `sections`.

    `rows` are those in force, `said` all of them, `off` the paths that are deactivated. `told` is
    False where the text was typed or inherits: this reading does not follow that.
    """

    def __init__(self, text: str, sections: tuple[str, ...] = ("security",)) -> None:
        self.told = _EDITED.search(text) is None
        found = list(_flat(_PAGER.sub("", text), sections)) if self.told else []
        off = [words[1:] for _, words in found if words[0] == "deactivate"]
        self.off = frozenset(off)
        self.said = [words[1:] for _, words in found if words[0] == "set"]
        hidden = _Prefixes(off)
        self.rows: list[Row] = []
        self._below: dict[tuple[str, ...], list[Row]] = {}
        self._names: dict[tuple[str, ...], dict[str, list[int]]] = {}
        self._names_in_force: dict[tuple[str, ...], dict[str, list[int]]] = {}
        for line, words in found:
            if words[0] == "set":
                self._keep(line, words[1:], in_force=not hidden.cover(words[1:]))

    def _keep(self, line: int, words: tuple[str, ...], *, in_force: bool) -> None:
        _name(self._names, line, words)
        if in_force:
            self.rows.append((line, words))
            self._below.setdefault(words[:_SECTION], []).append((line, words))
            _name(self._names_in_force, line, words)

    def below(self, *path: str) -> list[Row]:
        """What stands behind a path of a named section."""
        size = len(path)
        rows = self._below.get(path[:_SECTION], ())
        return [(line, words[size:]) for line, words in rows if words[:size] == path]

    def names(self, *path: str, off: bool = True) -> dict[str, list[int]]:
        """The names behind a path with their lines, with `off` deactivated ones as well."""
        if len(path) == _SECTION - 1:
            return (self._names if off else self._names_in_force).get(path, {})
        found: dict[str, list[int]] = {}
        for line, words in self.below(*path):
            for word in words[:1]:
                found.setdefault(word, []).append(line)
        return found

    def values(self, *path: str) -> tuple[str, ...]:
        """The values of a leaf, in order."""
        return tuple(word for _, words in self.below(*path) for word in words)

    def last(self, *path: str) -> str:
        """The value that counts where there is one only."""
        found = [words[0] for _, words in self.below(*path) if words]
        return found[-1] if found else ""

    def lines(self, *path: str) -> tuple[int, ...]:
        """Where a path stands."""
        return tuple(line for line, _ in self.below(*path))


_SECTION = 4
"""Words that name a section: `security ike gateway G`."""


def _name(
    names: dict[tuple[str, ...], dict[str, list[int]]], line: int, words: tuple[str, ...]
) -> None:
    if len(words) >= _SECTION:
        above = names.setdefault(words[: _SECTION - 1], {})
        above.setdefault(words[_SECTION - 1], []).append(line)


class _Prefixes:
    """Paths, and whether one of them leads to a statement."""

    def __init__(self, paths: list[tuple[str, ...]]) -> None:
        self.paths = frozenset(paths)
        self.sizes = sorted({len(path) for path in paths})

    def cover(self, words: tuple[str, ...]) -> bool:
        """Whether the statement is one of these paths, or below one."""
        return any(words[:size] in self.paths for size in self.sizes)


def _flat(text: str, sections: tuple[str, ...]) -> Iterator[Row]:
    if re.search(_TYPED % "|".join(sections), text):
        yield from _rows_of_set(text, sections)
    if re.search(_BRACES % "|".join(sections), text):
        yield from _rows_of_braces(text)


def _rows_of_set(text: str, sections: tuple[str, ...]) -> Iterator[Row]:
    for number, row in enumerate(text.split("\n"), 1):
        words = [_bare(word) for word in _WORD.findall(row.partition(" ## ")[0])]
        if words[:1] in (["set"], ["deactivate"]) and words[1:2] and words[1] in sections:
            for one in _one_by_one(words) if words[1] == "security" else [words]:
                yield from _members(number, one)


def _one_by_one(words: list[str]) -> Iterator[list[str]]:
    """People write several statements of one section in a row: `local-ip A remote-ip B`."""
    size = _DEEP if words[5:6] in (["traffic-selector"], ["ike"]) else _SHALLOW
    if words[5:7] == ["ike", "gateway"] or words[5:7] == ["ike", "ipsec-policy"]:
        size = _SHALLOW + 1
    if words[5:6] == ["traffic-selector"] and words[7:8] == ["term"]:
        size = _DEEP + 2
    rest = words[size:]
    if len(rest) <= 2 or len(rest) % 2 or "[" in rest:  # noqa: PLR2004 -- a word and its value
        yield words
        return
    for at in range(0, len(rest), 2):
        yield [*words[:size], *rest[at : at + 2]]


_SHALLOW, _DEEP = 5, 7
"""Words that name a proposal, policy or gateway, and a selector or identity inside a VPN."""


def _rows_of_braces(text: str) -> Iterator[Row]:
    above: list[list[str]] = []
    words: list[str] = []
    line = first = 1
    for found in _PIECE.finditer(text):
        piece = found[0]
        if piece == "{":
            above.append(_said(above, words))
            yield from _off(first, above, words)
            words = []
        elif piece == "}":
            del above[-1:]
        elif piece == ";":
            path = [word for one in above for word in one]
            yield from _off(first, [*above, _said(above, words)], words)
            yield from _members(first, ["set", *path, *_said(above, words)])
            words = []
        elif piece[0] not in "#\n" and not piece.startswith("/*"):
            first = line if not words else first
            words.append(_bare(piece))
        line += piece.count("\n")


_TAGS = ("inactive:", "protect:", "active:")


def _said(above: list[list[str]], words: list[str]) -> list[str]:
    """The words of a statement; a fragment of `security` may lack that word."""
    rest = [word for word in words if word not in _TAGS]
    return ["security", *rest] if not above and rest[:1] in (["ike"], ["ipsec"]) else rest


def _off(line: int, above: list[list[str]], words: list[str]) -> Iterator[Row]:
    if "inactive:" in words:
        yield line, ("deactivate", *(word for one in above for word in one))


def _members(line: int, words: list[str]) -> Iterator[Row]:
    """A list in brackets says the same once for each member."""
    if "[" not in words:
        yield line, tuple(words)
        return
    start = words.index("[")
    for word in words[start + 1 :]:
        if word != "]":
            yield line, (*words[:start], word)


def _bare(word: str) -> str:
    if len(word) > 1 and word[0] == word[-1] == '"':
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return word


def key(rows: Rows, policy: str) -> str:
    """The clear key of an IKE policy, "" where none is told."""
    above = ("security", "ike", "policy", policy, "pre-shared-key")
    stored = rows.last(*above, "ascii-text") or rows.last(*above, "hexadecimal")
    clear = (decode(stored) or "") if stored.startswith("$9$") else stored
    if not rows.last(*above, "hexadecimal"):
        return clear
    try:
        return bytes.fromhex(clear).decode("ascii")
    except ValueError:
        return f"0x{clear}"
