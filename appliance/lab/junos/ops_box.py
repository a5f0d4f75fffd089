"""Operational commands about the box: version, hardware, users, commits, reboot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli


def _nodes(cli: Cli, text: str) -> str:
    """A cluster prints what it has to say for each node."""
    if not cli.device.settings.cluster:
        return text
    line = "-" * 74
    return f"node0:\n{line}\n{text}\nnode1:\n{line}\n{text}"


def _version(cli: Cli, given: Given) -> str:
    device = cli.device
    made = device.settings
    text = (
        f"Hostname: {device.hostname}\nModel: {made.model}\nJunos: {made.version}\n"
        f"JUNOS Software Release [{made.version}]\n"
    )
    return _nodes(cli, text)


BOX = (command("show version", _version, "brief detail"),)
