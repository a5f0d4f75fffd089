"""Inventories that were found right, kept so that a command starts without reading YAML again.

One file an inventory: a head line, then one line a site: its name, a digest of the line, its place
and its members. The members hold references to secrets, never secrets.
"""

# Every command starts through here, and pathlib costs 2 ms:
# ruff: noqa: PTH100

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from appliance import cache
from appliance.inventory.build import Entry

_FORMAT = "appliance-inventory-4"


def key(data: bytes, status: os.stat_result, path: str, drivers: Collection[str]) -> str:
    """What a cached inventory must have been made from: file, place, drivers and our own code."""
    place = "\0".join((os.path.abspath(path), *sorted(drivers))).encode("utf-8", "surrogateescape")
    parts = (cache.digest(data), cache.stamp(status), cache.digest(place), cache.code("inventory"))
    return "-".join(parts)


def lookup(path: str, wanted: str, only: Collection[str] | None) -> tuple[Entry, ...] | None:
    """The entries (of `only`) that were stored under this key; None when any is not there."""
    try:
        with cache.opened(_name(path)) as stream:
            name, made_from, count = stream.readline().decode("ascii").split()
            if (name, made_from) != (_FORMAT, wanted):
                return None
            lines = stream.read().splitlines() if only is None else _lines(stream, only)
        entries = tuple(_entry(line, wanted) for line in lines)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    complete = only is not None or len(entries) == int(count)
    return tuple(sorted(entries, key=lambda entry: entry.line)) if complete else None


def store(path: str, made_from: str, entries: Iterable[Entry]) -> None:
    """Keep these entries, in the place of what was kept for this inventory before."""
    lines = [_written(entry, made_from) for entry in entries]
    head = f"{_FORMAT} {made_from} {len(lines)}\n".encode()
    cache.write(_name(path), b"".join((head, *lines)))


def _name(path: str) -> str:
    return f"inventory-{cache.digest(os.path.abspath(path).encode('utf-8', 'surrogateescape'))}"


def _lines(stream: Iterable[bytes], only: Collection[str]) -> list[bytes]:
    """The lines of these sites, without keeping those of others: there may be ten thousand.

    Raises `LookupError` when one is not there.
    """
    missing = {site.encode() for site in only}
    found: list[bytes] = []
    for line in stream:
        if not missing:
            break
        name = line[: line.index(b" ")]
        if name in missing:
            missing.remove(name)
            found.append(line.rstrip(b"\n"))
    if missing:
        raise LookupError(missing)
    return found


def _written(entry: Entry, made_from: str) -> bytes:
    value = [entry.line, entry.column, entry.members, list(entry.box)]
    text = b"%s %s" % (entry.name.encode(), cache.pack(value))
    name, _, rest = text.partition(b" ")
    return b"%s %s %s\n" % (name, _digest(text, made_from), rest)


def _entry(written: bytes, made_from: str) -> Entry:
    name, digest, rest = written.split(b" ", 2)
    if digest != _digest(b"%s %s" % (name, rest), made_from):
        raise ValueError("damaged")
    value = cache.unpack(rest)
    if not isinstance(value, list):
        raise TypeError("damaged")
    line, column, members, box = value
    return Entry(name.decode("ascii"), line, column, members, tuple(box))


def _digest(text: bytes, made_from: str) -> bytes:
    return cache.digest(made_from.encode() + text).encode()
