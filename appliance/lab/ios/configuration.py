"""The configuration as one object: putting statements in, taking them out, in IOS's order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from appliance.lab.cisco.grammar import Match, Rule
from appliance.lab.cisco.tree import Key, Node, Order, key_of, natural
from appliance.lab.cisco.words import address
from appliance.lab.ios.modes import RULES, rank_of
from appliance.lab.ios.words import INTERFACE_TYPES

_RELEASE = re.compile(r"(\d+)\.(\d+)")
# From IOS-XE 17.11.1 the command line refuses weak algorithms, unless its shield is off (which
# takes a reload on the real thing).
_STRICT = (17, 11)
_SHIELD_OFF = ("crypto", "engine", "compliance", "shield", "disable")
# Interfaces that exist only because they are configured; all others are hardware.
VIRTUAL = ("Loopback", "Tunnel", "Virtual-Template", "Port-channel", "BDI", "Vlan", "Dialer")


@dataclass(slots=True, kw_only=True)
class Configuration:
    """Everything configured on one device. `release` is the version, such as `17.9.4a`."""

    release: str
    root: Node = field(default_factory=lambda: Node(words=(), mode="config"))
    booting: bool = False
    edits: int = 0
    born: int = 0

    @property
    def number(self) -> tuple[int, int]:
        """Major and minor version, for comparing."""
        found = _RELEASE.match(self.release)
        return (int(found[1]), int(found[2])) if found else (17, 9)

    @property
    def weak(self) -> bool:
        """Whether this release still takes DES, MD5 and the small groups."""
        return self.number < _STRICT or _SHIELD_OFF in self.root.children

    @property
    def modern(self) -> bool:
        """Whether this is IOS-XE 16 or later: numbered access list entries, BGP by family."""
        return self.number >= (16, 0)

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.root.value("hostname") or "Router"

    def put(self, parent: Node, rule: Rule, words: Key) -> Node:
        """Enter a statement; one with the same key is overwritten and keeps its place."""
        self.edits += 1
        key = key_of(rule, words)
        node = parent.children.get(key)
        if rule.sticky:
            parent.children.pop(("no", *words), None)
        if node is None:
            self.born += 1
            node = Node(words=words, rule=rule, mode=rule.enters, born=self.born)
            node.order = order_of(parent, rule, words)
            parent.children[key] = node
        else:
            node.words, node.rule = words, rule
        return node

    def keep(self, parent: Node, text: str, *, section: bool = False) -> Node:
        """Enter a statement the lab does not understand, as typed."""
        words = tuple(text.split())
        self.born += 1
        node = Node(words=words, raw=text, mode="verbatim" if section else "", born=self.born)
        node.order = (rank_of(words), ()) if parent is self.root else (len(RULES[parent.mode]), ())
        return parent.children.setdefault(words, node)

    def remove(self, parent: Node, found: Match) -> list[Node]:
        """Take out what a `no` names: the statement with its key, or all that begin so."""
        self.edits += 1
        rule, words = found.rule, found.words
        if rule.key and len(words) >= rule.key:
            gone = parent.children.pop(words[: rule.key], None)
            removed = [gone] if gone else []
        else:
            removed = list(parent.all(*words))
            for node in removed:
                parent.children.pop(key_of(node.rule, node.words) if node.rule else node.words)
        if rule.sticky and found.complete:
            self._deny(parent, rule, words)
        return removed

    def _deny(self, parent: Node, rule: Rule, words: Key) -> None:
        self.born += 1
        denial = Node(words=("no", *words), born=self.born, order=order_of(parent, rule, words))
        parent.children[denial.words] = denial

    def interface(self, name: str) -> Node | None:
        """The interface of that name."""
        return self.root.children.get(("interface", name))


def order_of(parent: Node, rule: Rule, words: Key) -> Order:
    """Where a statement stands among its siblings, in IOS's order."""
    if parent.mode == "config":
        return rank_of(words), _among_equals(words)
    index = RULES[parent.mode].index(rule)
    if parent.mode.startswith("bgp") and words[0] == "neighbor":
        first = next(
            i for i, r in enumerate(RULES[parent.mode]) if r.pattern.startswith("neighbor")
        )
        return first, (*_by_address(words[1]), (0, index, ""))
    if parent.mode.endswith("-acl"):
        return 0, ((0, int(words[0]), ""),)
    return index, ()


def _by_address(text: str) -> tuple[tuple[int, int, str], ...]:
    value = address(text)
    return ((0, value, ""),) if value is not None else ((1, 0, text),)


def _among_equals(words: Key) -> tuple[tuple[int, int, str], ...]:  # noqa: PLR0911 -- a table
    match words:
        case ("interface", name):
            kind = name.rstrip("0123456789/.")
            return ((0, INTERFACE_TYPES.index(kind), ""), *natural(name))
        case ("crypto", "isakmp", "policy", number):
            return natural(number)
        case ("crypto", "map", name, second, *_):
            return ((1, 0, name), (0, int(second) if second.isdecimal() else 0, ""))
        case ("ip", "route", *rest):
            vrf = rest[1] if rest[0] == "vrf" else ""
            network, mask = rest[2:4] if vrf else rest[:2]
            return ((1, 0, vrf), *_by_address(network), *_by_address(mask))
        case ("ip", "prefix-list", name, "seq", place, *_):
            return ((0, 0, name), (0, int(place), ""))
        case ("route-map", name, _, place):
            return ((0, 0, name), (0, int(place), ""))
        case ("ip", "access-list", kind, name):
            return ((0, int(kind == "extended"), ""), *natural(name))
        case _:
            return ()
