"""A sandbox from outside: namespaces with a process in them that does what it is told."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from appliance.lab.linux import inside
from appliance.lab.linux.needs import NAMESPACES
from appliance.machine import SYSTEM_PATH

_GRACE_SECONDS = 2.0


class SandboxError(OSError):
    """A command inside the sandbox failed, or the sandbox is gone; `strerror` has its words."""


class Sandbox:
    """Started at once; `close` ends all that runs in it, and so does the end of this process.

    `hear` is a listening socket of the world outside: what `serve` starts is reached through it.
    """

    def __init__(self, hear: socket.socket) -> None:
        self._turn = threading.Lock()
        python = [sys.executable, "-I", "-S", str(Path(inside.__file__)), str(hear.fileno())]
        self._process = subprocess.Popen(  # noqa: S603 -- our own words
            [*NAMESPACES, *python],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[hear.fileno()],
            env={"PATH": SYSTEM_PATH, "LC_ALL": "C"},  # nothing of ours: keys are in variables, too
            start_new_session=True,  # Ctrl-C is for us: what is inside ends when we say so
        )

    def run(self, command: str, text: str = "") -> str:
        """What a command of bash writes; raises `SandboxError` when it fails."""
        return self._ask({"run": command, "text": text})

    def serve(self, *program: str) -> None:
        """From now on each connection becomes standard input and output of this program."""
        self._ask({"serve": list(program)})

    def close(self) -> None:
        """End everything inside, and wait until it is gone."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # --kill-child: all inside goes with it
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _ask(self, request: dict[str, object]) -> str:
        answer = json.loads(self._line(json.dumps(request)))
        if answer["status"]:
            words = answer["err"].strip() or answer["out"].strip() or "it says nothing"
            raise SandboxError(answer["status"], words)
        return str(answer["out"])

    def _line(self, request: str) -> bytes:
        to, back = self._process.stdin, self._process.stdout
        line = b""
        if to and back:
            with self._turn, suppress(OSError, ValueError):
                to.write(f"{request}\n".encode())
                to.flush()
                line = back.readline()
        if not line:
            raise SandboxError(0, "the sandbox has ended")
        return line
