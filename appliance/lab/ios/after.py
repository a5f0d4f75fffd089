"""A router that is given commands in memory."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.lab.ios.cli import Cli
from appliance.lab.ios.factory import ios_device

_NOTES = ("% NOTE:", "% A profile is deemed incomplete")


def after(running: str, lines: Sequence[str]) -> str:
    """Its configuration then. Raises ValueError naming the number of a refused line."""
    device = ios_device(startup=running)
    cli = Cli(device, privilege=15)
    cli.execute("configure terminal")
    for number, line in enumerate(lines, start=1):
        answer = [text.strip() for text in cli.execute(line).splitlines()]
        if any(text.startswith("%") and not text.startswith(_NOTES) for text in answer):
            raise ValueError(f"it refuses command {number}")
    cli.execute("end")
    return device.running()
