"""Connect, read the running configuration, close."""

from __future__ import annotations

from appliance.session import Target
from appliance.session.ssh import open_ssh
from benchmarks.device import CREDENTIALS, device, netmiko_default
from benchmarks.runner import Timing, interleaved, table, timing_rows
from tests.session.server import Box, long_config
from vendors.cisco_ios.session import IOS, read

PEER = "netmiko"
OURS = "appliance"


def theirs(target: Target) -> str:
    with netmiko_default(target) as connection:
        return str(connection.send_command("show running-config"))


def ours(target: Target) -> str:
    with open_ssh(target, CREDENTIALS, IOS) as session:
        return read(session)


def measure(lines: int, rounds: int) -> dict[str, Timing]:
    """Raises ValueError unless both read the same bytes."""
    with device(Box(answers={"show running-config": long_config(lines)})) as target:
        if theirs(target) != ours(target):
            raise ValueError("the two engines do not read the same bytes")
        return interleaved({PEER: lambda: theirs(target), OURS: lambda: ours(target)}, rounds)


def run() -> str:
    text = "# Fetch: connect, read the running configuration, close\n\nSame bytes out of both.\n"
    for lines in (400, 5000):
        rows = timing_rows(measure(lines, 11), PEER)
        head = ("client", "wall ms", "CPU ms", "times faster")
        text += f"\n{lines:,} lines, medians of 11, taken in turns:\n\n{table(head, rows)}"
    return text
