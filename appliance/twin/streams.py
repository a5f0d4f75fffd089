"""Hosts of two sides that send to each other all the time; inside the sandbox."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.twin import streaming

Told = list[list[int]]
"""For each flow: packets that came back, longest silence, how long it has been silent (ms)."""


class Streams:
    """Pairs of addresses, the first of each in the one namespace, the second in the other."""

    def __init__(self, pairs: Sequence[tuple[str, str]], namespaces: tuple[str, str]) -> None:
        python = (sys.executable, "-I", "-S", str(Path(streaming.__file__)))
        self._hosts = []
        for side, name in enumerate(namespaces):
            host = subprocess.Popen(  # noqa: S603 -- our own words
                ["ip", "netns", "exec", name, *python],  # noqa: S607 -- the PATH is ours
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            here = sorted({pair[side] for pair in pairs})
            flows = [pair[::-1] if side else pair for pair in pairs]
            self._hosts.append(host)
            _say(host, json.dumps({"here": here, "flows": flows}))

    def told(self) -> tuple[Told, Told]:
        """What either side says of the time since this was last asked."""
        for host in self._hosts:
            _say(host, "?")
        near, far = map(_heard, self._hosts)
        return near, far


def _say(host: subprocess.Popen[str], line: str) -> None:
    if host.stdin is not None:
        host.stdin.write(f"{line}\n")
        host.stdin.flush()


def _heard(host: subprocess.Popen[str]) -> Told:
    line = host.stdout.readline() if host.stdout is not None else ""
    if not line:
        raise ApplianceError("the hosts of the rehearsal have ended")
    told: Told = json.loads(line)
    return told
