"""What was done to devices: one database under `$XDG_STATE_HOME/appliance`, and the locks."""

from __future__ import annotations

from appliance.journal.locks import lock
from appliance.journal.prints import HIDDEN, prints
from appliance.journal.store import (
    About,
    Entry,
    Run,
    begin,
    entry,
    events,
    history,
    left,
    resume,
    texts,
    unfinished,
)

__all__ = [
    "HIDDEN",
    "About",
    "Entry",
    "Run",
    "begin",
    "entry",
    "events",
    "history",
    "left",
    "lock",
    "prints",
    "resume",
    "texts",
    "unfinished",
]
