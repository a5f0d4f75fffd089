"""That one box is worked on by one of us, whatever its names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from appliance import journal
from appliance.driver import Facts


@contextmanager
def identity_lock(facts: Facts, site: str) -> Iterator[None]:
    """One box may stand in the inventory under two addresses: its serial number tells.

    Raises `RefusedError` naming the holder.
    """
    if facts.serial is None:
        yield
        return
    with journal.lock(f"serial-{facts.serial}", site):
        yield
