"""Processes, mounts and namespaces of this machine: what a killed command must not leave."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def parents() -> dict[int, tuple[int, str]]:
    """Of each living process its parent and its name; the dead may wait for their burial."""
    found = {}
    for folder in filter(str.isdecimal, os.listdir("/proc")):  # noqa: PTH208 -- a glob looks twice
        try:
            words = Path(f"/proc/{folder}/stat").read_text(errors="replace")
        except OSError:
            continue
        name, _, rest = words.partition("(")[2].rpartition(")")
        state, parent = rest.split()[:2]
        if state != "Z":
            found[int(folder)] = (int(parent), name)
    return found


def below(process: int) -> dict[int, str]:
    """All processes that come from this one, by number."""
    known, found = parents(), {process: ""}
    grown = True
    while grown:
        new = {pid: name for pid, (up, name) in known.items() if up in found and pid not in found}
        found |= new
        grown = bool(new)
    del found[process]
    return found


def until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a quarter of a minute."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def mounted() -> set[str]:
    """Where something is mounted, and every namespace that a file keeps alive."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return {line.split()[4] for line in lines} | {str(one) for one in Path("/run").glob("netns/*")}


def shown(pids: set[int]) -> bytes:
    """What these processes show of themselves to others: their words and their environment."""
    told = b""
    for pid in pids:
        for name in ("cmdline", "environ"):
            try:
                told += Path(f"/proc/{pid}/{name}").read_bytes()
            except OSError:
                continue
    return told
