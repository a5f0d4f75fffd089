"""Junos releases as numbers that can be compared."""

from __future__ import annotations

import re

Release = tuple[int, int, int, int]
"""Year, quarter, number of an X train (0 for an R release), and its D or R number."""


def release(version: str | None) -> Release | None:
    """(15, 1, 49, 100) of "15.1X49-D100", (21, 4, 0, 3) of "21.4R3-S1.5"; None unknown."""
    match = re.match(r"\s*(\d+)\.(\d+)(?:X(\d+)(?:-D(\d+))?|R(\d+))?", version or "")
    if match is None:
        return None
    year, quarter, train, delivery, revision = (int(part or 0) for part in match.groups())
    return year, quarter, train, delivery or revision
