"""A configuration as a tree of statements, and what edits do to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from appliance.lab.junos.path import Step
from appliance.lab.junos.schema import Kind, Schema

Words = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Node:
    """One statement: its head, the values of a leaf, what stands below it."""

    schema: Schema
    words: Words = ()
    values: list[str] = field(default_factory=list)
    children: dict[Words, Node] = field(default_factory=dict)
    inactive: bool = False

    @property
    def name(self) -> str:
        """The last word of the head: the key of a list entry."""
        return self.words[-1] if self.words else ""

    def find(self, *words: str) -> Node | None:
        """The statement below with these words one after the other, whatever its levels are."""
        if not words:
            return self
        for count in range(1, len(words) + 1):
            child = self.children.get(words[:count])
            found = child.find(*words[count:]) if child is not None else None
            if found is not None:
                return found
        return None

    def all(self, *words: str) -> list[Node]:
        """The list entries that the words lead to: those with the last word, or those below it
        where the entries have no word of their own."""
        above = self.find(*words[:-1])
        if above is None or not words:
            return []
        holder = above.children.get(words[-1:])
        if holder is not None and "" in holder.schema.children:
            return list(holder.children.values())
        return [n for n in above.children.values() if n.words[:1] == words[-1:]]

    def value(self, *words: str) -> str:
        """The value of the leaf at that place; empty when it is not there."""
        found = self.find(*words)
        return found.values[-1] if found is not None and found.values else ""

    def many(self, *words: str) -> list[str]:
        """The values of the leaf at that place."""
        found = self.find(*words)
        return list(found.values) if found is not None else []

    def has(self, *words: str) -> bool:
        """Whether the statement is there."""
        return self.find(*words) is not None

    def copy(self) -> Node:
        """A tree of its own with the same contents."""
        return Node(
            schema=self.schema,
            words=self.words,
            values=list(self.values),
            children={key: child.copy() for key, child in self.children.items()},
            inactive=self.inactive,
        )

    def ordered(self) -> list[Node]:
        """What stands below it in the order in which Junos prints it."""
        return sorted(self.children.values(), key=lambda child: _rank(self.schema, child))


def _rank(parent: Schema, child: Node) -> tuple[int, list[tuple[int, int, str]]]:
    schema = child.schema
    return parent.place(schema), natural(child.name) if "sorted" in schema.marks else []


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts ge-0/0/9 before ge-0/0/10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts]


def put(root: Node, steps: Sequence[Step]) -> None:
    """Enter the statements; leaves beside one another, containers below one another."""
    here = root
    for step in steps:
        node = _child(here, step)
        if step.schema.kind is Kind.LEAF:
            node.values = list(step.values)
        elif step.schema.kind is Kind.LEAVES:
            node.values += [value for value in step.values if value not in node.values]
        if step.schema.holds:
            here = node


def _child(here: Node, step: Step) -> Node:
    if step.schema.choice:
        for key, other in list(here.children.items()):
            if other.schema.choice == step.schema.choice and other.schema is not step.schema:
                here.children.pop(key)
    return here.children.setdefault(step.words, Node(schema=step.schema, words=step.words))


def trail(root: Node, steps: Sequence[Step]) -> list[Node] | None:
    """The nodes on the way to the last statement, the root first; None when it is not there."""
    found = [root]
    for step in steps:
        above = found[-1]
        if not above.schema.holds:
            above = found[-2]
            found.pop()
        node = above.children.get(step.words)
        if node is None or not all(value in node.values for value in step.values):
            return None
        found.append(node)
    return found


def remove(root: Node, steps: Sequence[Step]) -> bool:
    """Take the last statement out; False when there is nothing to take out."""
    if not steps:
        there = bool(root.children)
        root.children.clear()
        return there
    last = steps[-1]
    if last.whole:
        return _remove_all(root, steps)
    nodes = trail(root, steps)
    if nodes is None:
        return False
    node = nodes[-1]
    if last.schema.kind is Kind.LEAVES and last.values:
        node.values = [value for value in node.values if value not in last.values]
    if last.schema.kind is not Kind.LEAVES or not node.values or not last.values:
        nodes[-2].children.pop(node.words)
        tidy(nodes[:-1])
    return True


def _remove_all(root: Node, steps: Sequence[Step]) -> bool:
    nodes = trail(root, steps[:-1])
    keys = [
        key for key, child in (nodes[-1].children.items() if nodes else ())
        if child.schema is steps[-1].schema
    ]  # fmt: skip
    for key in keys:
        nodes[-1].children.pop(key)  # type: ignore[index] # keys come from it
    if nodes:
        tidy(nodes)
    return bool(keys)


def tidy(nodes: Sequence[Node]) -> None:
    """Containers that mean nothing when empty go away, the innermost first."""
    for at in range(len(nodes) - 1, 0, -1):
        node = nodes[at]
        hollow = node.schema.kind is Kind.CONTAINER and "alone" not in node.schema.marks
        if node.children or not (hollow or node.schema.kind is Kind.OPEN):
            return
        nodes[at - 1].children.pop(node.words)


def prune(node: Node) -> None:
    """Take out every container below the node that means nothing, being empty."""
    for child in list(node.children.values()):
        prune(child)
        if child.schema.kind is not Kind.OPEN:
            tidy((node, child))


def leaves(node: Node, above: Words = ()) -> Iterator[tuple[Words, Node]]:
    """Every statement that says something by itself, with all words that lead to it."""
    for child in node.ordered():
        words = (*above, *child.words)
        if child.children:
            yield from leaves(child, words)
        else:
            yield words, child
