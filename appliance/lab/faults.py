"""What a lab device can be told to do wrong, and at which step.

A fault acts at the commands whose line matches the regular expression `command` (empty: all);
with `at` only at that one of them, counted from 1 over all sessions of the device. The functions
below make the faults; a device takes any number of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    STALL = "stall"
    GARBLE = "garble"
    REFUSE = "refuse"
    REBOOT = "reboot"
    QUESTION = "question"
    SYSLOG = "syslog"
    PAGER = "pager"
    RENAME = "rename"
    SAVE_FAILS = "save-fails"
    ALTER = "alter"
    SWALLOW = "swallow"
    CUT = "cut"
    EARLY_ECHO = "early-echo"
    LATE_ECHO = "late-echo"
    SLOW = "slow"
    BANNER = "banner"
    WRONG_ENABLE = "wrong-enable"


# These hold for the whole life of a device, not at a command.
LASTING = frozenset(
    {
        Kind.EARLY_ECHO,
        Kind.LATE_ECHO,
        Kind.SLOW,
        Kind.BANNER,
        Kind.WRONG_ENABLE,
        Kind.PAGER,
    }
)
BUSY = "startup-config file open failed (Device or resource busy)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong; `seconds`, `text` and `count` mean what its maker says."""

    kind: Kind
    command: str = ""
    at: int = 0
    seconds: float = 0.0
    text: str = ""
    count: int = 0


def drop_before(command: str = "", *, at: int = 0) -> Fault:
    """The connection dies when the command has been typed; the device never runs it."""
    return Fault(kind=Kind.DROP_BEFORE, command=command, at=at)


def drop_after(command: str = "", *, at: int = 0) -> Fault:
    """The device runs the command; the connection dies before its answer."""
    return Fault(kind=Kind.DROP_AFTER, command=command, at=at)


def stall(seconds: float, command: str = "", *, at: int = 0) -> Fault:
    """The answer comes this many seconds late."""
    return Fault(kind=Kind.STALL, command=command, at=at, seconds=seconds)


def garble(command: str = "", *, at: int = 0) -> Fault:
    """Every seventh byte of the answer arrives as something else, NUL and high bytes included."""
    return Fault(kind=Kind.GARBLE, command=command, at=at)


def refuse(text: str, command: str = "", *, at: int = 0) -> Fault:
    """The device answers `text` and does not run the command."""
    return Fault(kind=Kind.REFUSE, command=command, at=at, text=text)


def reboot(command: str = "", *, at: int = 0, seconds: float = 0.0) -> Fault:
    """The device restarts instead of running the command, and is away for so many seconds."""
    return Fault(kind=Kind.REBOOT, command=command, at=at, seconds=seconds)


def question(text: str, command: str = "", *, at: int = 0) -> Fault:
    """The device asks `text` (such as `Continue? [confirm]`); any key but Enter and y cancels."""
    return Fault(kind=Kind.QUESTION, command=command, at=at, text=text)


def syslog(text: str, command: str = "", *, at: int = 0) -> Fault:
    """A log line appears in the middle of the answer."""
    return Fault(kind=Kind.SYSLOG, command=command, at=at, text=text)


def pager(lines: int = 24) -> Fault:
    """The device pages after so many lines whatever `terminal length` says."""
    return Fault(kind=Kind.PAGER, count=lines)


def rename(text: str, command: str = "", *, at: int = 0) -> Fault:
    """Somebody else changes the hostname to `text` while the command runs."""
    return Fault(kind=Kind.RENAME, command=command, at=at, text=text)


def save_fails(text: str = BUSY, command: str = r"^\s*(wr|copy r)", *, at: int = 0) -> Fault:
    """Saving the configuration fails with `text`."""
    return Fault(kind=Kind.SAVE_FAILS, command=command, at=at, text=text)


def alter(text: str, command: str, *, at: int = 0) -> Fault:
    """The device takes `text` instead of what was typed, and says nothing."""
    return Fault(kind=Kind.ALTER, command=command, at=at, text=text)


def swallow(command: str, *, at: int = 0) -> Fault:
    """The device ignores the command, and says nothing."""
    return Fault(kind=Kind.SWALLOW, command=command, at=at)


def cut(count: int, command: str = "", *, at: int = 0) -> Fault:
    """The connection dies after so many bytes of the answer."""
    return Fault(kind=Kind.CUT, command=command, at=at, count=count)


def early_echo(seconds: float) -> Fault:
    """The device echoes at once and answers every command so late: a busy box."""
    return Fault(kind=Kind.EARLY_ECHO, seconds=seconds)


def late_echo(seconds: float) -> Fault:
    """Everything typed reaches the device so late, and is echoed so late: a long line."""
    return Fault(kind=Kind.LATE_ECHO, seconds=seconds)


def slow(count: int) -> Fault:
    """The device sends so many bytes a second."""
    return Fault(kind=Kind.SLOW, count=count)


def banner(text: str) -> Fault:
    """This is printed after login, whatever it looks like."""
    return Fault(kind=Kind.BANNER, text=text)


def wrong_enable() -> Fault:
    """No enable secret is right."""
    return Fault(kind=Kind.WRONG_ENABLE)


class Plan:
    """The faults of one device, and how often each has been met."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(faults)
        self._met = [0] * len(self.faults)

    def lasting(self, kind: Kind) -> Fault | None:
        """The fault of this kind that holds all the time."""
        return next((fault for fault in self.faults if fault.kind is kind), None)

    def at(self, line: str) -> dict[Kind, Fault]:
        """The faults that strike at this command; counts it."""
        struck: dict[Kind, Fault] = {}
        for number, fault in enumerate(self.faults):
            if fault.kind in LASTING or not re.search(fault.command, line):
                continue
            self._met[number] += 1
            if fault.at in {0, self._met[number]}:
                struck.setdefault(fault.kind, fault)
        return struck
