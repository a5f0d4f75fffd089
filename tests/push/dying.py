"""A command in its own process that kills itself, as if the power went, at one of its steps."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from appliance import cli
from appliance.journal.store import Run

# One clean process with all modules loaded is forked for each: no thread is ever forked.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tests.push.dying", "appliance.cli.push", "appliance.cli.recover", "netmiko", "pypsrp"]
)

ENVIRONMENT = (
    *("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("STAGE_PASSWORD", "STAGE_ENABLE", "STAGE_PSK"),
)
"""What a command is told of the test it is part of."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When it dies: at its event of this number (from 1), before that is written or after.

    Before: what the last event stands for has been done. After: this one's has not been begun.
    """

    number: int
    written: bool

    def __str__(self) -> str:
        return f"{'after' if self.written else 'before'} event {self.number} was written"


def push(words: list[str], moment: Moment, log: Path) -> bool:
    """Run `appliance push` with these words; whether it died at the moment."""
    return dies("push", words, moment, log)


def dies(verb: str, words: list[str], moment: Moment, log: Path) -> bool:
    """Run this verb with these words; whether it died at the moment."""
    return ends(verb, words, moment, log) == -signal.SIGKILL


def ends(verb: str, words: list[str], moment: Moment, log: Path) -> int | None:
    """Run this verb with these words; its exit code, which is negative where it died."""
    environment = {name: os.environ[name] for name in ENVIRONMENT}
    child = _CONTEXT.Process(target=_run, args=([verb, *words], moment, environment, log))
    child.start()
    child.join(120)
    assert not child.is_alive(), f"{verb} hangs"
    return child.exitcode


def _run(words: list[str], moment: Moment, environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    real, events = Run.record, [0]

    def record(self: Run, state: str, event: str, detail: str = "") -> None:
        events[0] += 1
        if events[0] == moment.number and not moment.written:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, state, event, detail)
        if events[0] == moment.number:
            os.kill(os.getpid(), signal.SIGKILL)

    Run.record = record  # type: ignore[method-assign]  # this process dies with it
    os._exit(cli.main(words))
