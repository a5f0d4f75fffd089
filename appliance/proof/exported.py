"""Objects that `az` prints, read loosely, and what a file of them is about."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import cast

from appliance.record import dataclass

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a file is about: the networks behind it, and both sides as tags of Azure see them."""

    file: str
    remote: tuple[IPv4Network, ...]
    local: tuple[IPv4Network, ...]
    vnets: tuple[IPv4Network, ...]


def members(value: object) -> Members:
    """An object with its `properties` beside its own members, names in lower case."""
    found: dict[str, object] = {}
    if isinstance(value, dict):
        for name, one in value.items():
            if str(name).casefold() == "properties" and isinstance(one, dict):
                found.update(members(one))
            else:
                found.setdefault(str(name).casefold(), one)
    return found


def listed(value: object) -> list[object]:
    """The elements of a list; of anything else none."""
    return cast(list[object], value) if isinstance(value, list) else []


def words(value: object) -> list[str]:
    """The texts of a list, or a text alone; empty ones are none."""
    found = [value] if isinstance(value, str) else listed(value)
    return [one for one in found if isinstance(one, str) and one]
