"""How patient reading is."""

from __future__ import annotations

from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one request and on what follows from it.

    `attempts` counts those after the first; between them `backoff_seconds` grow twofold, or as long
    as Azure asks to wait, never more than `wait_seconds`. A long-running operation is asked for
    every `poll_seconds`, unless Azure says how often, for `operation_seconds` in all. `at_once` is
    how many requests run side by side, for all sites together.
    """

    connect_seconds: float = 10
    read_seconds: float = 60
    attempts: int = 4
    backoff_seconds: float = 0.8
    wait_seconds: float = 60
    poll_seconds: float = 5
    operation_seconds: float = 240
    pages: int = 200
    at_once: int = 8
