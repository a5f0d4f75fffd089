"""The lock that keeps two of us off one device, on this machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from appliance.errors import RefusedError
from appliance.journal.folder import private, state_directory


@contextmanager
def lock(device: str, site: str) -> Iterator[None]:
    """Keep every other push off the device meanwhile; `device` names the box, not the site.

    Raises `RefusedError` naming the holder. The lock dies with its process: none is ever stale.
    """
    with _file(device) as file:
        with _door():
            _take(file, site)
        yield


def _take(file: TextIO, site: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise RefusedError(
            f"another push works on this device: {file.read().strip() or 'unknown'}",
            where=f"site {site}",
            hint="nothing was touched; wait for it",
        ) from None
    words = f"site {site}, process {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC\n"
    try:
        file.seek(0)
        file.truncate()
        os.write(file.fileno(), words.encode())
    except OSError as error:
        raise _no_lock(error) from error


def held(device: str) -> bool:
    """Whether somebody works on the device now."""
    with _file(device) as file, _door():
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


@contextmanager
def _door() -> Iterator[None]:
    """One at a time: who finds a lock taken finds its holder's name; and no look takes one."""
    with _file("door") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


@contextmanager
def _file(device: str) -> Iterator[TextIO]:
    folder = state_directory() / "locks"
    name = "".join(c if c.isalnum() or c in ".-_" else "_" for c in device)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    try:
        private(folder)
        opened = os.open(folder / name, flags, 0o600)
    except OSError as error:
        raise _no_lock(error) from error
    with open(opened, "r+", encoding="utf-8") as file:  # noqa: PTH123 -- by descriptor
        yield file


def _no_lock(error: OSError) -> RefusedError:
    return RefusedError(
        f"no lock can be had on this machine: {error.strerror}",
        where=str(error.filename or "the state directory"),
        hint="nothing was touched; make room, or point XDG_STATE_HOME elsewhere",
    )
