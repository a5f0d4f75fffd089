"""What IOS configuration is made of, as the writer sees it: sections of statements."""

from __future__ import annotations

from appliance.model.secret import Secret
from appliance.record import dataclass

PREFIX = "appliance-"
"""What the names of our own objects begin with; only these are ever deleted."""

LABEL = "appliance: "
"""What the description of our own interfaces and crypto map entries begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement. Lines of one `slot` overwrite each other, `undo` takes the statement away.

    `first_undo`: IOS refuses to overwrite it, the old one must go first. `renegotiates`: a live
    tunnel keeps the old value until its SAs are cleared.
    """

    text: str
    slot: str
    undo: str
    secret: Secret | None = None
    first_undo: bool = False
    renegotiates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Statements under one heading; an empty heading is the top level.

    `rank` orders creation (referenced before referring), removal goes the other way. `remove` is
    the command, with the headings it stands under, that deletes the whole; None: statements are
    undone one by one, for what others may share. `owner` is the key of the section whose removal
    takes this one along.
    """

    key: str
    rank: int
    heading: tuple[str, ...]
    lines: tuple[Line, ...]
    why: str
    remove: tuple[str, ...] | None = None
    owner: str | None = None
    users: tuple[str, ...] = ()


def line(text: str, *, slot: str = "", undo: str = "", renegotiates: bool = False) -> Line:
    """A statement with IOS's usual rules: additive without a slot, undone by `no`."""
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
