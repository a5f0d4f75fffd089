"""That somebody wants an end: asked from outside, heeded by a push where that is safe."""

from __future__ import annotations

import threading

from appliance.errors import Interrupted


class Stop:
    """Whether to come to a safe end. `why` is the reason, empty while nobody asked.

    `anywhere` is true as long as nothing was touched: then an end may come at any place.
    """

    __slots__ = ("_woken", "anywhere", "why")

    def __init__(self) -> None:
        self.why = ""
        self.anywhere = False
        self._woken = threading.Event()

    def ask(self, why: str) -> None:
        """Ask for an end; the first reason counts. Not for signal handlers, for it takes a lock."""
        self.why = self.why or why
        self._woken.set()

    def check(self) -> None:
        """A place where an end is safe: raises `Interrupted` when one was asked for."""
        if self.why:
            raise Interrupted(self.why)

    def pause(self, seconds: float) -> None:
        """Wait so long, or until an end is asked for, and then raise `Interrupted`."""
        self._woken.wait(seconds)
        self.check()
