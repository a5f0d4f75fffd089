"""Whether a host has room for files of ours and for copies of those before them."""

from __future__ import annotations

import re

from appliance.errors import CommandRefused
from appliance.session import Session

_LEAST_KIB = 256  # a few small files, their copies and what the journal says of them
_COMMAND = "df -Pk /etc /var/lib"
# POSIX df -P: file system, blocks, used, available, capacity, mount point.
_ROW = re.compile(r"^\S.* +\d+ +\d+ +(-?\d+) +(?:\d+%|-) +(/.*)$", re.MULTILINE)


def room(session: Session, text: str) -> str | None:
    """What lacks room for a change, in words; None where nothing does."""
    try:
        said = session.run(_COMMAND)
    except CommandRefused:
        return None  # a host without df
    needed = max(_LEAST_KIB, 2 * len(text) // 1024)
    for free, place in _ROW.findall(said):
        if int(free) < needed:
            return f"{place} has {free} KiB free, too little for new files and copies of the old"
    return None
