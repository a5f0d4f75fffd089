"""Devices as the laws need them: they take a change, and show what they hold.

Each vendor's folder has a `box.py` with `make()` (a device in memory as it stands in a branch),
`OUTSIDE` (what a rendered configuration leaves out, as no part of the tunnel) and `disturb`; those
whose own rules can stand in a tunnel's way have `block(box)`, which lets them.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from appliance import driver as drivers
from appliance.model.change import Change


class Box(Protocol):
    """A device in memory."""

    def running(self) -> str:
        """Its configuration, as its driver's `read` gets it."""

    def apply(self, change: Change) -> None:
        """Carry out every step; a refused one fails the test."""


class Kind(Protocol):
    """What a vendor's `box.py` holds."""

    OUTSIDE: str

    def make(self) -> Box:
        """A device as it stands in a branch, with a partner's tunnel that is not ours."""

    def disturb(self, text: str, number: int) -> tuple[str, str]:
        """The text with something in a tunnel's section that no device knows, and its words."""


def kind(name: str) -> Kind:
    """The boxes of a driver."""
    return cast(Kind, import_module(f"tests.vendors.{name}.box"))


KINDS = {name: kind(name) for name in drivers.names() if find_spec(f"tests.vendors.{name}.box")}
