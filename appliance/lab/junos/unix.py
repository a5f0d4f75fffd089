"""The little of the UNIX shell that root sees before the CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli


def unix(cli: Cli, line: str) -> str:
    """Run one shell line."""
    words = line.split()
    match words[:1]:
        case []:
            return ""
        case ["cli"]:
            cli.unix.append(False)
            return ""
        case ["exit" | "logout"]:
            return cli.leave()
        case _:
            return _answers(cli).get(words[0], f"{words[0]}: Command not found.") + "\n"


def _answers(cli: Cli) -> dict[str, str]:
    return {"whoami": cli.user, "hostname": cli.device.hostname, "uname": "FreeBSD"}
