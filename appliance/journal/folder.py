"""Where the tool keeps what outlives a command, for its user alone."""

from __future__ import annotations

import os
from pathlib import Path


def state_directory() -> Path:
    """`$XDG_STATE_HOME/appliance`, made if need be."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    folder = Path(base) / "appliance"
    folder.parent.mkdir(parents=True, exist_ok=True)
    private(folder)
    return folder


def private(folder: Path) -> None:
    """Make a folder below one that is there, for us alone (`parents` would ignore the mode)."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
