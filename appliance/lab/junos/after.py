"""A firewall that is given commands in memory, and commits them."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.lab.junos.cli import Cli
from appliance.lab.junos.factory import junos_device

_REFUSED = ("error", "syntax", "unknown", "missing", "invalid", "terminal:")


def after(running: str, lines: Sequence[str]) -> str:
    """Its configuration then, as `set` commands. Raises ValueError when it does not take them."""
    device = junos_device(startup=running)
    cli = Cli(device, user="root")
    if lines:
        for line in ("configure exclusive", "load set terminal", *lines):
            _said(cli, line)
        if "error" in (cli.eof("") or ""):
            raise ValueError("it does not load the commands")
        for line in ("commit", "exit configuration-mode"):
            _said(cli, line)
    return _said(cli, "show configuration | display set")


def _said(cli: Cli, line: str) -> str:
    cli.length = 0
    answer = cli.execute(line)
    if any(text.strip().startswith(_REFUSED) for text in answer.splitlines()):
        raise ValueError(f"it refuses {line!r}" if line.startswith("commit") else "it refuses one")
    return answer
