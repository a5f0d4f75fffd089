"""`load`: text that is entered and then becomes part of the candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from appliance.lab.junos.editor import Editor
from appliance.lab.junos.path import MISSING, SYNTAX, Refused
from appliance.lab.junos.reading import Braces, Fault
from appliance.lab.junos.tokens import Token, Unbalanced, tokens
from appliance.lab.junos.tree import prune, put, trail

WAYS = ("set", "merge", "replace", "override", "update")
INPUT = "[Type ^D at a new line to end input]\n"
_QUOTE = '"'


@dataclass(slots=True, kw_only=True)
class Loading:
    """Text that is being entered. `relative`: to the level we are at."""

    way: str
    relative: bool
    lines: list[str] = field(default_factory=list)


def asked(typed: Sequence[Token]) -> Loading | None:
    """What `load <way> terminal [relative]` begins; None for a file, of which there are none.

    Raises Refused.
    """
    words = [token.text for token in typed]
    if not words:
        raise Refused(MISSING, 1)
    ways = [way for way in WAYS if way.startswith(words[0])]
    if len(ways) != 1:
        raise Refused(SYNTAX, 1)
    if len(words) == 1:
        raise Refused(MISSING, 2)
    if not "terminal".startswith(words[1]):
        return None
    return Loading(way=ways[0], relative="relative" in words[2:])


def load(loading: Loading, editor: Editor) -> str:
    """Load the text into the editor's tree; what the device says to it."""
    if loading.way == "set":
        said, count = _lines(loading, editor)
    else:
        faults = _braces(loading, editor)
        said, count = "".join(fault.text("terminal") for fault in faults), len(faults)
    prune(editor.root)
    return f"{said}load complete{f' ({count} errors)' if count else ''}\n"


def _lines(loading: Loading, editor: Editor) -> tuple[str, int]:
    path = list(editor.path) if loading.relative else []
    own = Editor(root=editor.root, keep=editor.keep, release=editor.release, path=path)
    results = [_line(own, line, number) for number, line in enumerate(loading.lines)]
    return "".join(text for text, _ in results), sum(failed for _, failed in results)


def _line(editor: Editor, line: str, number: int) -> tuple[str, int]:
    """What is said to one line, and whether it failed."""
    try:
        typed = tokens(line)
    except Unbalanced as fault:
        wrong = Fault(line=number, column=fault.column, words="unbalanced quotes", token=_QUOTE)
        return wrong.text("terminal"), 1
    try:
        said = editor.apply(typed) if typed else ""
    except Refused as refused:
        token = typed[min(refused.at, len(typed) - 1)]
        behind = len(token.text) if refused.at >= len(typed) else 0
        wrong = Fault(
            line=number, column=token.column + behind, words=refused.words, token=token.text
        )
        return wrong.text("terminal"), 1
    return (f"{said}\n" if said else ""), int(said.startswith("error:"))


def _braces(loading: Loading, editor: Editor) -> list[Fault]:
    root = editor.root
    if loading.way in {"override", "update"}:
        version = root.find("version")
        root.children = {version.words: version} if version is not None else {}
    if loading.relative:
        put(root, editor.path)
        root = (trail(root, editor.path) or [root])[-1]
    reader = Braces(
        root=root, keep=editor.keep, release=editor.release, replacing=loading.way == "replace"
    )
    return reader.read("\n".join(loading.lines))
