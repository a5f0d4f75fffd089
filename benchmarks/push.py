"""Send 60 configuration lines; every echo and every answer is checked."""

from __future__ import annotations

from contextlib import ExitStack

from appliance.model.change import Step
from appliance.session.ssh import open_ssh
from benchmarks.device import CREDENTIALS, device, netmiko_default
from benchmarks.runner import Timing, interleaved, table, timing_rows
from tests.session.server import Box
from vendors.cisco_ios.session import IOS

PEER = "netmiko"
LINES = [f"ip route 10.{n}.0.0 255.255.0.0 Tunnel1 name branch-{n}" for n in range(60)]
ERROR = r"% ?(?:Invalid|Incomplete|Ambiguous)"


def measure(rounds: int) -> dict[str, Timing]:
    """On connections that are open already, as a push finds them."""
    steps = [Step(text=line) for line in LINES]
    with ExitStack() as stack:
        target = stack.enter_context(device(Box()))
        theirs = stack.enter_context(netmiko_default(target))
        lock_step = stack.enter_context(open_ssh(target, CREDENTIALS, IOS))
        windowed = stack.enter_context(open_ssh(target, CREDENTIALS, IOS, window=20))
        return interleaved(
            {
                PEER: lambda: theirs.send_config_set(LINES, error_pattern=ERROR),
                "appliance, lock-step": lambda: lock_step.configure(steps),
                "appliance, 20 lines typed ahead": lambda: windowed.configure(steps),
            },
            rounds,
        )


def run() -> str:
    head = ("client", "wall ms", "CPU ms", "times faster")
    return (
        "# Push: 60 configuration lines, every echo and error marker checked\n\n"
        "Medians of 11, taken in turns, on open connections:\n\n"
        + table(head, timing_rows(measure(11), PEER))
    )
