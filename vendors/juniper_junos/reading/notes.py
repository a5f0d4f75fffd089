"""What is learnt of a tunnel besides its values: where each stands, what is missing, the names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.model.tunnel import Source
from vendors.juniper_junos.reading.masking import mask
from vendors.juniper_junos.tree import Node


class Sources(Mapping[str, Source]):
    """Where each field stands. Few are ever asked for: a row's keys are masked when it is."""

    __slots__ = ("_rows", "lines")

    def __init__(self, rows: list[str]) -> None:
        self._rows = rows
        self.lines: dict[str, int] = {}

    def __getitem__(self, path: str) -> Source:
        return source(self._rows, self.lines[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, path: object) -> bool:
        return path in self.lines


class Notes:
    """Sources, dangling names and objects of one tunnel; `groups` are those it inherits from."""

    __slots__ = ("groups", "missing", "objects", "sources")

    def __init__(self, rows: list[str]) -> None:
        self.sources = Sources(rows)
        self.missing: dict[str, None] = {}
        self.objects: dict[str, str] = {}
        self.groups: dict[str, None] = {}

    def at(self, path: str, *nodes: Node | None) -> None:
        """Remember where a field stands: the first of these nodes that there is counts."""
        node = next((node for node in nodes if node is not None and node.line), None)
        if node is None:
            return
        if node.group is not None:
            self.groups[node.group] = None
        line = node.line if node.children else node.last
        self.sources.lines.setdefault(path, line)

    def name(self, kind: str, value: str | None) -> None:
        """Remember the name of a part."""
        if value:
            self.objects[kind] = value

    def lacks(self, kind: str, name: str) -> None:
        """Remember that the text refers to something it does not define."""
        self.missing[f"{kind} {name}"] = None


def source(rows: list[str], line: int) -> Source:
    """Where a row stands, keys masked."""
    return Source(line, mask(rows[line - 1].strip()))
