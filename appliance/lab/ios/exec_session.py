"""Exec commands about the session itself: enable, terminal settings, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.ios.users import enables, has_enable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli

_TRIES = 3
_ENABLED = 15


def _enable(cli: Cli, _found: Match) -> str:
    if cli.privilege == _ENABLED:
        return ""
    if not has_enable(cli.device.config.root):
        return "% Error in authentication.\n\n"
    return _password(cli, 1)


def _password(cli: Cli, attempt: int) -> str:
    def answer(text: str) -> str:
        if enables(cli.device.config.root, text):
            cli.privilege = _ENABLED
            return ""
        if attempt == _TRIES:
            return "% Bad secrets\n\n"
        return _password(cli, attempt + 1)

    return cli.ask("Password: ", answer, hidden=True)


def _disable(cli: Cli, _found: Match) -> str:
    cli.privilege = 1
    return ""


def _logout(cli: Cli, _found: Match) -> str:
    cli.closed = True
    return ""


def _length(cli: Cli, found: Match) -> str:
    cli.length = int(found.words[-1])
    return ""


def _width(cli: Cli, found: Match) -> str:
    cli.width = int(found.words[-1])
    return ""


def _monitor(cli: Cli, found: Match) -> str:
    cli.monitor = "no" not in found.words
    return ""


def _quiet(_cli: Cli, _found: Match) -> str:
    return ""


def _confirmed(cli: Cli, _found: Match) -> str:
    return cli.ask("Clear [confirm]", lambda _key: "", single=True)


SESSION: Mapping[str, Callable[[Cli, Match], str]] = {
    "enable": _enable,
    "disable": _disable,
    "logout": _logout,
    "terminal_length": _length,
    "terminal_width": _width,
    "monitor": _monitor,
    "quiet": _quiet,
    "quiet_confirm": _confirmed,
}
