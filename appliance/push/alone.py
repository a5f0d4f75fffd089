"""That one box is worked on by one of us, whatever its names, and holds what it holds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from appliance import journal
from appliance.driver import Driver, Facts
from appliance.errors import RefusedError
from appliance.session import Session

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


def nothing_undoes(driver: Driver, session: Session, site: str) -> None:
    """Raises `RefusedError` where what the device holds is somebody's that waits to be confirmed.

    It would be gone after the timer, and "nothing to change" would have been a lie.
    """
    waits = driver.pending(session)
    if waits is None:
        return
    who = f" by {waits.who}" if waits.who else ""
    left = f", in {waits.seconds:.0f} s" if waits.seconds is not None else ""
    raise RefusedError(
        f"the device holds what is meant, but will not keep it: {waits.words}{who} takes it back"
        f"{left}",
        where=f"site {site}",
        hint="nothing was touched; wait until it is confirmed or has ended, then push again",
    )
