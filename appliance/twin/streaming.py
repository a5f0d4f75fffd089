"""Hosts of one side that send small packets all the time and note when nothing comes back.

Runs by its path in a network namespace, with the standard library only. The first line of standard
input is `{"here": addresses, "flows": [[source, destination], ...]}`: every address answers, and
each flow is kept going. Any further line asks for the time since the one before; answered is, for
each flow, [packets that came back, longest silence, how long it has been silent], in milliseconds.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import threading
import time
from contextlib import suppress

PORT = 8_081
PAUSE_SECONDS = 0.025


class Flows:
    """What is known of each flow since it was last asked for."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._last = [time.monotonic()] * count
        self._longest = [0.0] * count
        self._count = [0] * count

    def came(self, number: int) -> None:
        """A packet of this flow came back."""
        now = time.monotonic()
        with self._lock:
            self._longest[number] = max(self._longest[number], now - self._last[number])
            self._last[number] = now
            self._count[number] += 1

    def told(self) -> list[list[int]]:
        """For each flow as the module says; from here on anew."""
        now = time.monotonic()
        with self._lock:
            found = [
                [count, round(1_000 * longest), round(1_000 * (now - last))]
                for count, longest, last in zip(self._count, self._longest, self._last, strict=True)
            ]
            self._longest = [0.0] * len(found)
            self._count = [0] * len(found)
        return found


def main() -> None:
    """Send and answer until standard input ends."""
    asked = json.loads(sys.stdin.readline())
    flows = Flows(len(asked["flows"]))
    threading.Thread(target=_answer, args=(asked["here"],), daemon=True).start()
    threading.Thread(target=_send, args=(asked["flows"], flows), daemon=True).start()
    for _ in sys.stdin:
        sys.stdout.write(f"{json.dumps(flows.told())}\n")
        sys.stdout.flush()


def _answer(addresses: list[str]) -> None:
    """Each address has a socket of its own, so that the answer comes from where it was asked."""
    ears = selectors.DefaultSelector()
    for address in addresses:
        ear = socket.socket(type=socket.SOCK_DGRAM)
        ear.bind((address, PORT))
        ears.register(ear, selectors.EVENT_READ, ear)
    while True:
        for key, _ in ears.select():
            with suppress(OSError):  # nobody to be reached now
                key.data.sendto(*key.data.recvfrom(64))


def _send(wanted: list[tuple[str, str]], flows: Flows) -> None:
    ears = selectors.DefaultSelector()
    mouths = []
    for number, (source, destination) in enumerate(wanted):
        mouth = socket.socket(type=socket.SOCK_DGRAM)
        mouth.bind((source, 0))
        mouth.settimeout(0.0)
        ears.register(mouth, selectors.EVENT_READ, (number, mouth))
        mouths.append((mouth, destination))
    due = time.monotonic()
    while True:
        for mouth, destination in mouths:
            with suppress(OSError):
                mouth.sendto(b"?", (destination, PORT))
        due = max(due + PAUSE_SECONDS, time.monotonic())
        while (left := due - time.monotonic()) > 0:
            for key, _ in ears.select(left):
                number, mouth = key.data
                with suppress(OSError):  # the word that nobody is reached is no answer
                    mouth.recv(64)
                    flows.came(number)


if __name__ == "__main__":
    main()
