"""Exec commands about the session itself: enable, paging, configuration mode, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.asa.users import enables, lets_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.cisco.grammar import Match

_TRIES = 3
_STANDBY = (
    "**** WARNING ****\n"
    "\tConfiguration Replication is NOT performed from Standby unit to Active unit.\n"
    "\tConfigurations are no longer synchronized.\n"
)

_NOTICE = """
***************************** NOTICE *****************************

Help to improve the ASA platform by enabling anonymous reporting,
which allows Cisco to securely receive minimal error and health
information from the device. To learn more about this feature,
please visit: http://www.cisco.com/go/smartcall

Would you like to enable anonymous error reporting to help improve
"""


def _enable(cli: Cli, _found: Match) -> str:
    return "" if cli.enabled else _password(cli, 1)


def _password(cli: Cli, attempt: int) -> str:
    def answer(text: str) -> str:
        if enables(cli.device.config.root, text):
            cli.enabled = True
            return ""
        if attempt == _TRIES:
            return "Invalid password\nAccess denied.\n"
        return "Invalid password\n" + _password(cli, attempt + 1)

    return cli.ask("Password: ", answer, hidden=True)


def _login(cli: Cli, _found: Match) -> str:
    def named(user: str) -> str:
        return cli.ask("Password: ", lambda text: _logged_in(cli, user.strip(), text), hidden=True)

    return cli.ask("Username: ", named)


def _logged_in(cli: Cli, user: str, password: str) -> str:
    if not lets_in(cli.device.config.root, user, password):
        return "Login incorrect\n"
    cli.user = user
    cli.enabled = True
    return ""


def _disable(cli: Cli, _found: Match) -> str:
    cli.enabled = False
    cli.end()
    return ""


def _logout(cli: Cli, _found: Match) -> str:
    cli.closed = True
    return "\nLogoff\n\n"


def _pager(cli: Cli, found: Match) -> str:
    cli.page(int(found.words[-1]))
    return ""


def _no_pager(cli: Cli, _found: Match) -> str:
    cli.page(0)
    return ""


def _monitor(cli: Cli, found: Match) -> str:
    cli.monitor = "no" not in found.words
    return ""


def _configure(cli: Cli, _found: Match) -> str:
    cli.become()
    said = _STANDBY if cli.device.settings.failover == "standby" else ""
    root = cli.device.config.root
    asked = any("reporting" in node.words for node in root.children.values())
    return said if asked or cli.device.noticed else said + _reporting(cli)


def _reporting(cli: Cli) -> str:
    """A device that was never asked asks, once in every boot."""
    cli.device.noticed = True

    def answer(text: str) -> str:
        key = text.strip().lower()[:1]
        if key in {"y", "n"}:
            cli.device.configure(f"{'' if key == 'y' else 'no '}call-home reporting anonymous")
        elif key != "a":
            return cli.ask(question, answer) + "Please enter 'Y', 'N' or 'A'\n"
        return "\nIn the future, if you would like to enable this feature,\n" if key == "n" else ""

    question = "the product? [Y]es, [N]o, [A]sk later: "
    cli.ask(question, answer)
    return _NOTICE


def _configure_memory(cli: Cli, _found: Match) -> str:
    cli.device.merge(cli.device.startup)
    return ""


def _changeto(cli: Cli, found: Match) -> str:
    if cli.device.settings.mode != "multiple":
        return "ERROR: % Command not available in single mode\n"
    cli.context = "" if found.words[1] == "system" else found.words[2]
    return ""


def _curpriv(cli: Cli, _found: Match) -> str:
    level = 15 if cli.enabled else 1
    modes = ("P_PRIV" if cli.enabled else "P_UNPR") + (" P_CONF" if cli.configuring else "")
    return f"Username : {cli.user}\nCurrent privilege level : {level}\nCurrent Mode/s : {modes}\n"


def _quiet(_cli: Cli, _found: Match) -> str:
    return ""


SESSION: Mapping[str, Callable[[Cli, Match], str]] = {
    "enable": _enable,
    "login": _login,
    "disable": _disable,
    "logout": _logout,
    "pager": _pager,
    "no_pager": _no_pager,
    "monitor": _monitor,
    "configure": _configure,
    "configure_memory": _configure_memory,
    "changeto": _changeto,
    "show_curpriv": _curpriv,
    "quiet": _quiet,
}
