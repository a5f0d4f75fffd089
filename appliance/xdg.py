"""Where a user's files of ours are (XDG Base Directory Specification)."""

from __future__ import annotations

import os

_USUAL = {"XDG_STATE_HOME": "~/.local/state", "XDG_CACHE_HOME": "~/.cache"}


def folder(variable: str) -> str:
    """`$variable/appliance`, or the usual place in the home directory; it may not be there yet.

    A relative path in the variable is to be ignored, says the specification. Raises
    `FileNotFoundError` where there is no home directory either, as in a container with any user.
    """
    told = os.environ.get(variable, "")
    base = told if told.startswith("/") else os.path.expanduser(_USUAL[variable])  # noqa: PTH111 -- pathlib is slow to load
    if not base.startswith("/"):
        raise FileNotFoundError(2, f"no home directory is known, and {variable} is not set")
    return f"{base}/appliance"
