"""Placeholder."""

from __future__ import annotations

from collections.abc import Callable, Mapping

VPN: Mapping[str, Callable[..., str]] = {}
