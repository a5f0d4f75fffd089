"""Texts of configuration read into a tree: braces and `set` lines, as `load` and booting do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from appliance.lab.junos.path import PRESENT, Refused, Release, Step, resolve
from appliance.lab.junos.tokens import Token, Unbalanced, quoted, tokens
from appliance.lab.junos.tree import Node, put, remove, trail

_TAGS = ("inactive:", "replace:", "protect:", "active:", "delete:")
_QUOTE = '"'
# Keeps the values of a statement the way the device stores them.
Keep = Callable[[list[Step]], list[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A statement that was not taken: where it stands, what is wrong, and at which words."""

    line: int
    column: int
    words: str
    token: str
    path: tuple[str, ...] = ()
    statement: str = ""

    def text(self, source: str) -> str:
        """What `load` prints."""
        what = self.words.removeprefix("error: ").rstrip(".")
        token = "" if self.token in what.split() else f": {self.token}"
        shown = f"{source}:{self.line + 1}:({self.column}) {what}{token}\n"
        if not self.statement:
            return shown
        where = " ".join(("edit", *self.path))
        return f"{shown}  [{where}]\n    '{self.statement}'\n      {what}\n"


@dataclass(slots=True, kw_only=True)
class Braces:
    """Reads text with braces into the tree below `root`. `replacing` obeys `replace:` tags."""

    root: Node
    keep: Keep
    release: Release = PRESENT
    replacing: bool = False
    faults: list[Fault] = field(default_factory=list)
    _typed: Sequence[Token] = ()
    _at: int = 0

    def read(self, text: str) -> list[Fault]:
        """The statements that were not taken; all others are in the tree."""
        try:
            self._typed = tokens(text)
        except Unbalanced as fault:
            return [
                Fault(line=fault.line, column=fault.column, words="unbalanced quotes", token=_QUOTE)
            ]
        self._at = 0
        self._body(self.root, ())
        if self._at < len(self._typed):
            self._fault(self._typed[self._at], "syntax error", ())
        return self.faults

    def _body(self, here: Node, path: tuple[str, ...]) -> None:
        while self._at < len(self._typed):
            token = self._typed[self._at]
            if token.mark and token.text == "}":
                return
            if token.mark and token.text == ";":
                self._at += 1
                continue
            self._statement(here, path)

    def _statement(self, here: Node, path: tuple[str, ...]) -> None:
        tags = self._tags()
        words = self._words()
        if not words:
            self._fault(self._typed[self._at], "syntax error", path)
            self._at += 1
            return
        ends = self._typed[self._at].text if self._at < len(self._typed) else ""
        self._at += 1
        node = self._enter(here, words, path, tags)
        if ends == "{":
            below = (*path, *(w.text for w in words))
            self._body(node if node is not None else Node(schema=here.schema), below)
            self._close(words)
        elif ends != ";":
            self._fault(words[-1], "syntax error", path)
        if node is not None and "inactive:" in tags:
            node.inactive = True

    def _close(self, words: Sequence[Token]) -> None:
        if self._at < len(self._typed):
            self._at += 1
        else:
            self._fault(words[-1], "missing closing brace", ())

    def _tags(self) -> list[str]:
        found: list[str] = []
        while self._at < len(self._typed) and self._typed[self._at].text in _TAGS:
            found.append(self._typed[self._at].text)
            self._at += 1
        return found

    def _words(self) -> list[Token]:
        found: list[Token] = []
        depth = 0
        while self._at < len(self._typed):
            token = self._typed[self._at]
            if token.mark and token.text in "{};" and not depth:
                break
            depth += {"[": 1, "]": -1}.get(token.text, 0) if token.mark else 0
            found.append(token)
            self._at += 1
        return found

    def _enter(
        self, here: Node, words: list[Token], path: tuple[str, ...], tags: list[str]
    ) -> Node | None:
        """The innermost statement that the words lead to; None when they were refused."""
        opens = self._typed[self._at - 1].text == "{" if self._at <= len(self._typed) else False
        try:
            steps = self.keep(resolve(here.schema, words, hollow=opens, release=self.release))
        except Refused as refused:
            at = min(refused.at, len(words) - 1)
            said = " ".join(quoted(word.text) for word in words)
            self._fault(words[at], refused.words, path, said + (" {" if opens else ";"))
            return None
        if self.replacing and tags and "replace:" in tags:
            remove(here, steps)
        put(here, steps)
        nodes = trail(here, steps)
        return nodes[-1] if nodes else None

    def _fault(self, token: Token, words: str, path: tuple[str, ...], statement: str = "") -> None:
        self.faults.append(
            Fault(
                line=token.line,
                column=token.column,
                words=words,
                token=token.text,
                path=path,
                statement=statement,
            )
        )
