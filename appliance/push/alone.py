"""That one box is worked on by one of us, whatever its names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from appliance import journal
from appliance.driver import Facts

_TURNS: dict[str, threading.Lock] = {}
"""By serial number: who in this process is at a box. Others are told by the lock on disk."""


@contextmanager
def identity_lock(facts: Facts, site: str, *, patient: bool = False) -> Iterator[None]:
    """One box may stand in the inventory under two addresses: its serial number tells.

    Raises `RefusedError` naming the holder; when `patient`, one in this process is waited for.
    """
    if facts.serial is None:
        yield
        return
    if not patient:
        with journal.lock(f"serial-{facts.serial}", site):
            yield
        return
    with _TURNS.setdefault(facts.serial, threading.Lock()), identity_lock(facts, site):
        yield
