"""What becomes of a function some part of whose arguments is not known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from appliance.azure import functions
from appliance.azure.origin import Unknown

_CARRIERS = frozenset({"array", "createarray", "createobject", "first", "last", "length", "empty"})
"""Functions that work around unknown elements."""
_BUILDERS = frozenset({"concat", "flatten", "items", "shallowmerge", "skip", "take", "union"})
"""Functions that put lists or objects together, and look no deeper than at their elements."""


def carries(name: str, arguments: Sequence[object]) -> bool:
    """Whether a function can be called all the same: what is not known is deep in its arguments."""
    if name not in _BUILDERS or not arguments:
        return name in _CARRIERS
    parts = [inner for each in arguments if isinstance(each, list) for inner in each]
    known = not any(isinstance(each, Unknown) for each in (*arguments, *parts))
    return known and isinstance(arguments[0], list | dict)


def symbol(name: str, arguments: list[object], because: Unknown) -> Unknown:
    """An unknown result, its text made of what is known of its parts."""
    parts = [each.text if isinstance(each, Unknown) else _plain(each) for each in arguments]
    if name in ("concat", "uri"):
        text = ("/" if name == "uri" else "").join(parts)
    elif name == "format" and parts:
        text = functions.PLACE.sub(lambda found: _part(parts, found), parts[0])
    else:
        text = "{" + f"{name}({','.join(parts)})".replace("/", ".") + "}"
    return Unknown(text[:1000], because.why, because.hint)


def _part(parts: Sequence[str], found: re.Match[str]) -> str:
    at = int(found.group(1)) + 1
    return parts[at] if at < len(parts) else found.group()


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(value)[:200]
