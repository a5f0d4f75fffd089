"""The shape of a Junos configuration: which words are containers, lists, leaves, what they hold.

It is written down as indented text (see `statements`), one statement a line:

    word                container            word <type>      list keyed by one value
    a <type> b <type>   list of two keys     <type>           list entries without a word
    word = type         one value            word * type      several values
    word !              a flag               word ...         anything below; kept as typed
    ~ word word         several of the last kind, `<any> ...` for whatever word comes

Marks: `@line` prints on one line while it has one child that is not a `@block`; `@secret` is
printed with a remark; `@nine` is kept obscured; `@choice:x` excludes its siblings of the same
choice; `@sorted` keeps list entries in order, `@ordered` in the order people gave them; `@alone`
means something without anything in it; `@join` is a word before others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """What a statement is."""

    CONTAINER = auto()
    LIST = auto()
    LEAF = auto()
    LEAVES = auto()
    FLAG = auto()
    OPEN = auto()


@dataclass(slots=True, kw_only=True)
class Schema:
    """One statement. `keys` of a list: (word before it, type of the value) for each key.

    `types` is the type of a leaf's value. `children` go by their word, list entries without a
    word under the empty one; their order is the order in which Junos prints.
    """

    word: str
    kind: Kind
    keys: tuple[tuple[str, str], ...] = ()
    type: str = ""
    marks: frozenset[str] = frozenset()
    choice: str = ""
    children: dict[str, Schema] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether statements can stand below it."""
        return self.kind in {Kind.CONTAINER, Kind.LIST, Kind.OPEN}

    def named(self, typed: str) -> tuple[Schema, ...]:
        """The statements whose word is `typed`, or begins with it when none is."""
        exact = self.children.get(typed)
        if exact is not None:
            return (exact,)
        return tuple(s for word, s in self.children.items() if typed and word.startswith(typed))

    def place(self, child: Schema) -> int:
        """Where a statement of this kind is printed among its siblings."""
        if child is GROUPS:
            return -1
        for at, known in enumerate(self.children.values()):
            if known is child:
                return at
        return len(self.children)


OPEN = Schema(word="", kind=Kind.OPEN)
# Every container may take statements from groups.
GROUPS = Schema(word="apply-groups", kind=Kind.LEAVES, type="name")
_EXCEPT = Schema(word="apply-groups-except", kind=Kind.LEAVES, type="name")


def statements(*texts: str) -> Schema:
    """The root of the configuration described by these texts."""
    root = Schema(word="", kind=Kind.CONTAINER)
    for text in texts:
        _read(root, [line for line in text.splitlines() if line.strip()])
    _everywhere(root)
    return root


def _read(root: Schema, lines: list[str]) -> None:
    stack = [(-1, root)]
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while stack[-1][0] >= depth:
            stack.pop()
        parent = stack[-1][1]
        for child in _line(line.split()):
            parent.children.setdefault(child.word, child)
            stack.append((depth, parent.children[child.word]))


def _line(tokens: list[str]) -> Iterator[Schema]:
    marks = frozenset(token[1:] for token in tokens if token.startswith("@"))
    words = [token for token in tokens if not token.startswith("@")]
    choice = next((m.removeprefix("choice:") for m in marks if m.startswith("choice:")), "")
    if words[0] == "~":
        for word in words[1:]:
            yield Schema(word=word, kind=Kind.OPEN)
        return
    yield _one(words, marks, choice)


def _one(words: list[str], marks: frozenset[str], choice: str) -> Schema:
    match words:
        case [word, "=", kind]:
            return Schema(word=word, kind=Kind.LEAF, type=kind, marks=marks, choice=choice)
        case [word, "*", kind]:
            return Schema(word=word, kind=Kind.LEAVES, type=kind, marks=marks, choice=choice)
        case [word, "!"]:
            return Schema(word=word, kind=Kind.FLAG, marks=marks, choice=choice)
        case [word, "..."]:
            word = "" if word.startswith("<") else word
            return Schema(word=word, kind=Kind.OPEN, marks=marks, choice=choice)
        case [word] if not word.startswith("<"):
            return Schema(word=word, kind=Kind.CONTAINER, marks=marks, choice=choice)
        case _:
            return _list(words, marks, choice)


def _list(words: list[str], marks: frozenset[str], choice: str) -> Schema:
    keys: list[tuple[str, str]] = []
    before = ""
    first = "" if words[0].startswith("<") else words[0]
    for word in words if not first else words[1:]:
        if word.startswith("<"):
            keys.append((before, word.strip("<>")))
            before = ""
        else:
            before = word
    return Schema(word=first, kind=Kind.LIST, keys=tuple(keys), marks=marks, choice=choice)


def _everywhere(schema: Schema) -> None:
    for child in list(schema.children.values()):
        _everywhere(child)
    if schema.kind in {Kind.CONTAINER, Kind.LIST}:
        schema.children.setdefault("apply-groups", GROUPS)
        schema.children.setdefault("apply-groups-except", _EXCEPT)
