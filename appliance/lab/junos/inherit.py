"""What is in force: groups applied, inactive statements left out."""

from __future__ import annotations

import re

from appliance.lab.junos.schema import Kind
from appliance.lab.junos.tree import Node, Words

FIRST_NODE = {"${node}": "node0", "${re}": "re0"}
"""The groups of its own that each node of a cluster applies: the lab is the first node."""


def in_force(root: Node) -> Node:
    """A tree of its own of everything that counts."""
    found = _active(root)
    groups = found.children.pop(("groups",), None)
    _apply(found, (), {n.name: n for n in groups.children.values()} if groups is not None else {})
    return found


def _active(node: Node) -> Node:
    fresh = Node(schema=node.schema, words=node.words, values=list(node.values))
    fresh.children = {
        key: _active(child) for key, child in node.children.items() if not child.inactive
    }
    return fresh


def _apply(node: Node, path: tuple[Words, ...], groups: dict[str, Node]) -> None:
    """Groups named further in win over those named further out, which are applied later."""
    for child in node.children.values():
        _apply(child, (*path, child.words), groups)
    for said in node.many("apply-groups"):
        name = FIRST_NODE.get(said, said)
        for source in _at([groups[name]] if name in groups else [], path):
            _merge(node, source, name)


def _at(sources: list[Node], path: tuple[Words, ...]) -> list[Node]:
    """What the groups say about the statement at this place."""
    for words in path:
        sources = [n for s in sources for key, n in s.children.items() if _same(key, words)]
    return sources


def _merge(node: Node, source: Node, group: str) -> None:
    """Add what the group says and the statement does not: its own words win."""
    for key, said in source.children.items():
        if not _wild(key):
            _add(node, said, group)
    for key, said in source.children.items():
        if _wild(key):
            for child in node.children.values():
                if _same(key, child.words) and group not in child.many("apply-groups-except"):
                    _merge(child, said, group)


def _add(node: Node, said: Node, group: str) -> None:
    known = node.children.get(said.words)
    if known is None:
        taken = {child.schema.choice for child in node.children.values()} - {""}
        if said.schema.choice not in taken:
            node.children[said.words] = _plain(said)
    elif known.schema.kind is Kind.LEAVES:
        known.values += [value for value in said.values if value not in known.values]
    elif group not in known.many("apply-groups-except"):
        _merge(known, said, group)


def _plain(node: Node) -> Node:
    """A copy without what is written for names that are not there."""
    fresh = Node(schema=node.schema, words=node.words, values=list(node.values))
    fresh.children = {k: _plain(c) for k, c in node.children.items() if not _wild(k)}
    return fresh


def _wild(words: Words) -> bool:
    return any(word.startswith("<") and word.endswith(">") for word in words)


def _same(pattern: Words, words: Words) -> bool:
    return len(pattern) == len(words) and all(map(_fits, pattern, words))


def _fits(pattern: str, word: str) -> bool:
    if not _wild((pattern,)):
        return pattern == word
    parts = (re.escape(part) for part in pattern[1:-1].split("*"))
    return re.fullmatch(".*".join(parts), word) is not None
