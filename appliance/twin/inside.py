"""The first process of the sandbox: plays one scenario and writes what happened.

Standard input brings the scenario as one line of JSON, the key in it, and stays open as long as
somebody waits for the answer. When it ends, this process ends, and with it all that runs here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.machine import EXTRACTED


def main() -> None:
    """Answer `{"outcome": ...}` or `{"fault": why}`, and leave.

    The line is `{"player": module, "scenario": document}`: that module's `played` makes a document
    of the outcome.
    """
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_watch, daemon=True).start()
    try:
        asked = json.loads(line)
        _prepare()
        answer = {"outcome": import_module(asked["player"]).played(asked["scenario"])}
    except (ApplianceError, OSError, subprocess.SubprocessError) as error:
        answer = {"fault": {"words": str(error)}}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _watch() -> None:
    """Nobody waits any more: a killed parent cannot clean up, but its end of the pipe closes."""
    sys.stdin.buffer.read(1)
    os._exit(1)


def _prepare() -> None:
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)  # noqa: S607 -- its PATH is ours
    Path("/run/netns").mkdir()
    if EXTRACTED:
        _overlay(EXTRACTED)


def _overlay(folder: str) -> None:
    """Unpacked libraries over those installed: charon has the path of its plugins compiled in."""
    layers = f"lowerdir={folder}/usr/lib:/usr/lib"
    subprocess.run(["mount", "-t", "overlay", "none", "-o", layers, "/usr/lib"], check=True)  # noqa: S603, S607 -- as above
