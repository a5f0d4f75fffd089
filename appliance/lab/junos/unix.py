"""The little of the UNIX shell that root sees before the CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli


def unix(cli: Cli, line: str) -> str:
    """Run one shell line."""
    word = line.split(maxsplit=1)[0] if line.split() else ""
    match word:
        case "":
            return ""
        case "cli":
            cli.unix.append(False)
            return ""
        case "exit" | "logout":
            return cli.leave()
        case "whoami":
            return f"{cli.user}\n"
        case "hostname":
            return f"{cli.device.hostname}\n"
        case "uname":
            return "FreeBSD\n" if len(line.split()) == 1 else f"JUNOS {cli.device.hostname}\n"
        case _:
            return f"{word}: Command not found.\n"
