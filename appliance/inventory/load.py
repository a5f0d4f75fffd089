"""Reading an inventory: from the cache when nothing changed, else from its text with all checks."""

# Every command starts through here, and pathlib costs 2 ms:
# ruff: noqa: PTH100, PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from types import MappingProxyType

from appliance.errors import InventoryError
from appliance.inventory import cache
from appliance.inventory.build import Entry, build
from appliance.inventory.model import Inventory, Neighbour, Site
from appliance.record import replace

MAX_BYTES = 64 * 1024 * 1024


def load(
    path: str | os.PathLike[str],
    *,
    drivers: Collection[str] = (),
    only: Collection[str] | None = None,
) -> Inventory:
    """The inventory at `path`, or only some sites of it (whose faults alone then matter).

    `drivers` are the names a device's driver may have; empty accepts any. Needs no network and
    opens no secret. Raises `InventoryError` with all faults, each as `file:line:column: text`, and
    `UsageError` for names in `only` that are not there.
    """
    named = os.fspath(path)
    data, status = _content(named)
    made_from = cache.key(data, status, named, drivers)
    entries = _kept(named, made_from, only)
    if entries is None:
        entries = _checked(data, named, made_from, drivers, only)
    folder = os.path.dirname(os.path.abspath(named))
    built = {entry.name: build(entry, named, folder) for entry in entries}
    sites = {
        entry.name: _beside(built, entry) if entry.box else built[entry.name]
        for entry in entries
        if only is None or entry.name in only
    }
    return Inventory(path=named, sites=MappingProxyType(sites))


def _kept(path: str, made_from: str, only: Collection[str] | None) -> tuple[Entry, ...] | None:
    """From the cache, with the sites that are on the same devices."""
    entries = cache.lookup(path, made_from, only)
    if entries is None or only is None:
        return entries
    wanted = {*only, *(name for entry in entries for name in entry.box)}
    return entries if wanted == set(only) else cache.lookup(path, made_from, wanted)


def _beside(built: Mapping[str, Site], entry: Entry) -> Site:
    """The site with those on its device; one that has faults is known by its name alone."""
    turn = entry.box.index(entry.name)
    others = tuple(
        Neighbour(name=name, site=built.get(name), first=at < turn)
        for at, name in enumerate(entry.box)
        if at != turn
    )
    return replace(built[entry.name], beside=others)


def _checked(
    data: bytes,
    path: str,
    made_from: str,
    drivers: Collection[str],
    only: Collection[str] | None,
) -> tuple[Entry, ...]:
    """The slow way, whose imports alone cost more than a whole cached start."""
    from appliance.inventory.check import check  # noqa: PLC0415 -- 60 ms of imports
    from appliance.inventory.text import decoded  # noqa: PLC0415 -- as above

    checked = check(decoded(data, path), path, drivers=drivers, only=only)
    if checked.clean:
        cache.store(path, made_from, checked.entries)
    return checked.entries


def _content(path: str) -> tuple[bytes, os.stat_result]:
    """The bytes of the file, bounded; `InventoryError` says why when there are none."""
    try:
        with open(path, "rb") as file:
            # Of a pipe the size is 0: the limit holds for it too.
            status = os.fstat(file.fileno())
            data = file.read(min(status.st_size or MAX_BYTES, MAX_BYTES) + 1)
    except FileNotFoundError:
        raise InventoryError(
            "there is no such file",
            where=path,
            hint="'appliance init' writes an example; or name the inventory you mean",
        ) from None
    except IsADirectoryError:
        raise InventoryError(
            "is a directory", where=path, hint="name the inventory file inside it"
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "bad path"
        raise InventoryError(
            f"cannot be read: {reason}", where=path, hint="check the path and its permissions"
        ) from None
    if len(data) > MAX_BYTES:
        raise InventoryError(
            f"is larger than {MAX_BYTES // 1024 // 1024} MB", where=path, hint="split it"
        )
    return data, status
