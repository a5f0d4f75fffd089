"""The sections of a configuration by path: what new names may not collide with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vendors.juniper_junos.reading.masking import mask
from vendors.juniper_junos.tree import NOTHING, Node

_NAMED = (
    ("security", "ike", "proposal"),
    ("security", "ike", "policy"),
    ("security", "ike", "gateway"),
    ("security", "ipsec", "proposal"),
    ("security", "ipsec", "policy"),
    ("security", "ipsec", "vpn"),
    ("security", "zones", "security-zone"),
    ("security", "address-book"),
    ("security", "policies", "global", "policy"),
    ("security", "nat", "source", "rule-set"),
    ("routing-instances",),
    ("policy-options", "policy-statement"),
    ("policy-options", "prefix-list"),
    ("applications", "application"),
    ("groups",),
)
"""Sections that have names: one heading each."""

_ALONE = (
    ("security", "flow", "tcp-mss"),
    ("security", "policies", "default-policy"),
    ("routing-options", "autonomous-system"),
)
"""Sections that there is one of."""


class Outline(Mapping[str, tuple[str, ...]]):
    """Path -> statements below it as `set` has them, keys masked, deactivated ones marked.

    Paths are those of named sections (`security ike gateway G`, `interfaces st0 unit 1`,
    `security policies from-zone A to-zone B policy P`, `routing-options static route 10.0.0.0/8`,
    `protocols bgp group G`), also inside `routing-instances I`; addresses of books are in
    `security address-book B address N`. Lines are made when they are asked for.
    """

    def __init__(self, root: Node) -> None:
        self._found: dict[str, Node] = {}
        for path in _NAMED:
            self._each(root, path)
        for path in _ALONE:
            node = root.any(*path)
            if node is not None and node.children:
                self._found[" ".join(path)] = node
        self._zones(root)
        self._policies(root)
        for name, device in _children(root, "interfaces"):
            self._each(device, ("unit",), f"interfaces {name} ")
        self._routing(root, "")
        for name, instance in _children(root, "routing-instances"):
            self._routing(instance, f"routing-instances {name} ")

    def _each(self, node: Node, path: tuple[str, ...], before: str = "") -> None:
        for name, child in _children(node, *path):
            self._found[f"{before}{' '.join(path)} {_word(name)}"] = child

    def _zones(self, root: Node) -> None:
        books = [
            (f"security address-book {_word(name)} ", book)
            for name, book in _children(root, "security", "address-book")
        ]
        for name, zone in _children(root, "security", "zones", "security-zone"):
            path = f"security zones security-zone {_word(name)} address-book "
            books += [(path, book) for book in (zone.any("address-book"),) if book is not None]
        for path, book in books:
            self._each(book, ("address",), path)
            self._each(book, ("address-set",), path)

    def _policies(self, root: Node) -> None:
        above = "security policies "
        for source, below in _children(root, "security", "policies", "from-zone"):
            for target, context in _children(below, "to-zone"):
                path = f"{above}from-zone {source} to-zone {target} "
                self._each(context, ("policy",), path)

    def _routing(self, node: Node, before: str) -> None:
        self._each(node, ("routing-options", "static", "route"), before)
        self._each(node, ("protocols", "bgp", "group"), before)

    def __getitem__(self, heading: str) -> tuple[str, ...]:
        return tuple(mask(line) for line in _lines(self._found[heading], ""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _children(node: Node, *path: str) -> Iterator[tuple[str, Node]]:
    """What stands below a path, deactivated or not."""
    above = node.any(*path)
    for name, child in (above or NOTHING).children.items():
        if not name.startswith("apply-"):
            yield name, child


def _lines(node: Node, before: str) -> Iterator[str]:
    for word, child in node.children.items():
        path = f"{before}{'inactive: ' if child.inactive else ''}{_word(word)}"
        if child.children:
            yield from _lines(child, f"{path} ")
        else:
            yield path


_PLAIN = re.compile(r"[^\s\"{};\[\]#]+")


def _word(word: str) -> str:
    """A word as it has to be typed."""
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
