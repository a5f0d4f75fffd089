"""Writing the journal: each push with its events, on disk before they are carried out.

All text is masked on the way in.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from appliance.journal.database import connected, database
from appliance.journal.entries import ENDED, events
from appliance.journal.prints import prints
from appliance.journal.sealed import Seal
from appliance.machine import operator
from appliance.model.tunnel import Tunnels
from appliance.secrets.redact import REDACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a push before it begins.

    `device` is host:port. `intent` and `observed` are what their hashes are made from; `minutes`
    is the device's own timer, `protection` what brings it back, in words.
    """

    site: str
    driver: str
    device: str
    hostname: str
    serial: str | None
    version: str | None
    host_key: str | None
    intent: str
    observed: str
    minutes: int
    protection: str


class Run:
    """A push in progress; every write is on disk before the call returns."""

    def __init__(
        self, number: int, path: Path, *, events: int = 0, seal: Seal | None = None
    ) -> None:
        self.id = number
        self._path = path
        self._events = events
        self._seal = seal

    def record(self, state: str, event: str, detail: str = "") -> None:
        """One event, and the state it leads to."""
        self._events += 1
        now = time.time()
        row = (self.id, self._events, now, state, event, REDACTOR.mask(detail))
        ended = now if state in ENDED else None
        with connected(self._path) as base:
            base.execute("insert into events values (?, ?, ?, ?, ?, ?)", row)
            base.execute("update runs set state=?, ended=? where id=?", (state, ended, self.id))

    def text(self, name: str, text: str) -> None:
        """A configuration, a plan, a way back: masked copies for people."""
        with connected(self._path) as base:
            row = (self.id, name, REDACTOR.mask(text))
            base.execute("insert or replace into texts values (?, ?, ?)", row)

    def snapshot(self, name: str, text: str) -> None:
        """A configuration: a masked copy for people, and the whole one sealed if that is asked."""
        self.text(name, text)
        if self._seal is not None:
            row = (self.id, name, self._seal(self.id, name, text))
            with connected(self._path) as base:
                base.execute("insert or replace into sealed values (?, ?, ?)", row)

    def keys(self, **tunnels: Tunnels) -> None:
        """Fingerprints of the keys of sets of tunnels, each set by its name."""
        self.text("keys", json.dumps({name: prints(some) for name, some in tunnels.items()}))

    def why(self, words: str) -> None:
        """What went wrong."""
        with connected(self._path) as base:
            base.execute("update runs set why=? where id=?", (REDACTOR.mask(words), self.id))


def begin(about: About, seal: Seal | None = None) -> Run:
    """A new push; its snapshots are kept whole where `seal` seals them.

    Raises `RefusedError` when nothing can be written, before anything is sent.
    """
    path = database()
    row = {
        **{name: getattr(about, name) for name in About.__dataclass_fields__},
        "intent": _hash(about.intent),
        "observed": _hash(about.observed),
        "protection": REDACTOR.mask(about.protection),
        "who": operator(),
        "process": os.getpid(),
        "begun": time.time(),
        "state": "begun",
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    with connected(path) as base:
        made = base.execute(f"insert into runs ({names}) values ({marks})", row)  # noqa: S608 -- our own names
        return Run(made.lastrowid or 0, path, seal=seal)


def resume(number: int) -> Run:
    """A push whose process is gone, for the one who ends it."""
    return Run(number, database(), events=len(events(number)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
