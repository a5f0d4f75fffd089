"""Where in the hierarchy typed commands and shown fragments stand."""

from __future__ import annotations

from collections.abc import Iterator

from vendors.juniper_junos.reading.paths import rule_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules


class Editor:
    """The level of configuration mode, as `edit`, `up`, `top` and `exit` move it.

    `base` is where `set` commands belong, `shown` where braces do: a `show` may have named a
    section, and what it prints with `| display set` has full paths.
    """

    __slots__ = ("base", "before", "level", "rules", "shown")

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.level: list[str] = []
        self.before: list[list[str]] = []
        self.base: list[str] = []
        self.shown: list[str] = []

    def go(self, path: list[str]) -> None:
        """The banner `[edit PATH]` tells the level."""
        self.level = self.base = self.shown = path

    def move(self, verb: str, words: list[str]) -> None:
        """One of the commands that change the level."""
        if verb == "edit":
            self.before.append(self.level)
            self.go([*self.level, *words])
        elif verb == "up":
            count = int(words[0]) if words and words[0].isdecimal() else 1
            starts = [0, *_starts(self.level, self.rules)]
            self.go(self.level[: starts[-min(count, len(starts))]])
        elif verb == "top" or not self.before or words:
            self.before.clear()
            self.go([])
        else:
            self.go(self.before.pop())

    def asked(self, row: str) -> None:
        """What was typed behind a prompt decides where the answer belongs."""
        self.base = self.shown = self.level
        question, _, pipes = row.partition("|")
        words = question.split()
        if words[:1] == ["run"]:
            words, level = words[1:], []
        else:
            level = self.level
        if not words or not _short(words[0], "show"):
            return
        if len(words) > 1 and _short(words[1], "configuration"):
            words, level = words[1:], []
        self.shown = [*level, *words[1:]]
        if "set" in pipes.split():
            self.base = self.shown if "relative" in pipes else []


_NAMELESS = frozenset({"interfaces", "routing-instances"})
"""What is inside of these has a level of its own; elsewhere a name belongs to its word."""
_PAIRED = frozenset({"to-zone"})


def _starts(level: list[str], rules: Rules) -> Iterator[int]:
    """Where each level begins: `gateway G`, `from-zone A to-zone B`, `family inet` are one."""
    at, below = 0, rules
    while at < len(level):
        if level[at] not in _PAIRED:
            yield at
        word, rule = rule_of(below, level[at])
        at += 1
        below = rule if isinstance(rule, dict) else {}
        if at < len(level) and (word == "family" or ("" in below and word not in _NAMELESS)):
            named = rule_of(below, level[at])[1]
            below = named if isinstance(named, dict) else {}
            at += 1


_SHORTEST = 2


def _short(word: str, full: str) -> bool:
    return len(word) >= _SHORTEST and full.startswith(word)
