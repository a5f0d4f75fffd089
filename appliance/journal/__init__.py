"""What was done to devices: one database under `$XDG_STATE_HOME/appliance`, and the locks."""

from __future__ import annotations

from appliance.journal.locks import lock
from appliance.journal.store import (
    About,
    Entry,
    Run,
    begin,
    entry,
    events,
    history,
    texts,
    unfinished,
)

__all__ = [
    "About",
    "Entry",
    "Run",
    "begin",
    "entry",
    "events",
    "history",
    "lock",
    "texts",
    "unfinished",
]
