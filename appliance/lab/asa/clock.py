"""Moments and durations as the ASA writes them."""

from __future__ import annotations

from datetime import datetime


def long_stamp(moment: datetime) -> str:
    """`08:00:00.000 UTC Sat Nov 21 2026`."""
    return f"{moment:%H:%M:%S}.000 UTC {moment:%a %b} {moment.day} {moment.year}"


def moment(when: datetime) -> str:
    """`08:00:00 UTC Sat Nov 21 2026`."""
    return long_stamp(when).replace(".000", "")


def uptime(seconds: float) -> str:
    """`2 days 3 hours` or `5 mins 10 secs`: the two greatest units."""
    total = int(seconds)
    units = ((total // 86400, "day"), (total // 3600 % 24, "hour"),
             (total // 60 % 60, "min"), (total % 60, "sec"))  # fmt: skip
    first = next((at for at, (count, _) in enumerate(units) if count), 3)
    return " ".join(f"{n} {name}{'' if n == 1 else 's'}" for n, name in units[first : first + 2])


def hms(seconds: float) -> str:
    """`0:10:00`."""
    total = int(seconds)
    return f"{total // 3600}:{total // 60 % 60:02}:{total % 60:02}"


def letters(seconds: float) -> str:
    """`0h:05m:10s` or `2d 3h:04m:05s`, as the session database has it."""
    total = int(seconds)
    days = f"{total // 86400}d " if total >= 86400 else ""  # noqa: PLR2004 -- a day
    return f"{days}{total // 3600 % 24}h:{total // 60 % 60:02}m:{total % 60:02}s"
