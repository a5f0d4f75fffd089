"""BGP spoken through a tunnel by a BIRD at either end; inside the sandbox."""

from __future__ import annotations

import time
from contextlib import suppress

from appliance.twin.bird import Bird
from appliance.twin.dialogue import Dialogue, Said, Talk
from appliance.twin.network import TUN
from appliance.twin.plumbing import run

PATIENCE_SECONDS = 4.0
"""A session that can stand does so at the first or second attempt, a second apart."""
_PAUSE_SECONDS = 0.05
_LEARNING_SECONDS = 1.5


class Conversation:
    """The two speakers of one tunnel, in the namespaces of its gateways, once its daemons run."""

    def __init__(self, dialogue: Dialogue, device: str, azure: str) -> None:
        self._dialogue, self._names = dialogue, (device, azure)
        for name, addresses in ((device, dialogue.here), (azure, dialogue.there)):
            for address in addresses:
                whose = "lo" if address.endswith("/32") else TUN
                run("ip", "-n", name, "addr", "replace", address, "dev", whose)
        self.device = Bird(device, dialogue.device)
        self.azure = Bird(azure, dialogue.azure)

    def answers(self) -> None:
        """Wait until both can be asked. Raises `ApplianceError` when one does not start."""
        self.device.connect()
        self.azure.connect()

    def end(self, *, azure: bool) -> None:
        """One end's speaker is gone without a word."""
        (self.azure if azure else self.device).stop()

    def begin(self, *, azure: bool) -> None:
        """It is there again."""
        if azure:
            self.azure = Bird(self._names[1], self._dialogue.azure)
            self.azure.connect()
        else:
            self.device = Bird(self._names[0], self._dialogue.device)
            self.device.connect()

    def talk(self, seconds: float = PATIENCE_SECONDS) -> Talk:
        """What stands after that time, or as soon as both ends have learnt what the other has."""
        end = time.monotonic() + seconds
        learning = None
        while True:
            seen = self.seen()
            now = time.monotonic()
            if seen.up and learning is None:
                learning = min(end, now + _LEARNING_SECONDS)
            complete = seen.up and bool(seen.device.learnt) and self._all(seen)
            if complete or _hopeless(seen) or now > (end if learning is None else learning):
                return seen
            time.sleep(_PAUSE_SECONDS)

    def _all(self, seen: Talk) -> bool:
        """Whether everything that one end originates is known to the other."""
        told = self._dialogue.device.networks, self._dialogue.azure.networks
        return set(told[0]) <= set(seen.azure.learnt) and set(told[1]) <= set(seen.device.learnt)

    def seen(self) -> Talk:
        """What both ends say now."""
        return Talk(device=said(self.device), azure=said(self.azure))


def _hopeless(seen: Talk) -> bool:
    """Who finds the other's AS number wrong does so again the next time (RFC 4271 6.2)."""
    return any("Bad peer AS" in word for word in (*seen.device.errors, *seen.azure.errors))


def said(bird: Bird) -> Said:
    """What one end says now; one that is gone says nothing."""
    with suppress(OSError):
        sessions = bird.sessions()
        names = {one.name for one in sessions}
        learnt = (route.network for route in bird.routes() if route.protocol in names)
        return Said(
            states=tuple(one.state for one in sessions),
            errors=tuple(one.error for one in sessions),
            learnt=tuple(sorted(dict.fromkeys(learnt))),
        )
    return Said(states=(), errors=(), learnt=())
