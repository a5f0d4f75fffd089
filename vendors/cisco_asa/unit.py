"""Which unit of an ASA answered: whether it may be configured at all, and in what company."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.errors import CommandRefused, RefusedError
from appliance.session import Session
from vendors.cisco_asa import names
from vendors.cisco_asa.names import Release

_STANDBY = frozenset({"stby", "standby"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is known of the unit: its release, and whether it is one of a failover pair."""

    release: Release | None
    failover: bool


def unit(session: Session) -> Unit:
    """The unit, when it may be configured.

    Raises `RefusedError`, before configuration mode, on a standby unit, on a box with several
    contexts, and for a login that may not do everything.
    """
    if _STANDBY & set(session.prompt.lower().split("/")[1:]):
        raise _standby(session, f"its prompt is {session.prompt}")
    _check_mode(session)
    _check_privilege(session)
    version = re.search(r"Software Version (\S+)", _asked(session, "show version"))
    release = names.release(version[1] if version else None)
    return Unit(release=release, failover=_failover(session))


def _asked(session: Session, command: str) -> str:
    """The answer; "" where the login may not ask: what it may not do is refused line by line."""
    try:
        return session.run(command)
    except CommandRefused:
        return ""


def _check_mode(session: Session) -> None:
    """`show mode`: a configuration belongs to one context, and which is meant nobody has said."""
    mode = re.search(r"context mode: (\w+)", _asked(session, "show mode"))
    if mode is not None and mode[1].lower() == "multiple":
        raise RefusedError(
            "the device has several security contexts, and the inventory cannot name one",
            where=session.prompt,
            hint="render the site and enter it in its context by hand; reading works in any",
        )


def _check_privilege(session: Session) -> None:
    level = re.search(r"privilege level : (\d+)", _asked(session, "show curpriv"))
    if level is not None and level[1] != "15":
        raise RefusedError(
            f"this login has privilege level {level[1]}, not 15",
            where=session.prompt,
            hint="log in as a user who may configure and read everything",
        )


def _failover(session: Session) -> bool:
    """Whether the unit is one of a pair. Raises `RefusedError` when it is not the active one."""
    answer = _asked(session, "show failover")
    if not re.search(r"^Failover On", answer, re.MULTILINE):
        return False
    state = re.search(r"This host: +(?:\w+) +- +([\w ]+?) *$", answer, re.MULTILINE)
    if state is not None and state[1] != "Active":
        raise _standby(session, f"it says of itself: {state[1]}")
    return True


def _standby(session: Session, why: str) -> RefusedError:
    return RefusedError(
        f"this is not the active unit of the failover pair: {why}",
        where=session.prompt,
        hint="connect to the active unit: what is entered here is lost, or splits the pair",
    )
