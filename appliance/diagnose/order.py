"""Which way time runs in a log: event viewers and queries often show the newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from appliance.diagnose.records import Record

_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d\d):(?P<s>\d\d)(?:[.,]\d{1,9})?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<y>\d{{4}})-(?P<mo>\d\d)-(?P<d>\d\d)[t ,]{{1,2}}{_CLOCK}",
        rf"(?P<mo>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}),? {_CLOCK}(?: (?P<half>[ap])m)?",
        rf"(?P<d>\d{{1,2}})\.(?P<mo>\d{{1,2}})\.(?P<y>\d{{4}}),? {_CLOCK}",
        rf"(?P<name>[a-z]{{3}}) +(?P<d>\d{{1,2}}) (?:(?P<y>\d{{4}}) )?{_CLOCK}",
        r"/date\((?P<y>\d{13})\)",
    )
)
_LOOKED = 200
"""Characters at the beginning of a record in which its time stands."""
_SAMPLE = 1_000
"""Records of a long log that are asked for their time."""
_NOON = 12
_MILLISECONDS = 10_000
"""A year beyond it is no year, but milliseconds since 1970."""
_ENOUGH = 4
"""How many steps back there must be to one step on."""

_Time = tuple[int, ...]


def in_time(told: Sequence[Record]) -> list[Record]:
    """The records, oldest first. What has no time of its own stays behind what it stood behind."""
    some = told[:: len(told) // _SAMPLE + 1]
    if not _newest_first(filter(None, map(_time, some))):
        return list(told)
    parts: list[list[Record]] = [[]]
    for record in told:
        if _time(record) is not None:
            parts.append([])
        parts[-1].append(record)
    return [record for part in reversed(parts) for record in part]


def seconds_between(one: Record, after: Record) -> int | None:
    """How long after the one the other was logged, about; None where one has no time."""
    times = [_time(record) for record in (one, after)]
    started, ended = (None if time is None else _seconds(time) for time in times)
    return None if started is None or ended is None else ended - started


def _seconds(time: _Time) -> int:
    year, month, day, hour, minute, second = time
    if year > _MILLISECONDS:
        return year // 1_000
    return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second


def _newest_first(times: Iterable[_Time]) -> bool:
    on = back = 0
    for one, after in pairwise(times):
        on += after > one
        back += after < one
    return back > 0 and back >= _ENOUGH * on


def _time(record: Record) -> _Time | None:
    text = record.when or record.text
    found = next(filter(None, (form.search(text, 0, _LOOKED) for form in _FORMS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = _month(parts)
    if month is None:
        return None
    hour = int(parts.get("h") or 0)
    if parts.get("half"):
        hour = hour % _NOON + (_NOON if parts["half"].lower() == "p" else 0)
    rest = (int(parts.get(name) or 0) for name in ("mi", "s"))
    return int(parts.get("y") or 0), month, int(parts.get("d") or 0), hour, *rest


def _month(parts: dict[str, str | None]) -> int | None:
    name = parts.get("name")
    if name is None:
        return int(parts.get("mo") or 0)
    at = _MONTHS.find(name.lower())
    return None if at < 0 or at % 3 else at // 3 + 1
