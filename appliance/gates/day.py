"""The day, which decides what acceptances hold."""

from __future__ import annotations

import time


def today() -> str:
    """The day, as acceptances are written: "2027-01-31", in this machine's time zone."""
    return time.strftime("%Y-%m-%d")
