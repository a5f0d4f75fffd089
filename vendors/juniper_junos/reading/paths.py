"""Words as paths in the tree: how far each statement goes, by the rules of the grammar."""

from __future__ import annotations

from vendors.juniper_junos.tree import (
    ANY,
    FLAG,
    NOWHERE,
    REST,
    SKIP,
    UNITS,
    UNIVERSAL,
    VALUE,
    Configuration,
    Node,
    Place,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules


def rule_of(rules: Rules, word: str) -> tuple[str, Rules | int | None]:
    """The full word, and what follows it; None when the word is not known here."""
    rule = rules.get(word)
    if rule is None:
        rule = UNIVERSAL.get(word) or rules.get("")
    if rule is None and word:
        longer = [known for known in rules if known.startswith(word)]
        if len(longer) == 1:
            return longer[0], rules[longer[0]]
    return word, rule


class Paths:
    """Follows words through the tree of one configuration, and makes what is not there."""

    __slots__ = ("found",)

    def __init__(self, found: Configuration) -> None:
        self.found = found

    def walk(self, here: Place, words: list[str], number: int) -> Place:
        """The section that these words lead to."""
        return self._go(here, words, number, [])

    def said(self, here: Place, words: list[str], number: int) -> list[Node]:
        """One statement, or several of one section in a line; the nodes at its end."""
        ends: list[Node] = []
        self._go(here, words, number, ends)
        return ends

    def _go(self, here: Place, words: list[str], number: int, ends: list[Node]) -> Place:
        node, rules, ours, at = here.node, here.rules, here.ours, 0
        while at < len(words) and node is not None:
            word = words[at]
            at += 1
            rule = rules.get(word)
            if rule is None:
                if word == "[":
                    return self._each(Place(node, rules, ours=ours), words[at:], number, ends)
                word, rule, words = _resolved(rules, words, at)
            if rule is None or rule == SKIP:
                return self._unknown(rule, number, ours=ours)
            child = touched(node, word, number)
            ends[:] = (child,)
            if isinstance(rule, dict):
                node, rules, ours = child, rule, ours or "!" in rule
            elif rule != FLAG:
                values, at = _values(rule, words, at)
                ends[:] = [touched(child, value, number) for value in values] or ends
                if not child.children and at >= len(words):
                    return Place(child, ANY, ours=ours)
        return Place(node, rules, ours=ours)

    def _unknown(self, rule: Rules | int | None, number: int, *, ours: bool) -> Place:
        """A word that stands in no rule; in sections of ours that is remembered."""
        if rule is None and ours:
            self.found.odd[number] = None
        return NOWHERE

    def _each(self, here: Place, words: list[str], number: int, ends: list[Node]) -> Place:
        """A list where the grammar has one name: the same for each member."""
        end = words.index("]") if "]" in words else len(words)
        for word in words[:end]:
            own: list[Node] = []
            self._go(here, [word, *words[end + 1 :]], number, own)
            ends += own
        return here


def _resolved(rules: Rules, words: list[str], at: int) -> tuple[str, Rules | int | None, list[str]]:
    """The word before a position with its rule; `ge-0/0/0.0` is short for `ge-0/0/0 unit 0`."""
    word = words[at - 1]
    if UNITS in rules and "." in word:
        word, _, unit = word.rpartition(".")
        words = [*words[:at], "unit", unit, *words[at:]]
    return *rule_of(rules, word), words


def chain(here: Place, words: list[str]) -> list[tuple[Node, str]]:
    """The nodes along a path that exists, as parent and word; [] when it does not."""
    node, rules, chain = here.node, here.rules, []
    for word in words:
        if node is None:
            return []
        known, rule = rule_of(rules, word)
        child = node.children.get(known)
        if child is None:
            return []
        chain.append((node, known))
        node, rules = child, rule if isinstance(rule, dict) else ANY
    return chain


def statement(here: Place, words: list[str]) -> list[str]:
    """The words of a statement without its values: what `replace:` takes away."""
    rules: Rules | int | None = here.rules
    for at, word in enumerate(words):
        if not isinstance(rules, dict):
            return words[:at]
        rules = rule_of(rules, word)[1]
    return words


def touched(node: Node, word: str, number: int) -> Node:
    """The node of a word below another one, said in this line."""
    child = node.children.get(word)
    if child is None:
        child = node.add(word, Node(number))
    child.last = number
    return child


def _values(rule: int, words: list[str], at: int) -> tuple[list[str], int]:
    """The values of a leaf, and the position behind them."""
    if rule == REST:
        return ([" ".join(words[at:])] if at < len(words) else []), len(words)
    if at < len(words) and words[at] == "[":
        end = words.index("]", at) if "]" in words[at:] else len(words)
        return words[at + 1 : end], end + 1
    if rule == VALUE and at < len(words) and words[at][:1] == "<":
        return _placeholder(words, at)
    return words[at : at + 1], at + 1


def _placeholder(words: list[str], at: int) -> tuple[list[str], int]:
    """What people and archives put in place of a value: `<secret hidden>` is one word."""
    end = next((n for n in range(at, len(words)) if words[n].endswith(">")), at)
    return [" ".join(words[at : end + 1])], end + 1
