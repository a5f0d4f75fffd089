"""Which screen a command prints, as far as we read them; commands may be cut short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import UsageError
from appliance.model.state import Operational


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What one command prints.

    `command` are its fixed words; `last` one that ends it, after any others. `marks` are words of
    which a real output has at least one, also when it lists nothing.
    """

    command: str
    last: str = ""
    marks: tuple[str, ...]
    read: Callable[[str], Operational]


Screens = tuple[Screen, ...]


def screen(command: str, screens: Screens) -> Screen:
    """The screen of a command as it was typed, `sh cry ikev2 sa det | section x` too.

    Raises `UsageError` for one we do not read, naming the nearest that we do.
    """
    found = tuple(known for known in screens if _fits(command, known))
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{command!r} {'could be several commands' if found else 'is not a command we read'}",
        hint=f"the nearest is `{_nearest(command, screens)}`; known are "
        + ", ".join(f"`{title(known)}`" for known in screens),
    )


def title(known: Screen) -> str:
    """The command in full."""
    return f"{known.command} {known.last}".strip()


def arguments(command: str, known: Screen) -> str:
    """What the command asks for in particular; how detailed the answer is does not matter."""
    rest = _typed(command)[len(known.command.split()) :]
    return " ".join(word for word in rest if not "detailed".startswith(word))


def _typed(command: str) -> list[str]:
    """Its words without the filter behind, nor the `do` of configuration mode in front."""
    typed = command.partition("|")[0].lower().split()
    return typed[1:] if typed[:1] == ["do"] else typed


def _fits(command: str, known: Screen) -> bool:
    typed = _typed(command)
    fixed = known.command.split()
    if len(typed) < len(fixed) + bool(known.last):
        return False
    head, rest = typed[: len(fixed)], typed[len(fixed) :]
    starts = all(word.startswith(part) for part, word in zip(head, fixed, strict=True))
    return starts and (not known.last or known.last.startswith(rest[-1]))


def _nearest(command: str, screens: Screens) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for the error's words

    titles = [title(known) for known in screens]
    return (get_close_matches(command.lower(), titles, n=1, cutoff=0.0) or titles)[0]
