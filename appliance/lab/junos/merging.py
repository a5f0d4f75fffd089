"""Edits brought onto what others have committed meanwhile."""

from __future__ import annotations

from appliance.lab.junos.tree import Node


def merged(base: Node, mine: Node, theirs: Node) -> Node:
    """`theirs` with everything that leads from `base` to `mine`."""
    found = theirs.copy()
    _carry(base, mine, found)
    return found


def _carry(base: Node, mine: Node, into: Node) -> None:
    for key in base.children:
        if key not in mine.children:
            into.children.pop(key, None)
    for key, child in mine.children.items():
        before, there = base.children.get(key), into.children.get(key)
        if there is not None:
            _onto(before or Node(schema=child.schema, words=child.words), child, there)
        elif before is None or not _same(before, child):
            into.children[key] = child.copy()


def _onto(before: Node, child: Node, there: Node) -> None:
    if child.values != before.values:
        there.values = list(child.values)
    if child.inactive != before.inactive:
        there.inactive = child.inactive
    _carry(before, child, there)


def _same(one: Node, other: Node) -> bool:
    return (
        one.values == other.values
        and one.inactive == other.inactive
        and one.children.keys() == other.children.keys()
        and all(_same(child, other.children[key]) for key, child in one.children.items())
    )
