"""Operational commands about the session itself and its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.configuring import enter
from appliance.lab.junos.database import EXCLUSIVE, PRIVATE, SHARED
from appliance.lab.junos.path import MISSING, SYNTAX, Refused, resolve
from appliance.lab.junos.showing import compared, earlier, shown, whole
from appliance.lab.junos.users import may_configure

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli


def _configure(cli: Cli, given: Given) -> str:
    device = cli.device
    if not may_configure(device.network.root.find("system"), cli.user):
        return "error: permission denied: configure\n"
    mode = next((m for m in (EXCLUSIVE, PRIVATE) if m in given), SHARED)
    clustered = device.settings.cluster and mode == SHARED
    said = enter(cli, PRIVATE if clustered else mode)
    return f"warning: Clustering enabled; using private edit\n{said}" if clustered else said


def _configuration(cli: Cli, given: Given) -> str:
    device = cli.device
    root = device.data.active
    try:
        steps = resolve(root.schema, given.rest, partial=True, release=device.release)
    except Refused as refused:
        raise Refused(refused.words, refused.at + 2) from None
    displays = given.displays
    compares = [words for words in displays if "compare".startswith(words[0])]
    if compares:
        words = tuple(word for step in steps for word in step.words)
        return compared(earlier(device.data, compares[0]), root, words)
    if steps or displays:
        return shown(root, steps, displays)
    last = device.data.history[0]
    return whole(root, f"{last.at:%Y-%m-%d %H:%M:%S} UTC by {last.user}")


def _exit(cli: Cli, _given: Given) -> str:
    return cli.leave()


def _shell(cli: Cli, _given: Given) -> str:
    cli.unix.append(True)
    return ""


def _set_cli(cli: Cli, given: Given) -> str:
    name, value = given.first, given.rest[-1].text
    known = [word for word in _SETTINGS if word.startswith(name)]
    if len(known) != 1 or len(given.rest) == 1:
        raise Refused(MISSING if len(known) == 1 else SYNTAX, 2 if len(known) != 1 else 3)
    name = known[0]
    if name in {"screen-length", "screen-width"}:
        return _screen(cli, name, value)
    cli.settings[name] = value
    if name == "complete-on-space":
        return f"{'Enabling' if value == 'on' else 'Disabling'} complete-on-space\n"
    if name == "timestamp":
        return (
            "CLI timestamp disabled\n" if value == "disable" else f"CLI timestamp set to: {value}\n"
        )
    if name == "idle-timeout":
        return (
            f"Idle timeout set to {value} minutes\n" if value != "0" else "Idle timeout disabled\n"
        )
    return f"{name} set to {value}\n"


def _screen(cli: Cli, name: str, value: str) -> str:
    if not value.isdecimal():
        raise Refused(f"invalid numeric value: '{value}'", 3)
    if name == "screen-length":
        cli.length = int(value)
        return f"Screen length set to {value}\n"
    if 0 < int(value) < _NARROWEST:
        raise Refused(f"error: Value {value} is not within range ({_NARROWEST}..1024)", 3)
    cli.width = int(value)
    return f"Screen width set to {value}\n"


def _show_cli(cli: Cli, _given: Given) -> str:
    kept = cli.settings
    return (
        f"CLI complete-on-space set to {kept['complete-on-space']}\n"
        f"CLI idle-timeout {kept['idle-timeout']}\n"
        "CLI restart-on-upgrade set to on\n"
        f"CLI screen-length set to {cli.length}\nCLI screen-width set to {cli.width}\n"
        "CLI terminal is 'vt100'\nCLI is operating in enhanced mode\n"
        "CLI timestamp disabled\nCLI working directory is '/cf/var/home/netops'\n"
    )


_SETTINGS = (
    "complete-on-space", "directory", "idle-timeout", "logical-system", "prompt",
    "restart-on-upgrade", "screen-length", "screen-width", "terminal", "timestamp",
)  # fmt: skip
_NARROWEST = 40
SESSION = (
    command("configure", _configure, "exclusive private dynamic"),
    command("edit", _configure, "exclusive private dynamic"),
    command("show configuration", _configuration, rest=-1),
    command("show cli", _show_cli),
    command("set cli", _set_cli, rest=2),
    command("start shell", _shell, "sh csh user="),
    command("exit", _exit),
    command("quit", _exit),
)
