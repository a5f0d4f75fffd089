"""What was done to a device, kept for people, and the lock that keeps two of us apart.

One folder a run under `$XDG_STATE_HOME/appliance/runs/SITE/`: the configuration before and after
(keys masked), the plan, each step before it is sent, the outcome. Folders are 0700, files 0600.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from appliance.errors import RefusedError
from appliance.secrets.redact import REDACTOR


def state_directory() -> Path:
    """`$XDG_STATE_HOME/appliance`, made if need be."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    folder = Path(base) / "appliance"
    _private(folder)
    return folder


def _private(folder: Path) -> None:
    """Make the folder, and those of ours above it, for us alone (`parents` ignores the mode)."""
    if folder.name != "appliance":
        _private(folder.parent)
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)


class Run:
    """The folder of one push; every write is on disk before the call returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, name: str, text: str) -> None:
        """A whole file, masked: configurations, plans."""
        self._write(name, REDACTOR.mask(text), os.O_TRUNC)

    def event(self, what: str, **facts: str) -> None:
        """One line of the run's log; the words are masked one by one, so that it stays JSON."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        masked = {name: REDACTOR.mask(words) for name, words in facts.items()}
        self._write(
            "events.jsonl", json.dumps({"at": at, "what": what, **masked}) + "\n", os.O_APPEND
        )

    def _write(self, name: str, text: str, how: int) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | how
        descriptor = os.open(self.folder / name, flags, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 -- by descriptor
            file.write(text)
            file.flush()
            os.fsync(descriptor)


def begin(site: str) -> Run:
    """A fresh run; raises `RefusedError` when nothing can be written, before anything is sent."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    try:
        parent = state_directory() / "runs" / site
        _private(parent)
        folder = parent / f"{stamp}-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06d}"
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise RefusedError(
            f"the journal cannot be written: {error.strerror}",
            where=str(error.filename),
            hint="nothing was touched; make room, or point XDG_STATE_HOME elsewhere",
        ) from error
    return Run(folder)


@contextmanager
def lock(device: str, site: str) -> Iterator[None]:
    """Keep every other push off the device meanwhile; `device` names the box, not the site.

    Raises `RefusedError` naming the holder. The lock dies with its process.
    """
    folder = state_directory() / "locks"
    _private(folder)
    name = "".join(c if c.isalnum() or c in ".-_" else "_" for c in device)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    with open(os.open(folder / name, flags, 0o600), "r+", encoding="utf-8") as file:  # noqa: PTH123 -- by descriptor
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError(
                f"another push works on this device: {file.read().strip() or 'unknown'}",
                where=f"site {site}",
                hint="nothing was touched; wait for it",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"site {site}, process {os.getpid()}, since {datetime.now(UTC):%H:%M:%S} UTC\n")
        file.flush()
        yield
