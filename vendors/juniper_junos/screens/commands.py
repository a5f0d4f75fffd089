"""Which screen a command prints, as far as we read them; commands may be cut short as on Junos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import UsageError
from appliance.model.state import Operational
from vendors.juniper_junos.screens import bfd, bgp, ike, interfaces, ipsec, routes, statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What one command prints.

    `marks` are words of which a real output has at least one, also when it lists nothing.
    """

    command: str
    marks: tuple[str, ...]
    read: Callable[[str], Operational]


SCREENS = (
    Screen(
        command="show security ike security-associations",
        marks=("Initiator cookie", "IKE peer"),
        read=ike.read,
    ),
    Screen(
        command="show security ipsec security-associations",
        marks=("Total active tunnels", "Virtual-system", "Direction:"),
        read=ipsec.read,
    ),
    Screen(
        command="show security ipsec inactive-tunnels",
        marks=("Total inactive tunnels", "Tunnel Down Reason", "Virtual-system"),
        read=ipsec.read,
    ),
    Screen(
        command="show security ipsec statistics",
        marks=("ESP Statistics",),
        read=statistics.read,
    ),
    Screen(
        command="show bgp summary",
        marks=("Groups:", "Peer ", "BGP is not running"),
        read=bgp.read,
    ),
    Screen(
        command="show bfd session",
        marks=("Detect   Transmit", "sessions,"),
        read=bfd.read,
    ),
    Screen(
        command="show interfaces terse",
        marks=("Interface  ", "Admin Link"),
        read=interfaces.read,
    ),
    Screen(
        command="show route",
        marks=("destinations,", "+ = Active Route", "A V Destination"),
        read=routes.read,
    ),
)
_SHORT = {"sa": "security-associations"}
"""What Junos takes besides the beginnings of words."""


def screen(command: str) -> Screen:
    """The screen of a command as it was typed, `sh sec ike sa det | no-more` too.

    Raises `UsageError` for one we do not read, naming the nearest that we do.
    """
    found = tuple(known for known in SCREENS if _fits(command, known))
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{command!r} {'could be several commands' if found else 'is not a command we read'}",
        hint=f"the nearest is `{_nearest(command)}`; known are "
        + ", ".join(f"`{known.command}`" for known in SCREENS),
    )


def arguments(command: str, known: Screen) -> str:
    """What the command asks for in particular; how detailed the answer is does not matter."""
    rest = _typed(command)[len(known.command.split()) :]
    details = ("detail", "brief", "extensive")
    return " ".join(word for word in rest if not any(one.startswith(word) for one in details))


def _typed(command: str) -> list[str]:
    """Its words without what is piped, nor the `run` of configuration mode in front."""
    typed = command.partition("|")[0].lower().split()
    typed = typed[1:] if typed[:1] == ["run"] else typed
    if all(map(str.startswith, _TERSE, typed)):
        typed[2:] = sorted(typed[2:], key=lambda word: word not in _CUT)
    return [_SHORT.get(word, word) for word in typed]


_TERSE = ("show", "interfaces")
"""Whose name may stand before `terse` as well as behind it."""
_CUT = ("te", "ter", "ters", "terse")


def _fits(command: str, known: Screen) -> bool:
    typed = _typed(command)
    fixed = known.command.split()
    if len(typed) < len(fixed):
        return False
    return all(word.startswith(part) for part, word in zip(typed, fixed, strict=False))


def _nearest(command: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for the error's words

    titles = [known.command for known in SCREENS]
    return (get_close_matches(command.lower(), titles, n=1, cutoff=0.0) or titles)[0]
