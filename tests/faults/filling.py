"""A command whose disk fills up at one event of its push: `python -m tests.faults.filling`.

First argument the event, second the folder that is filled, then the words of the command.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from appliance.cli import main
from appliance.journal.store import Run


def fill(folder: Path) -> None:
    """Write until there is no room for another byte."""
    handle = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
    with suppress(OSError):
        while os.write(handle, b"x" * 65_536):
            pass
    os.close(handle)


def _filled_at(moment: str, folder: Path) -> None:
    real = Run.record

    def record(self: Run, state: str, event: str, detail: str = "") -> None:
        if event == moment and not (folder / "filler").exists():
            fill(folder)
        real(self, state, event, detail)

    Run.record = record  # type: ignore[method-assign]  # this process is made for it


if __name__ == "__main__":
    _filled_at(sys.argv[1], Path(sys.argv[2]))
    sys.exit(main(sys.argv[3:]))
