"""Commands of configuration mode, carried out on the tree: `set`, `delete`, `rename` and so on."""

from __future__ import annotations

from vendors.juniper_junos.reading.paths import Paths, chain, touched
from vendors.juniper_junos.tree import UNITS, UNIVERSAL, Node, Place


class Commands:
    """Carries out one command after the other. `trail` is where the last `set` went."""

    __slots__ = ("paths", "trail")

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.trail: list[tuple[str, Place]] = []

    def run(self, verb: str, here: Place, words: list[str], number: int) -> None:
        """One command, relative to a section; others than these say nothing."""
        if verb == "set":
            self._set(here, words, number)
            return
        self.trail.clear()
        action = _ACTIONS.get(verb)
        if action is not None:
            action(here, words, number)

    def _set(self, here: Place, words: list[str], number: int) -> None:
        if here.node is not self.paths.found.root:
            self.paths.said(here, words, number)
            return
        same = 0
        for one, (known, _) in zip(words, self.trail, strict=False):
            if one != known:
                break
            same += 1
        del self.trail[same:]
        if same:
            here = self.trail[-1][1]
        self._follow(here, words, same, number)

    def _follow(self, here: Place, words: list[str], at: int, number: int) -> None:
        """Go on from the section that the row before was in as well: most rows differ little."""
        node, rules, ours = here.node, here.rules, here.ours
        while node is not None and at < len(words) - 1:
            word = words[at]
            rule = rules.get(word)
            if rule is None and word != "[" and word not in UNIVERSAL and UNITS not in rules:
                rule = rules.get("")
            if not isinstance(rule, dict):
                break
            node, rules, ours, at = touched(node, word, number), rule, ours or "!" in rule, at + 1
            self.trail.append((word, Place(node, rules, ours=ours)))
        self.paths.said(Place(node, rules, ours=ours), words[at:], number)


def _remove(here: Place, words: list[str], _number: int) -> None:
    delete(here, words)


def _switch_off(here: Place, words: list[str], _number: int) -> None:
    _mark(here, words, inactive=True)


def _switch_on(here: Place, words: list[str], _number: int) -> None:
    _mark(here, words, inactive=False)


def _mark(here: Place, words: list[str], *, inactive: bool) -> None:
    found = chain(here, words)
    if found:
        parent, word = found[-1]
        parent.children[word].inactive = inactive


def delete(here: Place, words: list[str]) -> None:
    """Take away what stands at a path, or all of a section; nothing where it is not there."""
    if not words and here.node is not None:
        here.node.children.clear()
        return
    found = chain(here, words)
    if found:
        parent, word = found[-1]
        del parent.children[word]


def _rename(here: Place, words: list[str], _number: int) -> None:
    old, _, new = _split(words, ("to",))
    found = chain(here, old)
    if found and new:
        parent, word = found[-1]
        kept = list(parent.children.items())
        parent.children.clear()
        parent.children.update((new[-1] if key == word else key, node) for key, node in kept)


def _copy(here: Place, words: list[str], number: int) -> None:
    old, _, new = _split(words, ("to",))
    found = chain(here, old)
    if found and new:
        parent, word = found[-1]
        parent.children[new[-1]] = _copied(parent.children[word], number)


def _insert(here: Place, words: list[str], _number: int) -> None:
    what, way, other = _split(words, ("before", "after"))
    found = chain(here, what)
    if not found or not other:
        return
    parent, word = found[-1]
    if other[-1] not in parent.children or other[-1] == word:
        return
    moved = parent.children.pop(word)
    kept = list(parent.children.items())
    parent.children.clear()
    for key, node in kept:
        pair = [(key, node), (word, moved)] if key == other[-1] else [(key, node)]
        parent.children.update(reversed(pair) if way == "before" else pair)


def _copied(node: Node, number: int) -> Node:
    """A copy of all that is below, as said in another line."""
    made = Node(number)
    made.inactive, made.group = node.inactive, node.group
    made.children = {word: _copied(child, number) for word, child in node.children.items()}
    return made


def _split(words: list[str], marks: tuple[str, ...]) -> tuple[list[str], str, list[str]]:
    """What stands before and behind the last of these words."""
    for at in range(len(words) - 1, -1, -1):
        if words[at] in marks:
            return words[:at], words[at], words[at + 1 :]
    return words, "", []


_ACTIONS = {
    "delete": _remove,
    "deactivate": _switch_off,
    "activate": _switch_on,
    "rename": _rename,
    "copy": _copy,
    "insert": _insert,
}
