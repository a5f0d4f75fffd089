"""A firewall that is given commands in memory."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.lab.asa.cli import Cli
from appliance.lab.asa.factory import asa_device


def after(running: str, lines: Sequence[str]) -> str:
    """Its configuration then. Raises ValueError naming the number of a refused line."""
    device = asa_device(startup=running)
    cli = Cli(device)
    cli.become()
    for number, line in enumerate(lines, start=1):
        if any(text.lstrip().startswith("ERROR") for text in cli.execute(line).splitlines()):
            raise ValueError(f"it refuses command {number}")
    return device.running()
