"""Which screen a command prints, as far as we read them; commands may be cut short as on IOS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import UsageError
from appliance.model.state import Operational
from vendors.cisco_ios.screens import bgp, ikev2, interfaces, ipsec, isakmp, routes, session


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


SCREENS = (
    Screen(
        command="show crypto ikev2 sa",
        marks=("Tunnel-id", "Crypto IKEv2"),
        read=ikev2.read,
    ),
    Screen(
        command="show crypto ikev2 session",
        marks=("Session-id", "Crypto IKEv2"),
        read=ikev2.read,
    ),
    Screen(
        command="show crypto isakmp sa",
        marks=("Crypto ISAKMP", "conn-id", "C-id"),
        read=isakmp.read,
    ),
    Screen(
        command="show crypto session",
        marks=("Crypto session", "Session status", "Phase1_id", "K - No IKE"),
        read=session.read,
    ),
    Screen(
        command="show crypto ipsec sa",
        marks=("interface:", "Crypto map tag", "ident (", "current_peer"),
        read=ipsec.read,
    ),
    Screen(
        command="show ip bgp",
        last="summary",
        marks=("BGP router identifier", "Neighbor", "address family"),
        read=bgp.read,
    ),
    Screen(
        command="show bgp",
        last="summary",
        marks=("BGP router identifier", "Neighbor", "address family"),
        read=bgp.read,
    ),
    Screen(
        command="show ip interface",
        last="brief",
        marks=("IP-Address",),
        read=interfaces.read,
    ),
    Screen(
        command="show interfaces",
        marks=("line protocol is",),
        read=interfaces.read,
    ),
    Screen(
        command="show ip route",
        marks=("Codes:", "Gateway of last resort", "Routing entry for", "Routing Table"),
        read=routes.read,
    ),
)


def screen(command: str) -> Screen:
    """The screen of a command as it was typed, `sh cry ikev2 sa det | section x` too.

    Raises `UsageError` for one we do not read, naming the nearest that we do.
    """
    found = tuple(known for known in SCREENS if _fits(command, known))
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{command!r} {'could be several commands' if found else 'is not a command we read'}",
        hint=f"the nearest is `{_nearest(command)}`; known are "
        + ", ".join(f"`{title(known)}`" for known in SCREENS),
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


def _nearest(command: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for the error's words

    titles = [title(known) for known in SCREENS]
    return (get_close_matches(command.lower(), titles, n=1, cutoff=0.0) or titles)[0]
