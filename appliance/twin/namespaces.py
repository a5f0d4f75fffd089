"""The sandbox from outside: namespaces that play one scenario and die with whoever asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

from appliance.errors import ApplianceError
from appliance.machine import EXTRACTED, SYSTEM_PATH
from appliance.twin.needs import way
from appliance.twin.scenario import Json, Outcome, Scenario, read_outcome

PATIENCE_SECONDS = 90.0
# The modules of this very process, whatever folder it runs in; -I lets no other ones in.
_START = "import sys; sys.path[:] = sys.argv[1:]; from appliance.twin.inside import main; main()"


def play(scenario: Scenario) -> Outcome:
    """What happened to one tunnel tried by itself. Raises as `ask` does."""
    return read_outcome(ask("appliance.twin.alone", scenario.document()))


def ask(player: str, scenario: Mapping[str, object]) -> Json:
    """What `played` of that module makes of a scenario, in a sandbox of its own.

    Raises `ApplianceError` when the sandbox fails: that says nothing of the site.

    The key goes through a pipe only, into a process that holds it in memory. That pipe is also the
    lifeline: the kernel closes it when this process dies, however it dies, and then everything in
    the sandbox ends. Nothing is made outside of the sandbox.
    """
    path = [folder or os.getcwd() for folder in sys.path]  # noqa: PTH109 -- text for another process
    process = subprocess.Popen(  # noqa: S603 -- our own words
        [*way(), sys.executable, "-I", "-c", _START, *path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Nothing else of ours: keys come from variables, too.
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C", "APPLIANCE_TWIN_PACKAGES": EXTRACTED},
        start_new_session=True,  # Ctrl-C is for us; the sandbox ends when we do
    )
    try:
        return _outcome(process, json.dumps({"player": player, "scenario": scenario}))
    finally:
        process.kill()  # --kill-child: the first process inside goes with it, and then all others
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with suppress(OSError):
                pipe and pipe.close()


def _outcome(process: subprocess.Popen[bytes], line: str) -> Json:
    answer, words = _asked(process, f"{line}\n".encode())
    if not answer:
        told = words.decode("utf-8", "replace").strip().splitlines()
        raise ApplianceError(
            f"the rehearsal ended without an answer: {told[-1] if told else 'it says nothing'}",
            hint="this says nothing of the site; try again",
        )
    try:
        document = json.loads(answer)
    except ValueError:  # killed in the middle of it: its time was over
        raise ApplianceError(
            "the rehearsal was broken off in the middle of its answer",
            hint="this says nothing of the site; try again",
        ) from None
    if "fault" in document:
        raise ApplianceError(
            f"the rehearsal failed: {document['fault']['words']}",
            hint="this says nothing of the site",
        )
    return document["outcome"]


def _asked(process: subprocess.Popen[bytes], line: bytes) -> tuple[bytes, bytes]:
    """Answer and complaints. The pipe stays open while we wait: its end would end the sandbox."""
    to, back, words = process.stdin, process.stdout, process.stderr
    if to is None or back is None or words is None:
        return b"", b""
    alarm = threading.Timer(PATIENCE_SECONDS, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        with suppress(BrokenPipeError):
            to.write(line)
            to.flush()
        answer = back.read()
        return answer, b"" if answer else words.read()
    finally:
        alarm.cancel()
