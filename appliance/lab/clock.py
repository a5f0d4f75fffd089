"""A device's clock: it can stand still and be moved by hand, or run with the real one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_START = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)


class Clock:
    """Time on a device. `scale` seconds pass on it for each real second; 0 stands still."""

    def __init__(self, start: datetime = _START, *, scale: float = 0.0) -> None:
        self._start = start
        self._scale = scale
        self._moved = 0.0
        self._real = time.monotonic()

    def now(self) -> datetime:
        """The time on the device."""
        real = (time.monotonic() - self._real) * self._scale
        return self._start + timedelta(seconds=real + self._moved)

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once."""
        self._moved += seconds
