"""Moments and durations as IOS writes them."""

from __future__ import annotations

from datetime import datetime


def stamp(moment: datetime) -> str:
    """`08:00:00 UTC Sat Nov 21 2026`, as IOS writes a moment."""
    return f"{moment:%H:%M:%S UTC %a %b} {moment.day} {moment.year}"


def duration(seconds: float) -> str:
    """`1 day, 2 hours, 5 minutes`, as IOS writes an uptime."""
    minutes, _ = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    weeks, days = divmod(days, 7)
    parts = ((weeks, "week"), (days, "day"), (hours, "hour"), (minutes, "minute"))
    shown = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in parts if n or name == "minute"]
    return ", ".join(shown)


def clock_span(seconds: float) -> str:
    """`00:05:10`, `1d02h` or `2w3d`, as IOS writes the age of a session."""
    total = int(seconds)
    days, rest = divmod(total, 86400)
    if days >= 7:  # noqa: PLR2004 -- a week
        return f"{days // 7}w{days % 7}d"
    if days:
        return f"{days}d{rest // 3600:02}h"
    return f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
