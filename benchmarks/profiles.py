"""What becomes of the running configuration on a device that is busy, far, slow, or dies."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from netmiko.exceptions import NetmikoBaseException
from paramiko.ssh_exception import SSHException

from appliance.errors import SessionError
from appliance.session import Target
from benchmarks.device import device
from benchmarks.fetch import OURS, PEER, ours, theirs
from benchmarks.runner import table
from tests.session.server import Box, long_config

TRIES = 5
TEXT = {"show running-config": long_config(400)}
PROFILES = {
    "no delay": Box(answers=TEXT),
    "early echo: at once, the answer 100 ms later": Box(answers=TEXT, think=0.1),
    "late echo: echo and answer 100 ms late": Box(answers=TEXT, echo_delay=0.1),
    "slow: about 60 KB/s": Box(answers=TEXT, chunk=100),
    "cut: the connection dies in the middle": Box(answers=TEXT, cut="show running-config"),
}
EXPECTED = TEXT["show running-config"].replace("\r\n", "\n").strip()


def outcome(fetch: Callable[[Target], str], target: Target) -> str:
    """complete, empty, wrong, or the name of an error."""
    try:
        text = fetch(target).strip()
    except (SessionError, NetmikoBaseException, SSHException, OSError, EOFError):
        return "error"
    if text == EXPECTED:
        return "complete"
    return "wrong" if text else "empty"


def measure(name: str, tries: int = TRIES) -> dict[str, tuple[Counter[str], float]]:
    """For each client what it came to, how often, and the seconds for all tries."""
    found: dict[str, tuple[Counter[str], float]] = {}
    with device(PROFILES[name]) as target:
        for client, fetch in ((PEER, theirs), (OURS, ours)):
            start = time.perf_counter()
            counted = Counter(outcome(fetch, target) for _ in range(tries))
            found[client] = counted, time.perf_counter() - start
    return found


def run() -> str:
    rows = []
    for name in PROFILES:
        for client, (counted, seconds) in measure(name).items():
            kinds = [str(counted[kind]) for kind in ("complete", "error", "empty", "wrong")]
            rows.append([name, client, *kinds, f"{seconds:.2f}"])
    head = ("profile", "client", "complete", "error", "empty", "wrong", "seconds")
    return (
        f"# Profiles: {TRIES} fetches of 400 lines each\n\n"
        "`empty` and `wrong` are texts returned without an error.\n\n" + table(head, rows)
    )
