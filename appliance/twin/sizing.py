"""Full-sized packets from one host to another: which sizes get through, and whether TCP flows.

Runs by its path in a network namespace, with the standard library only. `serve ADDRESS` answers
until standard input ends; `try SOURCE DESTINATION` writes `[largest packet, TCP flows]` for each
line that it reads: the seconds until TCP that does not end has stalled.
Sizes are those of whole IP packets, with DF set, so that nobody on the way may cut them.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import threading
import time

PORT = 8_082
_HEADERS = 28
"""Of IP and UDP."""
_SIZES = range(1_200, 1_501, 2)
_QUIET_SECONDS = 0.15
_BYTES = 30_000
# linux/in.h: DF is set, and what the kernel has learnt of the path is not asked.
_IP_MTU_DISCOVER, _PROBE = 10, 3


def main() -> None:
    """As the module says."""
    what, address, *rest = sys.argv[1:]
    if what == "serve":
        _serve(address)
    else:
        for line in sys.stdin:
            flows = _flows(address, rest[0], float(line))
            sys.stdout.write(f"{json.dumps([_largest(address, rest[0]), flows])}\n")
            sys.stdout.flush()


def _serve(address: str) -> None:
    ear = socket.socket(type=socket.SOCK_DGRAM)
    ear.bind((address, PORT))
    threading.Thread(target=_tell_sizes, args=(ear,), daemon=True).start()
    hear = socket.create_server((address, PORT))
    threading.Thread(target=_take, args=(hear,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


def _tell_sizes(ear: socket.socket) -> None:
    while True:
        got, whom = ear.recvfrom(2_000)
        ear.sendto(str(len(got) + _HEADERS).encode(), whom)


def _take(hear: socket.socket) -> None:
    """One word for all of it: so the caller knows that the last byte has arrived."""
    while True:
        line = hear.accept()[0]
        threading.Thread(target=_count, args=(line,), daemon=True).start()


def _count(line: socket.socket) -> None:
    left = _BYTES
    while left > 0 and (got := line.recv(65_536)):
        left -= len(got)
    line.sendall(b"all")
    line.close()


def _largest(source: str, destination: str) -> int:
    """All sizes at once; 0 where none arrives."""
    mouth = socket.socket(type=socket.SOCK_DGRAM)
    mouth.bind((source, 0))
    mouth.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PROBE)
    for size in _SIZES:
        try:
            mouth.sendto(bytes(size - _HEADERS), (destination, PORT))
        except OSError:  # the word that one before was too large
            continue
        time.sleep(0.0005)
    arrived, ears = 0, selectors.DefaultSelector()
    ears.register(mouth, selectors.EVENT_READ)
    while ears.select(_QUIET_SECONDS):
        try:
            arrived = max(arrived, int(mouth.recv(64)))
        except OSError:
            continue
    return arrived


def _flows(source: str, destination: str, patience: float) -> bool:
    """Whether the last byte arrives: full segments are sent as large as both ends believe."""
    line = socket.socket()
    line.settimeout(patience)
    line.bind((source, 0))
    try:
        line.connect((destination, PORT))
        line.sendall(bytes(_BYTES))
        return line.recv(3) == b"all"
    except OSError:
        return False
    finally:
        line.close()


if __name__ == "__main__":
    main()
