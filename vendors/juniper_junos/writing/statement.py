"""What a Junos configuration is made of, as the writer sees it: statements in `set` form."""

from __future__ import annotations

import re

from appliance.model.secret import Secret
from appliance.record import dataclass

LABEL = "appliance: "
"""What the description of an st0 unit of ours begins with."""

KEPT = "kept"
"""Kind of `Tunnel.objects` for what the device has apart from us: one path a line, neither set nor
deleted. Only `place` fills it."""

AGAIN = "again"
"""Kind of `Tunnel.objects` for what is there but not in force: it is set again, never deleted."""

AROUND = "around"
"""Kind of `Tunnel.objects` for statements of ours beside the tunnel, one a line as they stand."""

BARE = re.compile(r"[\w.:/@%+*,<>$^~=|!&?'-]+")
"""A value that needs no quotes (Junos OS CLI User Guide, "Quotation Marks")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement: `text` stands behind `set`, `slot` behind `delete`.

    Of one slot there is one statement, or (`several`) an ordered list of them. `inside` are the
    named things it is part of, outermost first: the first that nothing is left of goes as a whole.
    `inactive`: the path is there but not in force.
    """

    text: str
    slot: str
    inside: tuple[str, ...] = ()
    why: str = ""
    several: bool = False
    inactive: bool = False
    secret: Secret | None = None
    users: tuple[str, ...] = ()


def word(value: object) -> str:
    """A name or value as one word of a statement."""
    text = str(value)
    if BARE.fullmatch(text):
        return text
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """What stands between the quotes: Junos takes a backslash before a quote or a backslash."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@dataclass(frozen=True, slots=True)
class Thing:
    """A named thing of the configuration, to write statements about.

    `inside` are the things around it that it is deleted with.
    """

    path: str
    why: str
    inside: tuple[str, ...] = ()

    @property
    def within(self) -> tuple[str, ...]:
        """What a statement of this thing is inside of."""
        return (*self.inside, self.path)

    def one(self, leaf: str, value: object) -> Statement:
        """A leaf with a single value: a new one replaces it."""
        slot = f"{self.path} {leaf}"
        return Statement(text=f"{slot} {word(value)}", slot=slot, inside=self.within, why=self.why)

    def each(self, leaf: str, value: object) -> Statement:
        """One entry of an ordered list."""
        return Statement(
            text=f"{self.path} {leaf} {word(value)}",
            slot=f"{self.path} {leaf}",
            inside=self.within,
            why=self.why,
            several=True,
        )

    def has(self, text: str) -> Statement:
        """A statement that stands for itself: a flag, or an entry of a list without order."""
        path = f"{self.path} {text}"
        return Statement(text=path, slot=path, inside=self.within, why=self.why)

    def alone(self) -> Statement:
        """That the thing is there, whatever is in it."""
        return Statement(text=self.path, slot=self.path, inside=self.within, why=self.why)

    def part(self, text: str) -> Thing:
        """A thing inside of this one."""
        return Thing(f"{self.path} {text}", self.why, self.within)


def inactive(path: str, why: str) -> Statement:
    """That something is deactivated."""
    return Statement(text=path, slot=path, why=why, inactive=True)
