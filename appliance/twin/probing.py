"""Hosts of one side: all their addresses answer on one TCP port, and each may call another.

Runs by its path in a network namespace, with the standard library only. A line of standard input
is a list of [source, destination]; the line written for it says of each whether it was reached.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import threading
import time

PORT = 8_080
PATIENCE_SECONDS = 0.7


def main() -> None:
    """Answer until standard input ends."""
    hear = socket.create_server(("", PORT), backlog=128)
    threading.Thread(target=_serve, args=(hear,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_call(json.loads(line)))}\n")
        sys.stdout.flush()


def _serve(hear: socket.socket) -> None:
    while True:
        hear.accept()[0].close()


def _call(pairs: list[tuple[str, str]]) -> list[bool]:
    """A connection is proof of both directions: the answer came back."""
    waiting, reached = selectors.DefaultSelector(), [False] * len(pairs)
    for number, (source, destination) in enumerate(pairs):
        caller = socket.socket()
        caller.settimeout(0.0)
        caller.bind((source, 0))
        caller.connect_ex((destination, PORT))
        waiting.register(caller, selectors.EVENT_WRITE, (number, caller))
    end = time.monotonic() + PATIENCE_SECONDS
    while waiting.get_map() and (left := end - time.monotonic()) > 0:
        for key, _ in waiting.select(left):
            number, caller = key.data
            reached[number] = not caller.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            waiting.unregister(caller)
            caller.close()
    for key in list(waiting.get_map().values()):
        key.data[1].close()
    return reached


if __name__ == "__main__":
    main()
