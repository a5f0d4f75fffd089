"""A command in a pseudo terminal: what a person would see of it, and typing into it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CTRL_C = "\x03"
HANG_UP = "the terminal goes away"
_SIZE = struct.pack("HHHH", 40, 160, 0, 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """How it ended, and every byte the terminal was sent."""

    code: int
    raw: str

    @property
    def text(self) -> str:
        """Without escape sequences."""
        return _ESCAPES.sub("", self.raw).replace("\r", "\n")


def watch(
    words: list[str],
    answers: Mapping[str, str],
    environment: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> Seen:
    """Run it on a terminal of 160 columns. When the text of a key of `answers` has been shown its
    value is typed; each once, in their order. `HANG_UP` closes the terminal instead."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, _SIZE)
    env = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    with subprocess.Popen(  # noqa: S603 -- our own command
        ["/usr/bin/setsid", "--ctty", *words],  # so that Ctrl-C and a hang-up are signals
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**env, "TERM": "xterm", **(environment or {})},
    ) as run:
        os.close(theirs)
        try:
            shown = _talk(ours, answers, time.monotonic() + seconds)
        finally:
            os.close(ours)
        return Seen(run.wait(seconds), shown.decode("utf-8", "replace"))


def _talk(ours: int, answers: Mapping[str, str], end: float) -> bytes:
    shown, waiting = b"", list(answers.items())
    while (data := _read(ours, end)) is not None:
        shown += data
        if waiting and waiting[0][0] in _ESCAPES.sub("", shown.decode("utf-8", "replace")):
            _, answer = waiting.pop(0)
            if answer == HANG_UP:
                break
            os.write(ours, answer.encode())
    return shown


def _read(descriptor: int, end: float) -> bytes | None:
    """What was shown; None when the command has gone, or its time."""
    left = end - time.monotonic()
    if left <= 0 or not select.select([descriptor], [], [], left)[0]:
        return None
    try:
        return os.read(descriptor, 65536) or None
    except OSError:
        return None  # EIO: nobody has the other side open any more
