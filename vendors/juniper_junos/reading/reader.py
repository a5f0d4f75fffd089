"""Junos configuration text, in braces or as `set` commands or both, read into one tree of words.

One pass over the rows; what is not ours costs no more than finding where it ends.
"""

from __future__ import annotations

from collections.abc import Mapping

from vendors.juniper_junos.reading.commands import Commands, delete
from vendors.juniper_junos.reading.edit import Editor
from vendors.juniper_junos.reading.paths import Paths, rule_of, statement
from vendors.juniper_junos.reading.text import TAGS, Rows, command_words, prompt
from vendors.juniper_junos.tree import UNIVERSAL, Configuration, Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.tree import Rules


def read(text: str, rules: Rules, homes: Mapping[str, tuple[str, ...]]) -> Configuration:
    """A configuration as a tree. `homes` tell where a fragment belongs that has no heading."""
    rows = Rows(text)
    return _Reader(rows, rules, homes).read()


class _Reader:
    """The state of one reading: open braces, the edit level, words of an unfinished statement."""

    __slots__ = (
        "commands",
        "editor",
        "found",
        "homes",
        "paths",
        "pending",
        "rows",
        "rules",
        "stack",
    )

    def __init__(self, rows: Rows, rules: Rules, homes: Mapping[str, tuple[str, ...]]) -> None:
        self.found = Configuration(rows.rows)
        self.rows = rows
        self.rules = rules
        self.homes = homes
        self.stack: list[Place] = []
        self.pending: list[str] = []
        self.paths = Paths(self.found)
        self.commands = Commands(self.paths)
        self.editor = Editor(rules)

    def read(self) -> Configuration:
        for number, row in self.rows.statements():
            if self.stack or self.pending:
                self._inside(number, row)
            else:
                self._outside(number, row)
        self._never_closed()
        self._switch_off()
        return self.found

    def _switch_off(self) -> None:
        """Sections whose remark says that they, or something above, are deactivated."""
        for number, path in self.rows.off:
            _, words = self.rows.command(f"deactivate {path}")
            node = self.paths.walk(self.root(), words, number).node
            if node is not None and words[:1] and words[0] in self.rules:
                node.inactive = True

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
            self.commands.trail.clear()
            self._braces(number, row)
        elif self.rows.opens_next():
            self.pending += row.split()

    def _typed(self, number: int, row: str) -> None:
        """What stands behind a prompt."""
        self.editor.asked(row)
        if command_words(row):
            self._command(number, row)

    def _inside(self, number: int, row: str) -> None:
        if row == "}" and not self.pending:
            self._close(number)
            return
        words = self.rows.plain(row) if self.stack and not self.pending else None
        if words and words[0] not in _NOT_PLAIN:
            self._said(number, words, opens=row[-1] == "{")
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

    def _said(self, number: int, words: list[str], *, opens: bool) -> None:
        """A row that is one statement and nothing else, as nearly all are."""
        here = self.stack[-1]
        if not opens:
            if here.node is not None:
                self.paths.walk(here, words, number)
            return
        place = here if here.node is None else self.paths.walk(here, words, number)
        self.stack.append(Place(place.node, place.rules, ours=place.ours, line=number))

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
        for piece in self.rows.pieces(number, row):
            if piece == "{":
                self._open(number)
            elif piece == "}":
                self._finish(number)
                self._close(number)
            elif piece == ";":
                self._finish(number)
            else:
                self.pending.append(piece)
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
        return self.paths.walk(self.root(), base, number)

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
            delete(here, words)
        place = self.paths.walk(here, words, number)
        if place.node is not None and "inactive:" in tags:
            place.node.inactive = True
        self.stack.append(Place(place.node, place.rules, ours=place.ours, line=number))

    def _finish(self, number: int) -> None:
        if not self.pending:
            return
        tags, words = _tagged(self.pending)
        here = self._here(words, number)
        self.pending = []
        if not words or words == _LEFT_OUT or here.node is None:
            return
        if "replace:" in tags or "delete:" in tags:
            delete(here, words if "delete:" in tags else statement(here, words))
        if "delete:" not in tags:
            ends = self.paths.said(here, words, number)
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
        if verb in _PATTERNS:
            self.found.odd[number] = None
            return
        if verb in _MOVES:
            self.editor.move(verb, words)
            return
        if not base and words and rule_of(self.rules, words[0])[1] is None:
            base = list(self.home(words[0], number))
        if words and (base or words[0] in self.rules):
            self.found.known += 1
        here = self.paths.walk(self.root(), base, number) if base else self.root()
        self.commands.run(verb, here, words, number)


_NOT_PLAIN = TAGS | {"set"}
_LEFT_OUT = ["..."]
"""Stands in `show | compare` for what a section has besides what changes."""
_MOVES = frozenset({"edit", "up", "top", "exit", "quit"})
_PATTERNS = frozenset({"wildcard", "replace"})
"""Commands that change whatever looks alike: they are not carried out here, and that is said."""
_AHEAD = 12
"""Rows in which a proposal or policy without a heading tells whether it is IKE's or IPsec's."""
_ESP = ("hmac-", "protocol esp", "protocol ah", "perfect-forward-secrecy", "lifetime-kilobytes")


def _tagged(words: list[str]) -> tuple[set[str], list[str]]:
    """The tags before a statement, and its words."""
    at = 0
    while at < len(words) and words[at] in TAGS:
        at += 1
    return set(words[:at]), words[at:]
