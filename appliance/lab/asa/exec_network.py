"""Placeholder."""

from __future__ import annotations

from collections.abc import Callable, Mapping

NETWORK: Mapping[str, Callable[..., str]] = {}
