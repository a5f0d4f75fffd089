"""Configuration mode: one session's way from `configure` to `exit`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from appliance.lab.junos.committing import commit
from appliance.lab.junos.compare import arrange
from appliance.lab.junos.database import EXCLUSIVE, PRIVATE, SHARED, Editing, same
from appliance.lab.junos.editor import UNKNOWN, Editor
from appliance.lab.junos.loading import INPUT, Loading, asked, load
from appliance.lab.junos.merging import merged
from appliance.lab.junos.path import Refused
from appliance.lab.junos.pipes import piped, shown_as, split
from appliance.lab.junos.showing import compared, earlier, shown
from appliance.lab.junos.tokens import Token, Unbalanced, tokens
from appliance.lab.junos.tree import Node, prune

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_MOVES = ("edit", "up", "top")
_EDITS = ("set", "delete", "activate", "deactivate", "insert", "rename", "copy", *_MOVES)
_OWN = ("show", "commit", "rollback", "load", "run", "status", "exit", "quit")
WORDS = (*_EDITS, *_OWN)
_LOST = "warning: discarding uncommitted changes\nload complete\n"
_CHANGED = "The configuration has been changed but not committed\n"


class Configuring:
    """A session in configuration mode."""

    def __init__(self, cli: Cli, mode: str) -> None:
        self.cli = cli
        self.device = cli.device
        self.data = cli.device.data
        now = self.device.clock.now()
        self.editing = Editing(
            user=cli.user, terminal=cli.terminal, pid=cli.pid, since=now, mode=mode
        )
        self.data.editors.append(self.editing)
        self._private = self.data.active.copy() if mode == PRIVATE else None
        self._based = self.data.active
        self.loading: Loading | None = None
        self.editor = Editor(root=self.tree, keep=self.device.keep, release=self.device.release)

    @property
    def tree(self) -> Node:
        """The candidate that this session edits."""
        return self._private if self._private is not None else self.data.candidate

    @tree.setter
    def tree(self, tree: Node) -> None:
        if self._private is not None:
            self._private = tree
        else:
            self.data.candidate = tree
        self.editor.root = tree

    def rebase(self) -> None:
        """Private edits follow what others have committed since they began."""
        if self._private is not None and self._based is not self.data.active:
            self.tree = merged(self._based, self._private, self.data.active)
            self._based = self.data.active

    @property
    def level(self) -> str:
        """`[edit security]`."""
        return self.editor.level

    @property
    def changed(self) -> bool:
        """Whether the candidate differs from what runs."""
        return not same(self.data.active, self.tree)

    def reminder(self) -> str:
        """The line above the prompt while a commit waits to be confirmed."""
        pending = self.data.pending
        if pending is None:
            return ""
        left = (pending.deadline - self.device.clock.now()).total_seconds() / 60
        return f"\n# commit confirmed will be rolled back in {_minutes(max(1, math.ceil(left)))}"

    def execute(self, line: str) -> str:
        """One line of configuration mode."""
        self.editor.root = self.tree
        self.editing.active = self.device.clock.now()
        text, *pipes = split(line)
        try:
            typed = tokens(text, notes=False)
            if not typed or typed[0].text.startswith("#"):
                return ""
            said = self._command(typed, line, pipes)
        except Unbalanced as fault:
            return self.cli.caret(fault.column, "syntax error: unbalanced quotes")
        except Refused as refused:
            at = typed[refused.at].column if refused.at < len(typed) else len(text.rstrip()) + 1
            return self.cli.refusal(refused.words, at)
        self.editing.level = self.editor.level
        return said

    def _command(self, typed: Sequence[Token], line: str, pipes: list[str]) -> str:
        verb = _verb(typed[0].text)
        if verb in _EDITS:
            return self._edit(typed, verb, pipes)
        if verb == "run":
            rest = line[typed[1].column :] if len(typed) > 1 else ""
            return self.cli.operate(rest, offset=typed[1].column if rest else 0)
        if verb == "show":
            return self._show(typed[1:], pipes)
        if verb == "commit":
            return piped(commit(self, typed[1:]), pipes)
        return self._others[verb](typed[1:])

    @property
    def _others(self) -> Mapping[str, Callable[[Sequence[Token]], str]]:
        return {
            "load": self._load,
            "rollback": self._rollback,
            "status": self._status,
            "exit": self._exit,
            "quit": self._exit,
        }

    def _edit(self, typed: Sequence[Token], verb: str, pipes: list[str]) -> str:
        moving = verb in _MOVES
        owner = self.data.owner
        if not moving and owner is not None and owner is not self.editing and not self._private:
            return locked(self.data.editors, self.device.clock.now(), only=owner)
        if verb == "delete" and len(typed) == 1:
            return self._delete_level()
        inner = next((n for n, t in enumerate(typed) if n and _verb(t.text, _OWN) == "show"), 0)
        if verb in {"top", "up"} and inner:
            return self._show_from(typed, inner, pipes)
        said = self.editor.apply([Token(text=verb, column=typed[0].column), *typed[1:]])
        if not moving:
            prune(self.tree)
        return f"{said}\n" if said else ""

    def _show_from(self, typed: Sequence[Token], at: int, pipes: list[str]) -> str:
        """`top show` and `up show`: as `show`, from another level."""
        here = self.editor
        self.editor = replace(here, path=list(here.path), before=[])
        try:
            self.editor.apply(typed[:at])
            return self._show(typed[at + 1 :], pipes)
        finally:
            self.editor = here

    def _delete_level(self) -> str:
        def answered(text: str) -> str:
            if text.strip() and "yes".startswith(text.strip()):
                self.editor.delete(())
                prune(self.tree)
            return ""

        self.cli.ask("Delete everything under this level? [yes,no] (no) ", answered)
        return "This will delete the entire configuration\n" if not self.editor.path else ""

    def _show(self, typed: Sequence[Token], pipes: list[str]) -> str:
        try:
            steps = self.editor.steps(typed, partial=True)
        except Refused as refused:
            raise Refused(refused.words, refused.at + 1) from None
        displays, filters = shown_as(pipes)
        compares = [words for words in displays if "compare".startswith(words[0])]
        if not compares:
            return piped(shown(self.tree, steps, displays), filters)
        words = tuple(word for step in steps for word in step.words)
        return piped(compared(earlier(self.data, compares[0]), self.tree, words), filters)

    def _rollback(self, typed: Sequence[Token]) -> str:
        text = typed[0].text if typed else "0"
        found = self.data.rescue if "rescue".startswith(text) else None
        if text.isdecimal():
            found = self.data.old(int(text))
        if found is None:
            return f"error: Could not open configuration file: rollback {text} does not exist\n"
        self.tree = found.copy()
        return "load complete\n"

    def _load(self, typed: Sequence[Token]) -> str:
        self.loading = asked(typed)
        if self.loading is None:
            name = typed[1].text
            return f"error: failed to open file: {name}: No such file or directory\n"
        return INPUT

    def take(self, line: str) -> None:
        """One line of text for `load`."""
        if self.loading is not None:
            self.loading.lines.append(line.rstrip("\r\n"))

    def forget(self) -> None:
        """Ctrl-C while text is entered: nothing of it is loaded."""
        self.loading = None

    def load(self) -> str:
        """The text is complete: what `load` says to it."""
        loading, self.loading = self.loading, None
        if loading is None:
            return ""
        self.editor.root = self.tree
        said = load(loading, self.editor)
        arrange(self.data.active, self.tree)
        return said

    def _status(self, _typed: Sequence[Token]) -> str:
        now = self.device.clock.now()
        others = "".join(one.text(now) for one in self.data.editors)
        return f"Users currently editing the configuration:\n{others}"

    def _exit(self, typed: Sequence[Token]) -> str:
        whole = bool(typed) and "configuration-mode".startswith(typed[0].text)
        if not whole and self.editor.leave():
            return ""
        if not self.changed:
            return self.leave()
        if self.editing.mode == SHARED:
            self.cli.ask("Exit with uncommitted changes? [yes,no] (yes) ", self._left)
            return _CHANGED
        self.cli.ask("Discard uncommitted changes? [yes,no] (yes) ", self._left)
        return f"{_CHANGED}warning: Auto rollback on exiting 'configure {self.editing.mode}'\n"

    def _left(self, text: str) -> str:
        if text.strip() and not "yes".startswith(text.strip()):
            return ""
        lost = "" if self.editing.mode == SHARED else _LOST
        return lost + self.leave()

    def leave(self) -> str:
        """Out of configuration mode; in exclusive and private mode changes are lost."""
        if self.editing in self.data.editors:
            self.data.editors.remove(self.editing)
        if self.editing.mode == EXCLUSIVE:
            self.data.discard()
        self.cli.config = None
        return "Exiting configuration mode\n"

    def lost(self) -> None:
        """The line is gone. A box that does not notice keeps the lock for a while."""
        seconds = self.device.settings.lingers
        if seconds:
            self.editing.stale = True
            self.device.linger(self, seconds)
        else:
            self.leave()

    def help(self, words: list[str]) -> tuple[str, ...]:
        """The words that may follow, for `?`."""
        schema = self.editor.schema
        for word in words[1:]:
            found = schema.named(word)
            schema = found[0] if len(found) == 1 else schema.children.get("", schema)
        return tuple(sorted(word or "<name>" for word in schema.children))


def locked(editors: Sequence[Editing], now: datetime, *, only: Editing | None = None) -> str:
    """The refusal that names who holds the database."""
    who = "".join(one.text(now) for one in editors if only is None or one is only)
    return f"error: configuration database locked by:\n{who}"


def _verb(word: str, words: Sequence[str] = WORDS) -> str:
    if word in words:
        return word
    found = [verb for verb in words if word and verb.startswith(word)]
    if len(found) > 1 and words is WORDS:
        raise Refused(f"'{word}' is ambiguous.", 0)
    if not found and words is WORDS:
        raise Refused(UNKNOWN, 0)
    return found[0] if len(found) == 1 else ""


def _minutes(count: int) -> str:
    return f"{count} minute{'' if count == 1 else 's'}"


def enter(cli: Cli, mode: str) -> str:
    """`configure [exclusive|private]`: in, with what is said on the way, or the refusal."""
    data, now = cli.device.data, cli.device.clock.now()
    owner = data.owner
    taken = mode == EXCLUSIVE and (owner or any(one.mode == SHARED for one in data.editors))
    if taken:
        return locked([one for one in data.editors if one.mode != PRIVATE], now)
    if mode == PRIVATE and (owner or data.changed):
        if owner:
            return locked(data.editors, now, only=owner)
        return "error: shared configuration database modified\n"
    said = "" if mode == SHARED else "warning: uncommitted changes will be discarded on exit\n"
    others = "".join(one.text(now) for one in data.editors)
    dirty = _CHANGED if mode != PRIVATE and data.changed else ""
    cli.config = Configuring(cli, mode)
    users = f"Users currently editing the configuration:\n{others}" if others else ""
    return f"{said}Entering configuration mode\n{users}{dirty}"
