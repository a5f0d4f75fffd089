"""Entry points of what is installed, found without importing any of it."""

from __future__ import annotations

import os
import sys
from functools import cache


@cache
def of(group: str) -> dict[str, str]:
    """name -> `module:attribute` of a group of entry points.

    The metadata files are read here, since importlib.metadata costs 50 ms to import, three times
    the start of Python itself; it is asked only when this finds nothing (zip files, odd finders).
    """
    found: dict[str, str] = {}
    for folder in dict.fromkeys(sys.path):
        for path in _metadata(folder or "."):
            found = {**_listed(path, group), **found}
    if found:
        return found
    from importlib.metadata import entry_points  # noqa: PLC0415 -- slow, and hardly ever needed

    return {point.name: point.value for point in entry_points(group=group)}


def _metadata(folder: str) -> list[str]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 -- pathlib costs 5 ms of every start
    except OSError:
        return []
    return [f"{folder}/{name}/entry_points.txt" for name in names if name.endswith(".dist-info")]


def _listed(path: str, group: str) -> dict[str, str]:
    try:
        # Bytes, unbuffered: there is one for each installed package, and decoding takes longest.
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 -- as above
            data = file.read()
    except OSError:
        return {}
    if group.encode() not in data:
        return {}
    section = data.decode("utf-8", "replace").partition(f"[{group}]")[2].partition("\n[")[0]
    pairs = (line.partition("=") for line in section.splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
