"""Whether the file systems in which Junos keeps its configurations have room for one more."""

from __future__ import annotations

import re

from appliance.errors import CommandRefused
from appliance.session import Session

# "show system storage" (CLI Reference): sizes with a unit, and where it is mounted in the end.
_ROW = re.compile(r"^\S.* (-?[\d.]+)([BKMGT]?) +-?\d+% +(/\S*)$", re.MULTILINE)
_UNITS = {"": 512, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_LEAST = 64 << 10  # bytes: a commit writes more than the text
_KEEPS = frozenset({"/config", "/.mount/config", "/cf", "/var", "/cf/var", "/.mount/var"})
"""The candidate and the first rollbacks are in /config, older ones and all logs in /var."""


def room(session: Session, text: str) -> str | None:
    """What lacks room for a commit of this size, in words; None where nothing does."""
    try:
        said = session.run("show system storage")
    except CommandRefused:
        return None  # this login may not ask
    for number, unit, place in _ROW.findall(said):
        if place in _KEEPS and float(number) * _UNITS[unit] < max(_LEAST, 2 * len(text)):
            return f"{place} has {number}{unit} free, too little for a commit and its rollback"
    return None
