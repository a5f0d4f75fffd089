"""Who may log in to the ready-made devices."""

from __future__ import annotations

USERNAME = "netops"
PASSWORD = "branch-0ffice"  # noqa: S105 -- of a device that exists only on loopback
ENABLE = "enable-0ffice"
