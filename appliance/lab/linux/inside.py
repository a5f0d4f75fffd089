"""The first process inside the sandbox: runs commands it is told, and a server for each caller.

It is started by its path from whatever Python runs the lab and needs the standard library only.
Standard input brings requests, one JSON object a line, standard output takes the answers:

    {"run": command, "text": its standard input} -> {"status": 0, "out": "...", "err": "..."}
    {"serve": [program, ...]}                    -> the same, empty; the program then gets each
                                                    connection to the socket argv[1] as its own

The end of standard input ends the process, and with the first process ends everything inside.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading

PATIENCE_SECONDS = 120


def main(hear: socket.socket) -> None:
    """Adopt and bury what loses its parent, as a first process must, while a child works."""
    worker = os.fork()
    if worker:
        sys.stdin.close()
        while os.waitpid(-1, 0)[0] != worker:
            pass
        os._exit(0)
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_answer(json.loads(line), hear))}\n")
        sys.stdout.flush()


def _answer(request: dict[str, object], hear: socket.socket) -> dict[str, object]:
    serve = request.get("serve")
    if isinstance(serve, list):
        words = [str(word) for word in serve]
        threading.Thread(target=_serve, args=(hear, words), daemon=True).start()
        return {"status": 0, "out": "", "err": ""}
    return _run(str(request["run"]), str(request["text"]))


def _run(command: str, text: str) -> dict[str, object]:
    try:
        done = subprocess.run(  # noqa: S603 -- the lab's own commands
            ["/bin/bash", "-c", command],
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return {"status": 124, "out": "", "err": f"no end within {PATIENCE_SECONDS} seconds"}
    out, err = (words.decode("utf-8", "replace") for words in (done.stdout, done.stderr))
    return {"status": done.returncode, "out": out, "err": err}


def _serve(hear: socket.socket, program: list[str]) -> None:
    while True:
        connection, _ = hear.accept()
        threading.Thread(target=_one, args=(connection, program), daemon=True).start()


def _one(connection: socket.socket, program: list[str]) -> None:
    with connection:
        started = subprocess.Popen(  # noqa: S603 -- the lab's own words
            program,
            stdin=connection.fileno(),
            stdout=connection.fileno(),
            stderr=subprocess.DEVNULL,
        )
    started.wait()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
