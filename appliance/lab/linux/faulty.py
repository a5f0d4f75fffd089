"""What sshd runs in the place of a command when something is to go wrong with it.

Started by its path, with the standard library only. The faults stand in a file, beside how often
each has been met: that is counted over all sessions.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time

KINDS = frozenset({"drop-before", "drop-after", "stall", "refuse", "swallow", "alter", "cut"})
"""The kinds of fault that make sense where each command has a channel of its own."""

_SENDING_SECONDS = 0.5  # sshd takes a moment to send what it was given


def main(path: str) -> int:
    """Run what was asked for, or what the faults make of it; its exit status."""
    command = os.environ.get("SSH_ORIGINAL_COMMAND")
    if command is None:
        os.execv("/bin/bash", ["-bash"])  # noqa: S606 -- a person's login, as without faults
    struck = _struck(path, command)
    if "drop-before" in struck:
        _hang_up()
    if "refuse" in struck:
        sys.stderr.write(f"{struck['refuse']['text']}\n")
        return 1
    time.sleep(float(str(struck.get("stall", {}).get("seconds", 0))))
    if "swallow" in struck:
        sys.stdin.buffer.read()
        return 0
    altered = str(struck.get("alter", {}).get("text", command))
    done = subprocess.run(  # noqa: S603 -- what root typed on their own host
        ["/bin/bash", "-c", altered], stdout=subprocess.PIPE, check=False
    )
    return _answer(done, struck)


def _answer(done: subprocess.CompletedProcess[bytes], struck: dict[str, dict[str, object]]) -> int:
    if "drop-after" in struck:
        _hang_up()
    if "cut" in struck:
        os.write(1, done.stdout[: int(str(struck["cut"]["count"]))])
        time.sleep(_SENDING_SECONDS)
        _hang_up()
    sys.stdout.buffer.write(done.stdout)
    return done.returncode


def _hang_up() -> None:
    """The connection ends with the server's process that started us."""
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(1)


def _struck(path: str, command: str) -> dict[str, dict[str, object]]:
    """The faults that strike at this command, by kind; counts it."""
    found: dict[str, dict[str, object]] = {}
    with open(path, "r+", encoding="utf-8") as file:  # noqa: PTH123 -- pathlib is slow to load
        fcntl.flock(file, fcntl.LOCK_EX)
        known = json.load(file)
        for fault in known:
            if re.search(fault["command"], command):
                fault["met"] = fault.get("met", 0) + 1
                if fault["at"] in {0, fault["met"]}:
                    found.setdefault(fault["kind"], fault)
        file.seek(0)
        file.truncate()
        json.dump(known, file)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
