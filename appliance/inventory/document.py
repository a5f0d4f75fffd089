"""A strict reader of YAML: plain data with the place of every value, and no surprises.

Only what all readers of YAML agree on is read: mappings, lists, text, whole numbers, true, false
and null. `no`, `1e3`, `0777`, `17.10` and `12:30` stay the text they look like; anchors, aliases,
merge keys and tags are refused, and a name given twice is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, cast

import yaml
from yaml import events

from appliance.inventory.fault import Fault, plain
from appliance.inventory.syntax import syntax_fault
from appliance.record import dataclass

try:
    _Parser = yaml.CSafeLoader
except AttributeError:  # PyYAML built without libyaml: the same events, some thirty times slower
    _Parser = yaml.SafeLoader  # type: ignore[assignment, misc]  # both have `get_event`

MAX_DEPTH = 16
MAX_VALUES = 4_000_000

Path = tuple[str | int, ...]

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})").fullmatch
_WORDS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL"), None),
}


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """An event of PyYAML, as far as its kind has these."""

    start_mark: _Mark
    value: str
    implicit: tuple[bool, bool]
    anchor: str | None
    tag: str | None
    version: tuple[int, int] | None
    tags: dict[str, str] | None


# One int holds line and column (both from 0) of a name and of its value: a quarter of the memory
# that four ints in a tuple take, for hundreds of thousands of values.
_COLUMN, _PLACE = 20, 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Plain data (`root`), where each part of it stands, and what was wrong while reading."""

    root: object
    text: str
    places: dict[int, dict[str | int, int]]
    faults: tuple[Fault, ...]

    def nests(self, path: Path) -> bool:
        """Whether a mapping or list is there: it begins at its name, not at its first member."""
        here: object = self.root
        for step in path:
            here = _member(here, step)
        return bool(path) and isinstance(here, dict | list)

    def place(self, path: Path, *, name: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the value at `path`, or of its name.

        Where the path leads to nothing, the nearest part that exists stands in for it.
        """
        here: object = self.root
        found = 0
        for step in path:
            entries = self.places.get(id(here), {})
            if step not in entries:
                name = True
                break
            found = entries[step]
            here = _member(here, step)
        packed = found >> _PLACE if name else found & ((1 << _PLACE) - 1)
        return (packed >> _COLUMN) + 1, (packed & ((1 << _COLUMN) - 1)) + 1

    def child_at(self, path: Path, line: int) -> Path:
        """The member of the mapping at `path` in which `line` (from 1) stands; `path` if none."""
        here: object = self.root
        for step in path:
            here = _member(here, step)
        began = {
            step: place >> _PLACE + _COLUMN for step, place in self.places.get(id(here), {}).items()
        }
        before = [step for step, start in began.items() if start < line]
        return (*path, max(before, key=began.__getitem__)) if before else path

    def has(self, path: Path) -> bool:
        """Whether the path leads to a value."""
        here: object = self.root
        for step in path:
            inside = step in here if isinstance(here, dict) else _holds(here, step)
            if not inside:
                return False
            here = _member(here, step)
        return True


def read(text: str) -> Document:
    """Read one YAML document; what cannot be read is in `faults`, never raised."""
    reader = _Reader(text)
    root: object = None
    try:
        root = reader.document()
    except yaml.YAMLError as error:
        reader.faults.append(syntax_fault(error, text))
    except _TooMuch as error:
        reader.faults.append(error.fault)
    return Document(root=root, text=text, places=reader.places, faults=tuple(reader.faults))


class _TooMuch(Exception):  # noqa: N818 -- an unwinding, not an error anybody sees
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class _Reader:
    """Builds data from parser events. Plain loops: a big inventory has a million events."""

    __slots__ = ("count", "depth", "faults", "next", "places")

    def __init__(self, text: str) -> None:
        self.next = cast(Callable[[], _Event], _Parser(text).get_event)
        self.places: dict[int, dict[str | int, int]] = {}
        self.faults: list[Fault] = []
        self.count = self.depth = 0

    def document(self) -> object:
        """The only document of the stream; None when there is none."""
        self.next()
        start = self.next()
        if isinstance(start, events.StreamEndEvent):
            self.fault(start, "the file is empty; 'appliance init' writes an example")
            return None
        if isinstance(start, events.DocumentStartEvent) and (start.version or start.tags):
            self.fault(start, "YAML directives (%YAML, %TAG) are not read; remove the line")
        root = self.value(self.next())
        self.next()
        end = self.next()
        if not isinstance(end, events.StreamEndEvent):
            self.fault(end, "a second document begins here; an inventory is one document ('---')")
        return root

    def value(self, event: _Event) -> object:
        """The value that begins with this event."""
        if isinstance(event, events.ScalarEvent):
            return self.scalar(event)
        if isinstance(event, events.AliasEvent):
            self.fault(event, "aliases (*name) are not read; write the value, or use groups")
            return None
        self.decorated(event)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooMuch(_at(event, f"nested deeper than {MAX_DEPTH} levels"))
        result = self.mapping() if isinstance(event, events.MappingStartEvent) else self.sequence()
        self.depth -= 1
        return result

    def mapping(self) -> dict[str, object]:
        """A mapping, up to its end; names are taken as the text they are."""
        result: dict[str, object] = {}
        places: dict[str | int, int] = {}
        while not isinstance(event := self.next(), events.MappingEndEvent):
            name = self.name(event)
            value = self.next()
            if name in result:
                line = (places[name] >> _PLACE + _COLUMN) + 1
                self.fault(
                    event, f"'{plain(name)}' stands here a second time; first on line {line}"
                )
            places[name] = _pack(event) << _PLACE | _pack(value)
            result[name] = self.value(value)
        self.places[id(result)] = places
        return result

    def sequence(self) -> list[object]:
        """A list, up to its end."""
        result: list[object] = []
        places: dict[str | int, int] = {}
        while not isinstance(event := self.next(), events.SequenceEndEvent):
            places[len(result)] = _pack(event) << _PLACE | _pack(event)
            result.append(self.value(event))
        self.places[id(result)] = places
        return result

    def name(self, event: _Event) -> str:
        """The name of a member; anything but text is read over and refused."""
        if isinstance(event, events.ScalarEvent):
            if event.value == "<<" and event.implicit[0]:
                self.fault(event, "merge keys (<<) are not read; use defaults and groups")
            else:
                self.text(event)
            return event.value
        self.fault(event, "a name must be plain text; quote it when it begins with { [ or *")
        self.value(event)
        return f"\0{_pack(event)}"

    def scalar(self, event: _Event) -> object:
        """Text, or the whole number, truth value or null that plain text stands for."""
        self.text(event)
        value = event.value
        if not event.implicit[0]:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _WHOLE(value):
            return int(value)
        if value in {"", "~"}:
            what = "'~' is null in disguise" if value else "there is no value here"
            self.fault(event, f"{what}; write null, [] or {{}}, or remove the name")
            return None
        return value

    def text(self, event: _Event) -> None:
        """Count a piece of text, and refuse what does not show on a screen."""
        self.count += 1
        if self.count > MAX_VALUES:
            raise _TooMuch(_at(event, f"more than {MAX_VALUES} values; split the inventory"))
        if event.anchor is not None or event.tag is not None:
            self.decorated(event)
        if not event.value.isprintable():
            self.fault(event, "line breaks, tabs and invisible characters are not taken in values")

    def decorated(self, event: _Event) -> None:
        """Refuse anchors and tags. Neither is quoted: a key typed unquoted may look like one."""
        if getattr(event, "anchor", None) is not None:
            self.fault(event, "anchors (&name) are not read; use groups, or quote the text")
        if getattr(event, "tag", None) is not None:
            self.fault(event, "tags (!name) are not read; remove it, or quote the text")

    def fault(self, event: _Event, text: str) -> None:
        self.faults.append(_at(event, text))


def _member(here: object, step: str | int) -> object:
    if isinstance(here, dict):
        return here.get(step)
    inside = isinstance(here, list) and isinstance(step, int) and step < len(here)
    return cast(list[object], here)[cast(int, step)] if inside else None


def _holds(here: object, step: str | int) -> bool:
    return isinstance(here, list) and isinstance(step, int) and step < len(here)


def _at(event: _Event, text: str) -> Fault:
    mark = event.start_mark
    return Fault(mark.line + 1, mark.column + 1, text)


def _pack(event: _Event) -> int:
    mark = event.start_mark
    line: int = mark.line
    return line << _COLUMN | mark.column
