"""Where PowerShell's ConvertTo-Json did not descend into an object."""

from __future__ import annotations

_BEGINNINGS = ("@{", "System.", "Microsoft.Azure.")
"""How it begins the text that it writes in the object's place."""
_FURTHER = 4


def cut(value: object) -> bool:
    """Whether a value is such a text."""
    return isinstance(value, str) and value.startswith(_BEGINNINGS)


def cut_in(value: object, further: int = _FURTHER) -> bool:
    """Whether something was cut off here or a little deeper, as at the default depth of 2."""
    if isinstance(value, dict | list) and further:
        inner = value.values() if isinstance(value, dict) else value
        return any(cut_in(each, further - 1) for each in inner)
    return cut(value)
