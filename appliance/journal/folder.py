"""Where the tool keeps what outlives a command, for its user alone."""

from __future__ import annotations

import os
from pathlib import Path

from appliance import xdg
from appliance.errors import RefusedError


def state_directory() -> Path:
    """`$XDG_STATE_HOME/appliance`, made if need be, and for us alone.

    Raises `RefusedError` where that cannot be, or it is somebody else's.
    """
    try:
        folder = Path(xdg.folder("XDG_STATE_HOME"))
        folder.parent.mkdir(parents=True, exist_ok=True)
        private(folder)
    except OSError as error:
        raise _unusable(error.strerror or str(error), str(error.filename or "")) from error
    if folder.stat().st_uid != os.geteuid():
        raise _unusable("it belongs to another user", str(folder))
    return folder


def _unusable(why: str, where: str) -> RefusedError:
    return RefusedError(
        f"the state directory cannot be used: {why}",
        where=where,
        hint="nothing was touched; make it writable for you, or point XDG_STATE_HOME elsewhere",
    )


def private(folder: Path) -> None:
    """Make a folder below one that is there, for us alone (`parents` would ignore the mode)."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
