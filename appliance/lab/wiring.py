"""Where a ready-made device stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """`outside` is its address on the Internet (in a /24 whose first host is the gateway),
    `inside` that of its network, with the length; `lines` are ports that a provider's lines for
    circuits come on: up, without an address."""

    outside: str = "203.0.113.10"
    inside: str = "10.10.0.1/16"
    lines: tuple[str, ...] = ()


USUAL = Wiring()
