"""A Junos configuration as a tree of words, and the rules that say how words belong together.

Both forms of a statement, in braces and as a `set` command, become the same path: `reading.reader`
makes it, `reading.grammar` holds the rules.
"""

from __future__ import annotations

from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Rules: TypeAlias = dict[str, "Rules | int"]

SKIP, FLAG, VALUE, LIST, REST = -1, 0, 1, 2, 3
"""What follows a word: nothing that matters, nothing at all, one value, several, all the rest.

A mapping means statements inside; its key "" stands for any name, "!" for sections that are ours.
"""

UNIVERSAL: Rules = {
    "apply-groups": LIST,
    "apply-groups-except": LIST,
    "apply-macro": SKIP,
    "apply-flags": SKIP,
    "apply-path": VALUE,
}
"""What may stand in any section."""

ANY: Rules = {"": {}}
UNITS = "."
"""Stands in rules whose names may have a unit behind a dot."""


_NONE: dict[str, Node] = {}
"""The children of every node that has none: most have none, and a dictionary each would cost."""


class Node:
    """A word of the configuration, and the words that may follow it, in the order of the device.

    `line` is where it stood first, `last` where it was said last; `inactive` is deactivated.
    `group` is the configuration group it was inherited from.
    """

    __slots__ = ("children", "group", "inactive", "last", "line")

    def __init__(self, line: int = 0) -> None:
        self.children = _NONE
        self.line = line
        self.last = line
        self.inactive = False
        self.group: str | None = None

    def add(self, word: str, child: Node) -> Node:
        """Put a node below this one."""
        if self.children is _NONE:
            self.children = {}
        self.children[word] = child
        return child

    def get(self, *words: str) -> Node | None:
        """The node below these words if all of them are in force."""
        node: Node | None = self
        for word in words:
            node = node.children.get(word) if node is not None else None
            if node is not None and node.inactive:
                return None
        return node

    def any(self, *words: str) -> Node | None:
        """The node below these words, deactivated or not."""
        node: Node | None = self
        for word in words:
            node = node.children.get(word) if node is not None else None
        return node

    def at(self, *words: str) -> Node:
        """As `get`; an empty node where there is none."""
        return self.get(*words) or NOTHING

    def items(self, *words: str) -> Iterator[tuple[str, Node]]:
        """What is in force below these words, in order."""
        for word, node in self.at(*words).children.items():
            if not node.inactive:
                yield word, node

    def values(self, *words: str) -> tuple[str, ...]:
        """The values of a leaf that takes several."""
        return tuple(word for word, _ in self.items(*words))

    def value(self, *words: str) -> str | None:
        """The value of a leaf that takes one: the last that was said."""
        found = max(self.items(*words), key=lambda item: item[1].last, default=None)
        return None if found is None else found[0]

    def leaf(self, *words: str) -> Node | None:
        """Where that value stands."""
        return max((node for _, node in self.items(*words)), key=_said, default=None)


def _said(node: Node) -> int:
    return node.last


NOTHING = Node()


class Place:
    """A section while its statements are read; `node` is None where nothing matters."""

    __slots__ = ("line", "node", "ours", "rules")

    def __init__(self, node: Node | None, rules: Rules, *, ours: bool, line: int = 0) -> None:
        self.node = node
        self.rules = rules
        self.ours = ours
        self.line = line


NOWHERE = Place(None, {}, ours=False)


class Configuration:
    """What was read: the tree, lines of our sections nobody knows, and the rows of the text.

    `known` counts statements that begin as Junos's do; `strange` are lines whose braces do not
    balance, with what is wrong.
    """

    __slots__ = ("known", "odd", "root", "rows", "strange")

    def __init__(self, rows: list[str]) -> None:
        self.root = Node()
        self.rows = rows
        self.odd: dict[int, None] = {}
        self.strange: dict[int, str] = {}
        self.known = 0
