"""The configuration a Cisco device holds: statements with the statements below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.lab.cisco.grammar import Rule

Key = tuple[str, ...]
Natural = tuple[tuple[int, int, str], ...]
Order = tuple[int, Natural]
_NUMBER = re.compile(r"(\d+)")


@dataclass(slots=True, kw_only=True)
class Node:
    """One statement. `mode` is the mode its children are typed in, empty when it has none.

    `raw` holds the text of a statement the device keeps without understanding it. `order` places
    it among its siblings, and `born`, the count of statements made before it, among its equals.
    """

    words: Key
    rule: Rule | None = None
    mode: str = ""
    raw: str = ""
    order: Order = (0, ())
    born: int = 0
    children: dict[Key, Node] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The statement as one line, without what is printed after it."""
        return self.raw or " ".join(self.words)

    def find(self, *words: str) -> Node | None:
        """The first child that begins with these words."""
        exact = self.children.get(words)
        return exact if exact is not None else next(self.all(*words), None)

    def all(self, *words: str) -> Iterator[Node]:
        """Every child that begins with these words."""
        size = len(words)
        return (child for child in self.children.values() if child.words[:size] == words)

    def value(self, *words: str) -> str:
        """What follows these words in the first child that begins with them, or nothing."""
        found = self.find(*words)
        return " ".join(found.words[len(words) :]) if found else ""


def key_of(rule: Rule, words: Key) -> Key:
    """What makes this statement the same as another one of its section."""
    return words[: rule.key] if rule.key else words


def natural(text: str) -> Natural:
    """A sort key under which `Tunnel2` comes before `Tunnel10`."""
    parts = (part for part in _NUMBER.split(text) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def copy_tree(node: Node) -> Node:
    """The same statements, sharing nothing that can change."""
    children = {key: copy_tree(child) for key, child in node.children.items()}
    return Node(
        words=node.words,
        rule=node.rule,
        mode=node.mode,
        raw=node.raw,
        order=node.order,
        born=node.born,
        children=children,
    )
