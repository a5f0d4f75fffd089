"""Configuration groups: what `apply-groups` adds to a section, as the device sees it.

Junos "CLI User Guide", configuration groups: a statement of the section itself overrides an
inherited one, a group named first one named later, and an inner `apply-groups` an outer one.
Names in angle brackets stand for what there already is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vendors.juniper_junos.tree import LIST, REST, UNIVERSAL, Configuration, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules

_OF_NODES = ("${node}", "${re}")
_BUILT_IN = "junos-"


def apply(found: Configuration, rules: Rules) -> None:
    """Merge groups into the sections that apply them; report those that cannot be resolved."""
    groups = found.root.at("groups")
    held = {name: node for name, node in groups.items() if name not in UNIVERSAL}
    _Heir(found, held).inherit(found.root, rules, ())


class _Heir:
    """One run over the tree: sections inside inherit before those around them."""

    def __init__(self, found: Configuration, groups: dict[str, Node]) -> None:
        self.found = found
        self.groups = groups

    def inherit(self, node: Node, rules: Rules, path: tuple[str, ...]) -> None:
        for word, child in list(node.children.items()):
            rule = rules.get(word) or rules.get("")
            if isinstance(rule, dict) and word not in UNIVERSAL and (path or word != "groups"):
                self.inherit(child, rule, (*path, word))
        if "apply-groups" not in node.children:
            return
        for name, said in node.items("apply-groups"):
            if name in self.groups:
                for section in _sections(self.groups[name], path):
                    merge(node, section, rules, name)
            elif self._matters(name, path):
                self.found.odd[said.last] = None

    def _matters(self, name: str, path: tuple[str, ...]) -> bool:
        """Whether it is unknown what the section gets from a group that cannot be resolved."""
        if name in _OF_NODES:
            ours = (("security",), ("interfaces", "st0"))
            own = (group for name, group in self.groups.items() if name[:-1] in {"node", "re"})
            return any(group.get(*words) for group in own for words in ours)
        return not name.startswith(_BUILT_IN) and path[:1] in {(), ("security",), ("interfaces",)}


def _sections(group: Node, path: tuple[str, ...]) -> Iterator[Node]:
    """What a group says of a section: under its own name, then under names in brackets."""
    if not path:
        yield group
        return
    for word in sorted(group.children, key=_is_pattern):
        if word == path[0] or (_is_pattern(word) and _matches(word, path[0])):
            child = group.children[word]
            if not child.inactive:
                yield from _sections(child, path[1:])


def _is_pattern(word: str) -> bool:
    return word.startswith("<") and word.endswith(">")


def _matches(pattern: str, word: str) -> bool:
    """Whether a name fits `<*>`, `<ge-*>`, `<st0.[0-9]>` or `<*[!z]>`."""
    glob = re.escape(pattern[1:-1]).replace(r"\*", ".*").replace(r"\?", ".")
    glob = re.sub(r"\\\[(.*?)\\\]", lambda found: f"[{found[1]}]", glob)
    glob = glob.replace("[!", "[^").replace(r"\-", "-")
    try:
        return re.fullmatch(glob, word) is not None
    except re.error:
        return False


def merge(target: Node, group: Node, rules: Rules, name: str) -> None:
    """Add what a group says to a section that may say some of it itself."""
    if name in target.values("apply-groups-except"):
        return
    for word in sorted(group.children, key=_is_pattern):
        sub = group.children[word]
        if word in UNIVERSAL or word == "when" or sub.inactive:
            continue
        if _is_pattern(word):
            for known, child in list(target.children.items()):
                rule = rules.get(known) or rules.get("")
                if isinstance(rule, dict) and _matches(word, known) and known not in UNIVERSAL:
                    merge(child, sub, rule, name)
        elif word not in target.children:
            target.add(word, _copied(sub, name))
        else:
            _join(target.children[word], sub, rules.get(word) or rules.get(""), name)


def _join(child: Node, sub: Node, rule: Rules | int | None, name: str) -> None:
    if isinstance(rule, dict):
        merge(child, sub, rule, name)
    elif rule in {LIST, REST}:
        for word, value in sub.children.items():
            if word not in child.children:
                child.add(word, _copied(value, name))


def _copied(node: Node, name: str) -> Node:
    made = Node(node.line)
    made.last, made.inactive, made.group = node.last, node.inactive, name
    made.children = {
        word: _copied(child, name)
        for word, child in node.children.items()
        if not _is_pattern(word) and word not in UNIVERSAL
    }
    return made
