"""Junos configuration text, in braces or as `set` commands or both, as one tree of words.

The rules of a grammar say how many words belong together, so that both forms of a statement become
the same path. What the grammar does not know is skipped, but remembered in sections that are ours.
One pass over the lines; what is not ours costs no more than finding where it ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vendors.juniper_junos.reading.edit import Editor
from vendors.juniper_junos.reading.text import TAGS, Rows, command_words, prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Rules: TypeAlias = dict[str, "Rules | int"]

SKIP, FLAG, VALUE, LIST, REST = -1, 0, 1, 2, 3
"""What follows a word: nothing that matters, nothing at all, one value, several, all the rest.

A mapping means statements inside; its key "" stands for any name, "!" for sections that are ours.
"""

UNIVERSAL: Rules = {
    "apply-groups": LIST,
    "apply-groups-except": LIST,
    "apply-macro": SKIP,
    "apply-flags": SKIP,
    "apply-path": VALUE,
}
"""What may stand in any section."""

ANY: Rules = {"": {}}


class Node:
    """A word of the configuration, and the words that may follow it, in the order of the device.

    `line` is where it stood first, `last` where it was said last; `inactive` is deactivated.
    `group` is the configuration group it was inherited from.
    """

    __slots__ = ("children", "group", "inactive", "last", "line")

    def __init__(self, line: int = 0) -> None:
        self.children: dict[str, Node] = {}
        self.line = line
        self.last = line
        self.inactive = False
        self.group: str | None = None

    def get(self, *words: str) -> Node | None:
        """The node below these words if all of them are in force."""
        node: Node | None = self
        for word in words:
            node = node.children.get(word) if node is not None else None
            if node is not None and node.inactive:
                return None
        return node

    def any(self, *words: str) -> Node | None:
        """The node below these words, deactivated or not."""
        node: Node | None = self
        for word in words:
            node = node.children.get(word) if node is not None else None
        return node

    def at(self, *words: str) -> Node:
        """As `get`; an empty node where there is none."""
        return self.get(*words) or NOTHING

    def items(self, *words: str) -> Iterator[tuple[str, Node]]:
        """What is in force below these words, in order."""
        for word, node in self.at(*words).children.items():
            if not node.inactive:
                yield word, node

    def values(self, *words: str) -> tuple[str, ...]:
        """The values of a leaf that takes several."""
        return tuple(word for word, _ in self.items(*words))

    def value(self, *words: str) -> str | None:
        """The value of a leaf that takes one: the last that was said."""
        found = max(self.items(*words), key=lambda item: item[1].last, default=None)
        return None if found is None else found[0]

    def leaf(self, *words: str) -> Node | None:
        """Where that value stands."""
        return max((node for _, node in self.items(*words)), key=_said, default=None)


def _said(node: Node) -> int:
    return node.last


NOTHING = Node()


class Place:
    """A section while its statements are read; `node` is None where nothing matters."""

    __slots__ = ("line", "node", "ours", "rules")

    def __init__(self, node: Node | None, rules: Rules, *, ours: bool, line: int = 0) -> None:
        self.node = node
        self.rules = rules
        self.ours = ours
        self.line = line


NOWHERE = Place(None, {}, ours=False)


class Configuration:
    """What was read: the tree, lines of our sections nobody knows, and the rows of the text.

    `known` counts statements that begin as Junos's do; `strange` are lines whose braces do not
    balance, with what is wrong.
    """

    __slots__ = ("known", "odd", "root", "rows", "strange")

    def __init__(self, rows: list[str]) -> None:
        self.root = Node()
        self.rows = rows
        self.odd: dict[int, None] = {}
        self.strange: dict[int, str] = {}
        self.known = 0


def read(text: str, rules: Rules, homes: Mapping[str, tuple[str, ...]]) -> Configuration:
    """A configuration as a tree. `homes` tell where a fragment belongs that has no heading."""
    rows = Rows(text)
    return _Reader(rows, rules, homes).read()


class _Reader:
    """The state of one reading: open braces, the edit level, words of an unfinished statement."""

    __slots__ = ("editor", "found", "homes", "pending", "rows", "rules", "stack", "trail")

    def __init__(self, rows: Rows, rules: Rules, homes: Mapping[str, tuple[str, ...]]) -> None:
        self.found = Configuration(rows.rows)
        self.rows = rows
        self.rules = rules
        self.homes = homes
        self.stack: list[Place] = []
        self.pending: list[str] = []
        self.trail: list[tuple[str, Place]] = []
        self.editor = Editor()

    def read(self) -> Configuration:
        for number, row in self.rows.statements():
            if self.stack or self.pending:
                self._inside(number, row)
            else:
                self._outside(number, row)
        self._never_closed()
        return self.found

    # --- rows ---

    def _outside(self, number: int, row: str) -> None:
        if row.startswith("set "):
            self._command(number, row)
            return
        asked = prompt(row)
        if asked is not None:
            if asked.path is not None:
                self.editor.go(asked.path)
            if asked.command:
                self._typed(number, asked.command)
            return
        if command_words(row):
            self._command(number, row)
        elif row[-1] in "{};" or "{" in row or ";" in row:
            self._braces(number, row)

    def _typed(self, number: int, row: str) -> None:
        """What stands behind a prompt."""
        self.editor.asked(row)
        if command_words(row):
            self._command(number, row)

    def _inside(self, number: int, row: str) -> None:
        if row == "}":
            self._close(number)
            return
        asked = prompt(row)
        if asked is not None or row.startswith("set "):
            self._never_closed()
            self._outside(number, row)
            return
        if self.stack and self.stack[-1].node is None and '"' not in row and "*" not in row:
            self._skipped(number, row)
        else:
            self._braces(number, row)

    def _skipped(self, number: int, row: str) -> None:
        """A row of a section that is not ours: only its braces count."""
        if row[-1] == "{":
            self.stack.append(Place(None, {}, ours=False, line=number))
        elif "}" in row or "{" in row:
            self._braces(number, row)

    def _never_closed(self) -> None:
        for place in self.stack:
            self.found.strange[place.line] = "is never closed"
        self.stack.clear()
        self.pending.clear()

    # --- braces ---

    def _braces(self, number: int, row: str) -> None:
        for token in self.rows.tokens(number, row):
            if token == "{":
                self._open(number)
            elif token == "}":
                self._finish(number)
                self._close(number)
            elif token == ";":
                self._finish(number)
            else:
                self.pending.append(token)
        if not self.stack and "[" not in self.pending:
            self.pending.clear()

    def _here(self, words: list[str], number: int) -> Place:
        """Where a statement belongs that begins with these words."""
        if self.stack:
            return self.stack[-1]
        base = self.editor.shown
        if not base and words and words[0] not in self.rules and words[0] not in UNIVERSAL:
            base = list(self.home(words[0], number))
        self.found.known += bool(words) and (bool(base) or words[0] in self.rules)
        return self.walk(self.root(), base, number)

    def root(self) -> Place:
        return Place(self.found.root, self.rules, ours=False)

    def home(self, word: str, number: int) -> tuple[str, ...]:
        """The section of a fragment without a heading, () when it is not known."""
        home = self.homes.get(word, ())
        if home and home[-1] == "?":
            around = "\n".join(self.rows.rows[number - 1 : number + _AHEAD])
            return (*home[:-1], "ipsec" if any(map(around.__contains__, _ESP)) else "ike")
        return home

    def _open(self, number: int) -> None:
        tags, words = _tagged(self.pending)
        here = self._here(words, number)
        self.pending = []
        if "replace:" in tags or "delete:" in tags:
            self._delete(here, words)
        place = self.walk(here, words, number)
        if place.node is not None and "inactive:" in tags:
            place.node.inactive = True
        self.stack.append(Place(place.node, place.rules, ours=place.ours, line=number))

    def _finish(self, number: int) -> None:
        if not self.pending:
            return
        tags, words = _tagged(self.pending)
        here = self._here(words, number)
        self.pending = []
        if not words or here.node is None:
            return
        if "replace:" in tags or "delete:" in tags:
            self._delete(here, words if "delete:" in tags else self._statement(here, words))
        if "delete:" not in tags:
            ends = self.said(here, words, number)
            for node in ends if "inactive:" in tags else ():
                node.inactive = True

    def _close(self, number: int) -> None:
        if self.stack:
            self.stack.pop()
        else:
            self.found.strange[number] = "closes nothing"

    # --- commands ---

    def _command(self, number: int, row: str) -> None:
        verb, words = self.rows.command(row)
        base = self.editor.base
        if verb == "top" and words:
            verb, words, base = words[0], words[1:], []
            if verb in _MOVES:
                self.editor.move("top", [])
        if verb in _MOVES:
            self.editor.move(verb, words)
            return
        action = _ACTIONS.get(verb)
        if action is None:
            return
        if not base and words and self._rule(self.rules, words[0])[1] is None:
            base = list(self.home(words[0], number))
        if words and (base or words[0] in self.rules):
            self.found.known += 1
        if action is not _Reader._set:
            self.trail.clear()
        here = self.walk(self.root(), base, number) if base else self.root()
        action(self, here, words, number)

    def _set(self, here: Place, words: list[str], number: int) -> None:
        if here.node is not self.found.root:
            self.said(here, words, number)
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
            if rule is None and word != "[" and word not in UNIVERSAL:
                rule = rules.get("")
            if not isinstance(rule, dict):
                break
            node, rules, ours, at = _touched(node, word, number), rule, ours or "!" in rule, at + 1
            self.trail.append((word, Place(node, rules, ours=ours)))
        self._go(Place(node, rules, ours=ours), words[at:], number, [])

    def _remove(self, here: Place, words: list[str], _number: int) -> None:
        self._delete(here, words)

    def _switch_off(self, here: Place, words: list[str], _number: int) -> None:
        self._mark(here, words, inactive=True)

    def _switch_on(self, here: Place, words: list[str], _number: int) -> None:
        self._mark(here, words, inactive=False)

    def _mark(self, here: Place, words: list[str], *, inactive: bool) -> None:
        chain = self._chain(here, words)
        if chain:
            parent, word = chain[-1]
            parent.children[word].inactive = inactive

    def _delete(self, here: Place, words: list[str]) -> None:
        if not words and here.node is not None:
            here.node.children.clear()
            return
        chain = self._chain(here, words)
        if chain:
            parent, word = chain[-1]
            del parent.children[word]

    def _statement(self, here: Place, words: list[str]) -> list[str]:
        """The words of a statement without its values: what `replace:` takes away."""
        rules: Rules | int | None = here.rules
        for at, word in enumerate(words):
            if not isinstance(rules, dict):
                return words[:at]
            rules = self._rule(rules, word)[1]
        return words

    def _rename(self, here: Place, words: list[str], _number: int) -> None:
        old, _, new = _split(words, ("to",))
        chain = self._chain(here, old)
        if chain and new:
            parent, word = chain[-1]
            kept = list(parent.children.items())
            parent.children.clear()
            parent.children.update((new[-1] if key == word else key, node) for key, node in kept)

    def _copy(self, here: Place, words: list[str], number: int) -> None:
        old, _, new = _split(words, ("to",))
        chain = self._chain(here, old)
        if chain and new:
            parent, word = chain[-1]
            parent.children[new[-1]] = copied(parent.children[word], number)

    def _insert(self, here: Place, words: list[str], _number: int) -> None:
        what, way, other = _split(words, ("before", "after"))
        chain = self._chain(here, what)
        if not chain or not other:
            return
        parent, word = chain[-1]
        if other[-1] not in parent.children or other[-1] == word:
            return
        moved = parent.children.pop(word)
        kept = list(parent.children.items())
        parent.children.clear()
        for key, node in kept:
            pair = [(key, node), (word, moved)] if key == other[-1] else [(key, node)]
            parent.children.update(reversed(pair) if way == "before" else pair)

    def _chain(self, here: Place, words: list[str]) -> list[tuple[Node, str]]:
        """The nodes along a path that exists, as parent and word; [] when it does not."""
        node, rules, chain = here.node, here.rules, []
        for word in words:
            if node is None:
                return []
            known, rule = self._rule(rules, word)
            child = node.children.get(known)
            if child is None:
                return []
            chain.append((node, known))
            node, rules = child, rule if isinstance(rule, dict) else ANY
        return chain

    # --- paths ---

    def _rule(self, rules: Rules, word: str) -> tuple[str, Rules | int | None]:
        """The full word, and what follows it; None when the word is not known here."""
        rule = rules.get(word)
        if rule is None:
            rule = UNIVERSAL.get(word) or rules.get("")
        if rule is None and word:
            longer = [known for known in rules if known.startswith(word)]
            if len(longer) == 1:
                return longer[0], rules[longer[0]]
        return word, rule

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
                word, rule = self._rule(rules, word)
            if rule is None or rule == SKIP:
                if rule is None and ours:
                    self.found.odd[number] = None
                return NOWHERE
            child = node.children.get(word)
            if child is None:
                child = node.children[word] = Node(number)
            child.last = number
            if isinstance(rule, dict):
                node, rules, ours = child, rule, ours or "!" in rule
                ends[:] = (child,)
            elif rule == FLAG:
                ends[:] = (child,)
            else:
                at = _take(child, rule, words, at, number, ends)
                if not child.children and at >= len(words):
                    return Place(child, ANY, ours=ours)
        return Place(node, rules, ours=ours)

    def _each(self, here: Place, words: list[str], number: int, ends: list[Node]) -> Place:
        """A list where the grammar has one name: the same for each member."""
        end = words.index("]") if "]" in words else len(words)
        for word in words[:end]:
            own: list[Node] = []
            self._go(here, [word, *words[end + 1 :]], number, own)
            ends += own
        return here


_ACTIONS = {
    "set": _Reader._set,
    "delete": _Reader._remove,
    "deactivate": _Reader._switch_off,
    "activate": _Reader._switch_on,
    "rename": _Reader._rename,
    "copy": _Reader._copy,
    "insert": _Reader._insert,
}
_MOVES = frozenset({"edit", "up", "top", "exit", "quit"})
_AHEAD = 12
"""Rows in which a proposal or policy without a heading tells whether it is IKE's or IPsec's."""
_ESP = ("hmac-", "protocol esp", "protocol ah", "perfect-forward-secrecy", "lifetime-kilobytes")


def _tagged(words: list[str]) -> tuple[set[str], list[str]]:
    """The tags before a statement, and its words."""
    at = 0
    while at < len(words) and words[at] in TAGS:
        at += 1
    return set(words[:at]), words[at:]


def _split(words: list[str], marks: tuple[str, ...]) -> tuple[list[str], str, list[str]]:
    """What stands before and behind the last of these words."""
    for at in range(len(words) - 1, -1, -1):
        if words[at] in marks:
            return words[:at], words[at], words[at + 1 :]
    return words, "", []


def _touched(node: Node, word: str, number: int) -> Node:
    child = node.children.get(word)
    if child is None:
        child = node.children[word] = Node(number)
    child.last = number
    return child


def _take(child: Node, rule: int, words: list[str], at: int, number: int, ends: list[Node]) -> int:
    """The values of a leaf; returns the position behind them."""
    if rule == REST:
        values, at = [" ".join(words[at:])] if at < len(words) else [], len(words)
    elif at < len(words) and words[at] == "[":
        end = words.index("]", at) if "]" in words[at:] else len(words)
        values, at = words[at + 1 : end], end + 1
    else:
        values, at = words[at : at + 1], at + 1
    ends[:] = [_touched(child, value, number) for value in values] or [child]
    return at


def copied(node: Node, number: int) -> Node:
    """A copy of all that is below, as said in another line."""
    made = Node(number)
    made.inactive, made.group = node.inactive, node.group
    made.children = {word: copied(child, number) for word, child in node.children.items()}
    return made
