"""Our command line in a process of its own; a copy is kept of all it writes, starts and deletes."""

from __future__ import annotations

import faulthandler
import logging
import multiprocessing
import os
import signal
import stat
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from appliance import cli
from appliance.model.change import KEY_MARK, Step
from appliance.push.work import Work

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["tests.canary.recorder", "appliance.cli.push", "appliance.cli.recover", "netmiko", "pypsrp"]
)
_PATIENCE = 120.0
_SMALL = 5_000_000

_NO_FILES = ("/dev/null", "/dev/tty", "/dev/pts/", "/dev/net/tun", "/proc/self/")
"""Where nothing is kept that is written there."""

CRASH, KILL = "crash", "kill -9"
"""What may happen to a push at the moment in which it sends a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int | None
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A folder in which commands work, and one for what is kept of them.

    `environment` is all of theirs but for the folders, which are in the first one.
    """

    home: Path
    kept: Path
    environment: Mapping[str, str]

    def run(self, *words: str, dying: str = "", stop_at: str = "") -> Ran:
        """A command from beginning to end; `dying` says what happens to it where it sends a key.

        With `stop_at` it is terminated when it has printed this.
        """
        number = len(list(self.kept.glob("*.out")))
        name = f"{number:02d}-{words[0]}"
        process = _CONTEXT.Process(target=_run, args=(self, name, words, dying))
        process.start()
        if stop_at:
            _terminated(process.pid or 0, self.kept / f"{name}.out", stop_at, process.is_alive)
        process.join(_PATIENCE)
        assert not process.is_alive(), f"{words} hangs"
        out, err = (
            (self.kept / f"{name}.{kind}").read_text("utf-8", "replace") for kind in ("out", "err")
        )
        return Ran(code=process.exitcode, out=out, err=err)

    @property
    def strayed(self) -> set[str]:
        """Files that were written outside of the two folders."""
        written = set[str]()
        for path in self.kept.glob("*.written"):
            written |= set(path.read_text(encoding="utf-8").splitlines())
        ours = str(self.home), str(self.kept), *_NO_FILES
        return {path for path in written if not path.startswith(ours)}


def _terminated(process: int, out: Path, words: str, alive: Callable[[], bool]) -> None:
    ended = threading.Event()
    while alive() and words not in (out.read_text(encoding="utf-8") if out.exists() else ""):
        ended.wait(0.02)
    if alive():
        os.kill(process, signal.SIGTERM)


def _run(world: World, name: str, words: tuple[str, ...], dying: str) -> None:
    os.environ.clear()
    os.environ.update(world.environment)
    os.environ.update(
        HOME=str(world.home),
        TMPDIR=str(world.home / "tmp"),
        **{
            f"XDG_{kind}_HOME": str(world.home / kind.lower())
            for kind in ("STATE", "CACHE", "CONFIG")
        },
    )
    os.chdir(world.home)
    for number, kind in ((1, "out"), (2, "err")):
        os.dup2(os.open(world.kept / f"{name}.{kind}", os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8") for number in (1, 2))  # noqa: PTH123, SIM115 -- by number, for as long as it lives
    sys.dont_write_bytecode = True  # modules that are loaded first here are no files of a command's
    _listen_to_all(world.kept / f"{name}.log")
    _dying_when_it_sends_a_key(dying)
    Recorder(world.kept / name).start()
    code = 70
    try:
        code = cli.main(words)
    except BaseException as error:  # noqa: BLE001 -- whatever it is: it is told as programs do that tell most
        _tell(type(error), error, error.__traceback__)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _listen_to_all(path: Path) -> None:
    """Logs of every library at full verbosity, and all warnings."""
    root = logging.getLogger()
    root.handlers[:] = [logging.FileHandler(path, encoding="utf-8")]
    root.setLevel(1)
    for name in ("paramiko", "paramiko.transport", "netmiko", "pypsrp", "spnego", "urllib3"):
        logging.getLogger(name).setLevel(1)
    logging.captureWarnings(capture=True)
    warnings.simplefilter("always")
    faulthandler.enable(sys.stderr)
    threading.excepthook = lambda given: _tell(given.exc_type, given.exc_value, given.exc_traceback)


def _tell(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """A traceback with the variables of each frame, as debuggers and crash reporters write it."""
    told = traceback.TracebackException(kind, error or kind(), trace, capture_locals=True)
    sys.stderr.write("".join(told.format()))


def _dying_when_it_sends_a_key(how: str) -> None:
    send = Work._sent

    def sent(self: Work, step: Step) -> None:
        send(self, step)
        if KEY_MARK in step.text and how == CRASH:
            raise ValueError(f"nobody expects {step.reveal()!r}")
        if KEY_MARK in step.text and how == KILL:
            os.kill(os.getpid(), signal.SIGKILL)

    if how:
        Work._sent = sent  # type: ignore[method-assign]


class Recorder:
    """Python's own audit hooks: files before they are deleted or overwritten, and programs."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._number = 0
        self._busy = False
        self._written = os.open(f"{base}.written", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def start(self) -> None:
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple[object, ...]) -> None:
        heard = self._HEARD.get(event)
        if heard is None or self._busy:
            return
        self._busy = True
        try:
            heard(self, *given)
        finally:
            self._busy = False

    def _started(self, program: object, words: object, _folder: object, env: object) -> None:
        told = f"{program!r}\n{words!r}\n{dict(os.environ) if env is None else env!r}\n"
        self._keep(told.encode())

    def _executed(self, program: object, words: object, env: object) -> None:
        self._started(program, words, None, env)

    def _opened(self, path: object, mode: object, flags: object) -> None:
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if not isinstance(path, str) or not writes:
            return
        os.write(self._written, f"{os.path.abspath(path)}\n".encode())  # noqa: PTH100 -- no objects in a hook
        if isinstance(mode, str) and "w" in mode:
            self._copy(path)

    def _connected(self, path: object) -> None:
        os.write(self._written, f"{path}\n".encode())

    def _removed(self, path: object, folder: object) -> None:
        self._copy(path, folder if isinstance(folder, int) and folder >= 0 else None)

    def _renamed(self, _source: object, target: object, _from: object, folder: object) -> None:
        self._removed(target, folder)

    def _copy(self, path: object, folder: int | None = None) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        try:
            found = os.stat(path, dir_fd=folder)
            if stat.S_ISREG(found.st_mode) and found.st_size < _SMALL:
                handle = os.open(path, os.O_RDONLY, dir_fd=folder)
                self._keep(os.read(handle, _SMALL))
                os.close(handle)
        except OSError:
            return

    def _keep(self, data: bytes) -> None:
        self._number += 1
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        handle = os.open(f"{self._base}-{self._number}.gone", flags, 0o600)
        os.write(handle, data)
        os.close(handle)

    _HEARD: Mapping[str, Callable[..., None]] = {
        "subprocess.Popen": _started,
        "os.exec": _executed,
        "os.posix_spawn": _executed,
        "open": _opened,
        "sqlite3.connect": _connected,
        "os.remove": _removed,
        "os.rename": _renamed,
    }
