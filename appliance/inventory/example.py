"""The commented inventory that `appliance init` writes."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from appliance.errors import RefusedError


def example() -> str:
    """The example as text; it validates as it stands."""
    return files("appliance.inventory").joinpath("example.yaml").read_text("utf-8")


def init(path: str | os.PathLike[str]) -> None:
    """Write the example to a file that does not exist yet, in a folder that is made if need be.

    Raises `RefusedError` when there is one already, or no place for it; nothing is overwritten.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(example())
    except FileExistsError as error:
        there = "this is a folder" if target.is_dir() else "there is a file already"
        where = str(error.filename)  # the target, or what stands where its folder would be
        raise RefusedError(there, where=where, hint="name another, or move it away") from None
    except OSError as error:
        raise RefusedError(
            f"cannot be written: {error.strerror}", where=str(target), hint="name another place"
        ) from None
