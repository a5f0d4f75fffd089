"""Ctrl-C, SIGTERM and a terminal that goes away, during a push: once to a safe end, twice at once.

A handler runs between any two instructions and may take no lock, so ours does next to nothing.
Each signal is also written to a pipe by the interpreter itself (`signal.set_wakeup_fd`), and read
there by a thread in which ordinary code may run, whatever the rest of the process waits for.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from appliance.errors import Interrupted
from appliance.push.machine import ENDS, State
from appliance.push.standing import Standing, clock
from appliance.push.stop import Stop
from appliance.secrets.redact import REDACTOR

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SHOW_CURSOR = "\x1b[?25h"
_ONWARD = frozenset({State.CONFIRMING, State.KEPT})
_TWICE_SECONDS = 0.5
"""Nearer together they are one: a shell hands on to its jobs what the terminal sends anyway."""


class Board:
    """The pushes of this process that are not at their end yet."""

    def __init__(self) -> None:
        self._all: dict[str, Standing] = {}

    def put(self, standing: Standing) -> None:
        """A push has begun."""
        self._all[standing.site] = standing

    def take(self, site: str) -> None:
        """The push of this site, if there is one, has come to its end."""
        self._all.pop(site, None)

    @property
    def under_way(self) -> tuple[Standing, ...]:
        """Those whose device may hold something that is not finished, by site."""
        done = ENDS | {State.BEGUN}
        return tuple(one for _, one in sorted(self._all.copy().items()) if one.state not in done)


@contextmanager
def heard(stop: Stop, board: Board) -> Iterator[None]:
    """Signals ask `stop` for an end while the context lasts; the second leaves the process at once.

    What was ignored before, as under nohup, stays so. In any thread but the main one nothing is
    heard, for Python gives signals to that alone.
    """
    ours = [one for one in CODES if signal.getsignal(one) is not signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread() or not ours:
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    former = {one: signal.signal(one, _handler(stop)) for one in ours}
    woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    listener = threading.Thread(target=_listen, args=(reader, stop, board), daemon=True)
    listener.start()
    try:
        yield
    finally:
        stop.anywhere = False
        for one, handler in former.items():
            signal.signal(one, handler)
        signal.set_wakeup_fd(woken)
        os.close(writer)
        listener.join()
        os.close(reader)


def _handler(stop: Stop) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, _: FrameType | None) -> None:
        name = signal.Signals(number).name
        stop.why = stop.why or name  # an assignment: it takes no lock
        if stop.anywhere:
            raise Interrupted(name)

    return handle


def _listen(reader: int, stop: Stop, board: Board) -> None:
    """Until the pipe is closed. Other signals come through it too, and are none of ours."""
    first: float | None = None
    while data := os.read(reader, 1):
        number, now = data[0], time.monotonic()
        if number not in CODES:
            continue
        name = signal.Signals(number).name
        if first is None:
            first = now
            stop.ask(name)
            _say("" if stop.anywhere else _first(name, board.under_way))
        elif now - first > _TWICE_SECONDS and number != signal.SIGHUP:  # then nobody is there
            _say(_second(name, board.under_way))
            os._exit(CODES[signal.Signals(number)])


def _first(name: str, pushes: tuple[Standing, ...]) -> str:
    if not pushes:
        return f"appliance: {name}: what is under way comes to its end; once more leaves at once\n"
    back = [one.site for one in pushes if one.state not in _ONWARD]
    on = [one.site for one in pushes if one.state in _ONWARD]
    what = [f"the step on the wire ends, then {_few(back)} goes back"] if back else []
    what += [f"{_few(on)} is being confirmed, and is brought to its end"] if on else []
    return f"appliance: {name}: {'; '.join(what)}; once more leaves at once\n"


def _few(sites: list[str]) -> str:
    more = len(sites) - 10
    return ", ".join(sites[:10]) + (f" and {more} more" if more > 0 else "")


_NOTHING = "  no push was under way; `appliance recover --all` ends what was left of any\n"


def _second(name: str, pushes: tuple[Standing, ...]) -> str:
    what = "".join(map(_state, pushes)) or _NOTHING
    cursor = SHOW_CURSOR if os.isatty(2) else ""
    return REDACTOR.mask(f"{cursor}\nappliance: {name} again: left at once\n{what}")


def _state(one: Standing) -> str:
    """What a person must know of a push that is left as it is."""
    last = f", the last `{one.last}`" if one.last else ""
    left = one.left()
    due = "no timer of ours runs now" if left is None else f"the device reverts in {clock(left)}"
    return (
        f"  {one.site}: push {one.run} is {one.state}; {one.sent} of {one.total} commands "
        f"sent{last}\n"
        f"    the way back: {one.protection or 'was being armed'}; {due}\n"
        f"    -> `appliance recover {one.site}` reads the device and ends this push\n"
    )


def _say(text: str) -> None:
    """To the person, past Python's buffers, whose locks another thread may hold."""
    with suppress(OSError):
        os.write(2, text.encode())


def code(name: str) -> int | None:
    """The exit code of what the signal of this name ended; None where it is none of ours."""
    return next((number for one, number in CODES.items() if one.name == name), None)
