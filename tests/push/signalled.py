"""A push in a process of its own that gets a signal at one of its steps, once or twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path

from appliance import cli
from appliance.push.machine import Event, Machine
from tests.push.dying import ENVIRONMENT

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.push.signalled", "appliance.cli.push", "netmiko", "pypsrp"])


@dataclass(frozen=True, slots=True)
class Shot:
    """A signal when the push enters this state for the first time; twice: once more after that,
    while it waits for so many seconds as if its device did not answer."""

    number: signal.Signals
    state: str
    twice: bool = False
    patience: float = 30.0


@dataclass(frozen=True, slots=True)
class Left:
    """How the process ended, and what it said."""

    code: int
    said: str


def push(words: list[str], shot: Shot, log: Path) -> Left:
    """Run `appliance push` with these words and shoot."""
    environment = {name: os.environ[name] for name in ENVIRONMENT}
    child = _CONTEXT.Process(target=_push, args=(words, shot, environment, log))
    child.start()
    child.join(120)
    if child.is_alive():
        child.kill()
        raise AssertionError(f"the push hangs:\n{log.read_text()}")
    assert child.exitcode is not None
    return Left(child.exitcode, log.read_text(encoding="utf-8"))


def _push(words: list[str], shot: Shot, environment: dict[str, str], log: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs us may ignore it,
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as nohup does
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    real, seen = Machine.go, set[str]()

    def go(self: Machine, event: Event, detail: str = "") -> None:
        real(self, event, detail)
        if self.state != shot.state or self.state in seen:
            return
        seen.add(self.state)
        os.kill(os.getpid(), shot.number)
        if shot.twice:
            threading.Timer(0.7, os.kill, (os.getpid(), shot.number)).start()
            threading.Event().wait(shot.patience)

    Machine.go = go  # type: ignore[method-assign]  # this process dies with it
    os._exit(cli.main(["push", *words]))
