"""A person's place in a candidate configuration, and the commands that change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from appliance.lab.junos.path import (
    MISSING,
    PRESENT,
    SYNTAX,
    Refused,
    Release,
    Step,
    resolve,
)
from appliance.lab.junos.reading import Keep
from appliance.lab.junos.schema import Kind, Schema
from appliance.lab.junos.tokens import Token
from appliance.lab.junos.tree import Node, put, remove, trail

NOT_FOUND = "warning: statement not found"
UNKNOWN = "unknown command."


@dataclass(slots=True, kw_only=True)
class Editor:
    """Edits `root` below `path`. `keep` turns values into what the device stores."""

    root: Node
    keep: Keep
    release: Release = PRESENT
    path: list[Step] = field(default_factory=list)
    before: list[list[Step]] = field(default_factory=list)

    @property
    def level(self) -> str:
        """`[edit security ike]`: where we are."""
        return f"[{' '.join(('edit', *self.words))}]"

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the level."""
        return tuple(word for step in self.path for word in step.words)

    @property
    def schema(self) -> Schema:
        """What can stand at this level."""
        return self.path[-1].schema if self.path else self.root.schema

    @property
    def node(self) -> Node | None:
        """The statement at this level, if it is there."""
        nodes = trail(self.root, self.path)
        return nodes[-1] if nodes else None

    def knows(self, word: str) -> bool:
        """Whether `word` is one of the commands below."""
        return _verb(word) is not None

    def apply(self, typed: Sequence[Token]) -> str:
        """Run one command; what the device says to it, mostly nothing. Raises Refused, whose
        place counts from the command on."""
        verb = _verb(typed[0].text)
        if verb is None:
            raise Refused(UNKNOWN, 0)
        try:
            return _VERBS[verb](self, typed[1:])
        except Refused as refused:
            raise Refused(refused.words, refused.at + 1) from None

    def steps(self, typed: Sequence[Token], *, partial: bool = False) -> list[Step]:
        """The way from the top that these words name at this level. Raises Refused."""
        found = resolve(self.schema, typed, partial=partial, hollow=partial, release=self.release)
        return [*self.path, *found]

    def set(self, typed: Sequence[Token]) -> str:
        """`set`."""
        if not typed:
            raise Refused(MISSING, 0)
        steps = self.steps(typed)
        try:
            put(self.root, self.keep(steps))
        except Refused as refused:
            raise Refused(refused.words, len(typed) - 1) from None
        return ""

    def delete(self, typed: Sequence[Token]) -> str:
        """`delete`."""
        return "" if remove(self.root, self.steps(typed, partial=True)) else NOT_FOUND

    def activate(self, typed: Sequence[Token]) -> str:
        """`activate`."""
        return self._mark(typed, inactive=False)

    def deactivate(self, typed: Sequence[Token]) -> str:
        """`deactivate`."""
        return self._mark(typed, inactive=True)

    def _mark(self, typed: Sequence[Token], *, inactive: bool) -> str:
        if not typed:
            raise Refused(MISSING, 0)
        nodes = trail(self.root, self.steps(typed, partial=True))
        if nodes is None:
            return NOT_FOUND
        nodes[-1].inactive = inactive
        return ""

    def insert(self, typed: Sequence[Token]) -> str:
        """`insert <statement> before|after <statement>`."""
        at, node, above = self._split(typed, ("before", "after"))
        other = self._sibling(above, typed[at + 1 :], at + 1)
        if other.words not in above.children:
            return f"error: statement '{' '.join(other.words)}' not found"
        keys = [key for key in above.children if key != node.words]
        keys.insert(keys.index(other.words) + (typed[at].text == "after"), node.words)
        above.children = {key: above.children[key] for key in keys}
        return ""

    def rename(self, typed: Sequence[Token]) -> str:
        """`rename <statement> to <statement>`."""
        return self._again(typed, keep=False)

    def copy(self, typed: Sequence[Token]) -> str:
        """`copy <statement> to <statement>`."""
        return self._again(typed, keep=True)

    def _again(self, typed: Sequence[Token], *, keep: bool) -> str:
        at, node, above = self._split(typed, ("to",))
        other = self._sibling(above, typed[at + 1 :], at + 1)
        if other.words in above.children:
            return f"error: target '{' '.join(other.words)}' already exists"
        fresh = node.copy()
        fresh.words = other.words
        if keep:
            above.children[fresh.words] = fresh
        else:
            above.children = {
                (fresh.words if key == node.words else key): (fresh if key == node.words else child)
                for key, child in above.children.items()
            }
        return ""

    def _split(self, typed: Sequence[Token], by: tuple[str, ...]) -> tuple[int, Node, Node]:
        """Where the word stands that parts the line, the node before it, and what holds that."""
        at = next((n for n, token in enumerate(typed) if token.text in by), len(typed))
        if at == len(typed):
            raise Refused(MISSING, len(typed))
        nodes = trail(self.root, self.steps(typed[:at], partial=True))
        if nodes is None or nodes[-1].schema.kind is not Kind.LIST:
            raise Refused("error: statement not found" if nodes is None else SYNTAX, at - 1)
        return at, nodes[-1], nodes[-2]

    def _sibling(self, above: Node, typed: Sequence[Token], at: int) -> Step:
        try:
            found = resolve(above.schema, typed, release=self.release)
        except Refused as refused:
            raise Refused(refused.words, at + refused.at) from None
        if len(found) != 1:
            raise Refused(SYNTAX, at)
        return found[0]

    def edit(self, typed: Sequence[Token]) -> str:
        """`edit`: go to a level, which need not be there yet."""
        steps = self.steps(typed, partial=True)
        if any(not step.schema.holds for step in steps):
            raise Refused(SYNTAX, len(typed) - 1)
        if any(step.whole for step in steps):
            raise Refused(MISSING, len(typed))
        self._move(steps)
        return ""

    def up(self, typed: Sequence[Token]) -> str:
        """`up [levels] [command]`."""
        count, rest = 1, typed
        if typed and typed[0].text.isdecimal():
            count, rest = int(typed[0].text), typed[1:]
        return self._from(self.path[: max(0, len(self.path) - count)], rest)

    def top(self, typed: Sequence[Token]) -> str:
        """`top [command]`."""
        return self._from([], typed)

    def _from(self, path: list[Step], typed: Sequence[Token]) -> str:
        if not typed:
            self._move(path)
            return ""
        there = Editor(root=self.root, keep=self.keep, release=self.release, path=list(path))
        said = there.apply(typed)
        if _verb(typed[0].text) == "edit":
            self._move(there.path)
        return said

    def _move(self, path: list[Step]) -> None:
        self.before.append(self.path)
        self.path = path

    def leave(self) -> bool:
        """`exit`: back to the level we came from; False at the top."""
        if not self.path:
            return False
        self.path = self.before.pop() if self.before else self.path[:-1]
        return True

    def _exit(self, _typed: Sequence[Token]) -> str:
        self.leave()
        return ""


_VERBS: dict[str, Callable[[Editor, Sequence[Token]], str]] = {
    "set": Editor.set,
    "delete": Editor.delete,
    "activate": Editor.activate,
    "deactivate": Editor.deactivate,
    "insert": Editor.insert,
    "rename": Editor.rename,
    "copy": Editor.copy,
    "edit": Editor.edit,
    "up": Editor.up,
    "top": Editor.top,
    "exit": Editor._exit,
}


def _verb(word: str) -> str | None:
    found = [verb for verb in _VERBS if verb.startswith(word)] if word else []
    return word if word in _VERBS else found[0] if len(found) == 1 else None
