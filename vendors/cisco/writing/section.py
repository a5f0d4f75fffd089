"""What a Cisco configuration is made of, as a writer sees it: sections of statements."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.errors import RefusedError
from appliance.model.secret import Secret
from appliance.record import dataclass, field, replace

PREFIX = "appliance-"
"""What the names of our own objects begin with; only these are ever deleted."""

LABEL = "appliance: "
"""What the mark on our own interfaces and crypto map entries begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement. Lines of one `slot` overwrite each other, `undo` takes the statement away.

    `first_undo`: the device refuses to overwrite it, the old one must go first. `renegotiates`: a
    live tunnel keeps the old value until its SAs are cleared. `implied`: the device behaves so
    though the statement is not there, so that it is neither written nor taken away. `typed` is how
    it is entered where the device shows less of it (the line to insert at). `adds`: one more of its
    kind, which whoever uses the section otherwise never notices.
    """

    text: str
    slot: str
    undo: str
    secret: Secret | None = None
    first_undo: bool = False
    renegotiates: bool = False
    adds: bool = False
    implied: bool = field(default=False, compare=False)
    typed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Statements under one heading; an empty heading is the top level.

    `rank` orders creation (referenced before referring), removal goes the other way. `remove` is
    the command, with the headings it stands under, that deletes the whole; None: statements are
    undone one by one, for what others may share. `owner` is the key of the section whose removal
    takes this one along. `given`: the device has it on its own account, so that it is edited but
    neither created nor deleted.
    """

    key: str
    rank: int
    heading: tuple[str, ...]
    lines: tuple[Line, ...]
    why: str
    remove: tuple[str, ...] | None = None
    owner: str | None = None
    users: tuple[str, ...] = ()
    given: bool = False


def line(text: str, *, slot: str = "", undo: str = "", renegotiates: bool = False) -> Line:
    """A statement with Cisco's usual rules: additive without a slot, undone by `no`."""
    return Line(
        text=text, slot=slot or text, undo=undo or f"no {slot or text}", renegotiates=renegotiates
    )


def crypto(text: str, *, slot: str = "", undo: str = "") -> Line:
    """A statement that only a new negotiation brings into force."""
    return line(text, slot=slot, undo=undo, renegotiates=True)


def ours(name: str) -> bool:
    """Whether a name on a device is one of ours, free to overwrite and delete."""
    return name.startswith(PREFIX)


def removal(command: str, name: str) -> tuple[str, ...] | None:
    """How an object is deleted; None when its name is not ours, so that it stays."""
    return (f"no {command}",) if ours(name) else None


def merged(found: Iterable[Section]) -> dict[str, Section]:
    """The sections by key, what several tunnels share once.

    Raises `RefusedError` when two tunnels want different things of one shared object.
    """
    known: dict[str, Section] = {}
    for section in found:
        before = known.get(section.key)
        known[section.key] = section if before is None else _merge(before, section)
    return known


def _merge(one: Section, other: Section) -> Section:
    lines = dict.fromkeys(one.lines)
    slots = {known.slot: known for known in one.lines}
    for new in other.lines:
        if slots.get(new.slot, new) != new or one.heading != other.heading:
            raise RefusedError(
                f"{' and '.join((*one.users, *other.users))} share `{one.key}` but need different "
                f"values: `{slots.get(new.slot, new).text}` and `{new.text}`",
                hint="give one of the tunnels an object of its own on the device",
            )
        lines.setdefault(new)
    return replace(
        one,
        lines=tuple(lines),
        users=tuple(dict.fromkeys((*one.users, *other.users))),
        given=one.given or other.given,
    )
