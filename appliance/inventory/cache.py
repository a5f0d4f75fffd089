"""Inventories that were found right, kept so that a command starts without reading YAML again.

One file an inventory: a head line, then one line a site: its name, a digest of the line, its place
and its members as JSON. The members hold references to secrets, never secrets. Nothing here is
ever needed: what cannot be read, trusted or written counts as not there.
"""

# Every command starts through here, and pathlib costs 2 ms:
# ruff: noqa: PTH100, PTH103, PTH105, PTH108, PTH111, PTH116, PTH117, PTH118, PTH120, PTH208

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256

from appliance.inventory.build import Entry

_FORMAT = "appliance-inventory-1"
_HERE = os.path.dirname(__file__)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def key(data: bytes, path: str, drivers: Collection[str]) -> str:
    """What a cached inventory must have been made from: bytes, place, drivers and our own code."""
    digest = sha256(data)
    for name in sorted(os.listdir(_HERE)):
        if name.endswith((".py", ".json")):
            status = os.stat(os.path.join(_HERE, name))
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    digest.update("\0".join((_FORMAT, os.path.abspath(path), *sorted(drivers))).encode())
    return digest.hexdigest()


def lookup(path: str, wanted: str, only: Collection[str] | None) -> tuple[Entry, ...] | None:
    """The entries (of `only`) that were stored under this key; None when any is not there."""
    try:
        data = _trusted(_file(path))
        head, _, body = data.partition(b"\n")
        name, made_from, count = head.decode("ascii").split(" ")
        if (name, made_from) != (_FORMAT, wanted):
            return None
        lines = body.splitlines() if only is None else [_line(data, site) for site in only]
        entries = tuple(_entry(line, wanted) for line in lines)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    complete = only is not None or len(entries) == int(count)
    return tuple(sorted(entries, key=lambda entry: entry.line)) if complete else None


def store(path: str, made_from: str, entries: Iterable[Entry]) -> None:
    """Keep these entries, in the place of what was kept for this inventory before."""
    lines = [_written(entry, made_from) for entry in entries]
    data = b"".join((f"{_FORMAT} {made_from} {len(lines)}\n".encode(), *lines))
    with suppress(OSError):
        target = _file(path)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        if _safe_folder(os.path.dirname(target)):
            _replace(target, data)


def _replace(target: str, data: bytes) -> None:
    """Write beside the target and rename: readers see the old file or the new one, whole."""
    draft = f"{target}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(draft, target)
    except OSError:
        os.unlink(draft)
        raise


def _file(path: str) -> str:
    home = os.environ.get("XDG_CACHE_HOME", "")
    # A relative path there is to be ignored (XDG Base Directory Specification).
    base = home if os.path.isabs(home) else os.path.expanduser("~/.cache")
    name = sha256(os.path.abspath(path).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return os.path.join(base, "appliance", f"inventory-{name}")


def _safe_folder(folder: str) -> bool:
    status = os.lstat(folder)
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not writable


def _trusted(file: str) -> bytes:
    """The content of a file that nobody but us can have written; raises `OSError` otherwise."""
    if not _safe_folder(os.path.dirname(file)):
        raise PermissionError(file)
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
        status = os.fstat(stream.fileno())
        ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        if not ours or status.st_mode & _OTHERS:
            raise PermissionError(file)
        return stream.read()


def _line(data: bytes, site: str) -> bytes:
    """The line of one site, found without looking at the others: there may be ten thousand."""
    start = data.index(f"\n{site} ".encode()) + 1
    end = data.index(b"\n", start)
    return data[start:end]


def _written(entry: Entry, made_from: str) -> bytes:
    value = [entry.line, entry.column, entry.members]
    text = f"{entry.name} {json.dumps(value, separators=(',', ':'))}".encode()
    name, _, rest = text.partition(b" ")
    return b"%s %s %s\n" % (name, _digest(text, made_from), rest)


def _entry(written: bytes, made_from: str) -> Entry:
    name, digest, rest = written.split(b" ", 2)
    if digest != _digest(b"%s %s" % (name, rest), made_from):
        raise ValueError("damaged")
    line, column, members = json.loads(rest)
    return Entry(name.decode("ascii"), line, column, members)


def _digest(text: bytes, made_from: str) -> bytes:
    return sha256(made_from.encode() + text).hexdigest()[:32].encode()
