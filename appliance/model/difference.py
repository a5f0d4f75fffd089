"""One field where intended and running disagree, and how bad that is."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from appliance.model.tunnel import Source
from appliance.record import dataclass


class Severity(IntEnum):
    """How bad a difference is; ordered."""

    INFORMATION = 0
    WARNING = 1
    BREAKING = 2


class Verdict(StrEnum):
    """What is known of a difference."""

    DIFFERENT = "different"
    MISSING = "missing"
    EXTRA = "extra"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one tunnel. Values are JSON values (never a key: it says `set` or `not set`).

    `path` is that of the observed document (`esp.pfs_group`); `reason` says in an engineer's words
    what follows from the difference; `source` is the device's line, None where it has none.
    """

    tunnel: str
    path: str
    intended: object
    running: object
    severity: Severity
    verdict: Verdict
    reason: str
    source: Source | None = None
