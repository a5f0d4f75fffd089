"""What was done to devices: one database under `$XDG_STATE_HOME/appliance`, and the locks."""

from __future__ import annotations

from appliance.journal.entries import (
    Entry,
    entry,
    events,
    history,
    left,
    sites,
    snapshots,
    texts,
    unfinished,
    unsaved,
)
from appliance.journal.folder import state_directory
from appliance.journal.locks import lock
from appliance.journal.prints import HIDDEN, machine, print_of, prints
from appliance.journal.sealed import Seal, opened, sealer
from appliance.journal.store import About, Run, begin, resume

__all__ = [
    "HIDDEN",
    "About",
    "Entry",
    "Run",
    "Seal",
    "begin",
    "entry",
    "events",
    "history",
    "left",
    "lock",
    "machine",
    "opened",
    "print_of",
    "prints",
    "resume",
    "sealer",
    "sites",
    "snapshots",
    "state_directory",
    "texts",
    "unfinished",
    "unsaved",
]
