"""Two operators who start their pushes at one moment, each in a process and at a terminal."""

from __future__ import annotations

import multiprocessing
import os
import pty
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol

from appliance import cli
from tests.push.dying import ENVIRONMENT

# As for pushes that die: each is forked from one clean process that has all modules loaded.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.contending", "appliance.cli.push", "netmiko"])
_PATIENCE = 60.0


class _Gun(Protocol):
    def wait(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Operator:
    """One of the two: what was typed for, the process, its terminal, and what it printed."""

    site: str
    process: BaseProcess
    terminal: tuple[int, int]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def code(self) -> int | None:
        return self.process.exitcode

    def agree(self) -> None:
        """Type what the push asks for, and wait for its end."""
        os.write(self.terminal[0], f"{self.site}\n".encode())
        self.process.join(_PATIENCE)


@contextmanager
def contest(
    sites: tuple[str, str], inventory: Path, folder: Path
) -> Iterator[tuple[Operator, Operator]]:
    """Both at once; yields (winner, loser) when the loser has left and the winner asks to go on."""
    gun = _CONTEXT.Barrier(2)
    logs = folder / "first.log", folder / "second.log"
    both = [_operator(site, inventory, log, gun) for site, log in zip(sites, logs, strict=True)]
    try:
        connection.wait([one.process.sentinel for one in both], _PATIENCE)
        ended = [one for one in both if not one.process.is_alive()]
        assert len(ended) == 1, [one.said for one in both]
        (loser,) = ended
        loser.process.join()
        (winner,) = (one for one in both if one is not loser)
        yield winner, loser
    finally:
        for one in both:
            one.process.kill()
            one.process.join()
            os.close(one.terminal[0])
            os.close(one.terminal[1])


def _operator(site: str, inventory: Path, log: Path, gun: _Gun) -> Operator:
    ours, theirs = pty.openpty()
    quiet = termios.tcgetattr(theirs)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, quiet)
    environment = {name: os.environ[name] for name in ENVIRONMENT}
    # A gate of its own refuses the second name, too: here the locks alone are to decide.
    words = ["push", site, "-i", str(inventory), "--allow", "two-sites"]
    given = (words, os.ttyname(theirs), environment, log, gun)
    process = _CONTEXT.Process(target=_push, args=given)
    process.start()
    return Operator(site, process, (ours, theirs), log)


def _push(
    words: list[str], terminal: str, environment: dict[str, str], log: Path, gun: _Gun
) -> None:
    os.environ.update(environment)
    sys.stdin = open(os.open(terminal, os.O_RDONLY | os.O_NOCTTY), encoding="utf-8")  # noqa: PTH123, SIM115 -- by number, and for as long as it lives
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    gun.wait()
    os._exit(cli.main(words))
