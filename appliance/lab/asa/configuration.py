"""The configuration as one object: putting statements in, taking them out, in the ASA's order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.lab.asa.modes import RULES, rank_of
from appliance.lab.asa.rules_crypto import MAP
from appliance.lab.asa.words import INTERFACE_TYPES, VIRTUAL
from appliance.lab.cisco.grammar import Match, Rule
from appliance.lab.cisco.tree import Key, Natural, Node, Order, key_of, natural

_RELEASE = re.compile(r"(\d+)\.(\d+)\(?(\d+)?")
# 9.13(1) moved the defaults, 9.15(1) took weak algorithms out (release notes of both).
_NEW_DEFAULTS = (9, 13)
_STRICT = (9, 15)


@dataclass(slots=True, kw_only=True)
class Configuration:
    """Everything configured on one device. `release` is the version, such as `9.16(4)`;
    `multiple` says that it is one of several contexts, which have no tunnel interfaces."""

    release: str
    multiple: bool = False
    root: Node = field(default_factory=lambda: Node(words=(), mode="config"))
    booting: bool = False
    edits: int = 0
    born: int = 0

    @property
    def number(self) -> tuple[int, int]:
        """Major and minor version, for comparing."""
        found = _RELEASE.match(self.release)
        return (int(found[1]), int(found[2])) if found else (9, 16)

    @property
    def weak(self) -> bool:
        """Whether this release still takes DES, MD5 and the groups 1, 2 and 24."""
        return self.number < _STRICT

    @property
    def modern(self) -> bool:
        """Whether group 14 and AES are the defaults."""
        return self.number >= _NEW_DEFAULTS

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.root.value("hostname") or "ciscoasa"

    def put(self, parent: Node, rule: Rule, words: Key) -> Node:
        """Enter a statement; one with the same key is overwritten and keeps its place."""
        self.edits += 1
        key = key_of(rule, words)
        node = parent.children.get(key)
        if rule.sticky:
            parent.children.pop(("no", *key), None)
        if node is None:
            self.born += 1
            node = Node(words=words, rule=rule, mode=rule.enters, born=self.born)
            node.order = order_of(self, parent, rule, words)
            parent.children[key] = node
        else:
            node.words, node.rule, node.raw = words, rule, ""
        return node

    def keep(self, parent: Node, text: str, *, section: bool = False) -> Node:
        """Enter a statement the lab does not understand, as typed."""
        words = tuple(text.split())
        self.edits += 1
        self.born += 1
        node = Node(words=words, raw=text, mode="verbatim" if section else "", born=self.born)
        root = parent is self.root
        node.order = (rank_of(words) if root else len(RULES[parent.mode]), ())
        return parent.children.setdefault(words, node)

    def container(self, *words: str) -> Node:
        """The list of that name (an access list, the NAT rules), made when it is not there."""
        node = self.root.children.get(words)
        if node is None:
            self.born += 1
            node = Node(words=words, mode="list", born=self.born)
            node.order = (rank_of(words), ())
            self.root.children[words] = node
        return node

    def insert(self, container: Node, node: Node, at: int) -> None:
        """Put a line into a list so that it becomes its line `at`, counted from 0."""
        self.edits += 1
        self.born += 1
        node.born = self.born
        if at >= len(container.children):
            container.children[node.words] = node
            return
        held = list(container.children.values())
        held.insert(at, node)
        container.children = {one.words: one for one in held}

    def discard(self, parent: Node, node: Node) -> None:
        """Take one statement out."""
        self.edits += 1
        for key, child in list(parent.children.items()):
            if child is node:
                parent.children.pop(key)
        if parent.mode == "list" and not parent.children:
            self.root.children.pop(parent.words, None)

    def remove(self, parent: Node, found: Match) -> list[Node]:
        """Take out what a `no` names: the statement with its key, or all that begin so."""
        rule, words = found.rule, found.words
        if rule.key and len(words) >= rule.key:
            gone = parent.children.get(words[: rule.key])
            removed = [gone] if gone else []
        else:
            removed = [n for n in parent.all(*words) if not (n.mode == "list" or n.raw)]
        for node in removed:
            self.discard(parent, node)
        if rule.sticky and found.complete:
            self.deny(parent, rule, words)
        return removed

    def deny(self, parent: Node, rule: Rule, words: Key) -> None:
        """Enter the `no` form of a statement, where the statement itself would stand."""
        self.edits += 1
        self.born += 1
        denial = Node(words=("no", *words), born=self.born)
        denial.order = order_of(self, parent, rule, words)
        parent.children[("no", *key_of(rule, words))] = denial

    def interface(self, name: str) -> Node | None:
        """The interface of that hardware name."""
        return self.root.children.get(("interface", name))

    def interfaces(self) -> Iterator[Node]:
        """All of them."""
        return self.root.all("interface")

    def named(self, nameif: str) -> Node | None:
        """The interface of that nameif; case does not matter."""
        wanted = nameif.lower()
        return next((i for i in self.interfaces() if i.value("nameif").lower() == wanted), None)

    @property
    def names(self) -> dict[str, str]:
        """What addresses are called, while `names` is on: name to address."""
        if ("names",) not in self.root.children:
            return {}
        return {node.words[2]: node.words[1] for node in self.root.all("name")}


def order_of(config: Configuration, parent: Node, rule: Rule, words: Key) -> Order:
    """Where a statement stands among its siblings, in the ASA's order."""
    if parent.mode == "config":
        return rank_of(words), _among_equals(config, rule, words)
    index = RULES[parent.mode].index(rule)
    if parent.mode == "bgp-af" and words[0] == "neighbor":
        return 0, (*natural(words[1]), (0, index, ""))
    if parent.mode in {"object-group", "applet"}:
        return min(index, 1) if parent.mode == "object-group" else index, _numbered(words)
    return index, ()


def _numbered(words: Key) -> Natural:
    return ((0, int(words[1]), ""),) if words[0] == "action" else ()


def _among_equals(config: Configuration, rule: Rule, words: Key) -> Natural:
    match words:
        case ("interface", name):
            kind = name.rstrip("0123456789/.")
            return (
                (0, int(kind in VIRTUAL), ""),
                (0, INTERFACE_TYPES.index(kind), ""),
                *natural(name),
            )
        case ("crypto", "map" | "dynamic-map", name, second, *_):
            number = int(second) if second.isdecimal() else 1 << 20
            return ((1, 0, name), (0, number, ""), (0, MAP.index(rule), ""))
        case ("crypto", "ikev1" | "ikev2", "policy", number):
            return natural(number)
        case ("tunnel-group" | "group-policy" | "username", name, *_):
            return ((0, _first_born(config, words[0], name), ""),)
        case ("name", _, called, *_):
            return ((1, 0, called),)
        case _:
            return ()


def _first_born(config: Configuration, kind: str, name: str) -> int:
    """Attributes stand behind the statement that made their group."""
    return min((node.born for node in config.root.all(kind, name)), default=config.born)
