"""Junos releases: their number, and the order in which they print a configuration."""

from __future__ import annotations

import re
from functools import cache

from appliance.lab.junos import words_network as network
from appliance.lab.junos import words_security as security
from appliance.lab.junos import words_system as system
from appliance.lab.junos.schema import Schema, statements

_NUMBER = re.compile(r"(\d+)\.(\d+)(?:([A-Z])(\d+))?(?:-D(\d+))?")
_ALPHABETIC = (18, 1)
_MODERN = (15, 1, 49, 40)


def number(version: str) -> tuple[int, ...]:
    """`(21, 4)` of 21.4R3-S5.4, `(15, 1, 49, 75)` of 15.1X49-D75.5: in the order they came out."""
    found = _NUMBER.match(version)
    if not found:
        return (21, 4)
    parts = (found[1], found[2], found[4], found[5]) if found[3] == "X" else (found[1], found[2])
    return tuple(int(part) for part in parts if part)


def is_old(version: str) -> bool:
    """Before 15.1X49-D40: narrower ranges, fewer algorithms."""
    return number(version) < _MODERN


@cache
def schema(version: str) -> Schema:
    """The statements of this release, in the order in which it prints them."""
    first, last = (system.FIRST, system.SYSTEM), system.KEPT
    if number(version) >= _ALPHABETIC:
        middle: tuple[str, ...] = (
            system.CHASSIS, security.SECURITY, network.INTERFACES, network.POLICY,
            network.INSTANCES, security.APPLICATIONS, network.PROTOCOLS, network.ROUTING,
        )  # fmt: skip
    else:
        middle = (
            system.CHASSIS, network.INTERFACES, network.ROUTING, network.PROTOCOLS,
            network.POLICY, security.SECURITY, network.INSTANCES, security.APPLICATIONS,
        )  # fmt: skip
    root = statements(*first, *middle, last)
    entry = root.children["groups"].children[""]
    entry.children = {**root.children}
    entry.children.pop("groups")
    return root
