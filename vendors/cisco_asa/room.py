"""Whether the flash of an ASA, where its startup configuration is kept, has room for another."""

from __future__ import annotations

import re

from appliance.errors import CommandRefused
from appliance.session import Session


def room(session: Session, text: str) -> str | None:
    """What lacks room to save a configuration of this size, in words; None where nothing does."""
    try:
        free = re.search(r"\((\d+) bytes free", session.run("dir"))
    except CommandRefused:
        return None  # this login may not ask
    if free is None or int(free[1]) >= 2 * len(text):
        return None
    return f"the flash has {free[1]} bytes free, too few to save the configuration"
