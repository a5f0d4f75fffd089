"""`show` commands about the configuration and the box itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.ios.clock import duration, stamp
from appliance.lab.ios.lists import number_of
from appliance.lab.ios.readback import section_lines
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli


def _running(cli: Cli, found: Match) -> str:
    text = cli.device.running(everything="all" in found.words or "full" in found.words)
    return cli.device.header(len(text)) + text + "\n"


def _running_interface(cli: Cli, found: Match) -> str:
    node = cli.device.config.interface(found.words[-1])
    if node is None:
        return "                                   ^\n% Invalid input detected at '^' marker.\n\n"
    lines = [*section_lines(cli.device.config, node), "end"]
    size = sum(len(line) + 1 for line in lines)
    head = f"Building configuration...\n\nCurrent configuration : {size} bytes\n!\n"
    return head + "\n".join(lines) + "\n\n"


def _startup(cli: Cli, _found: Match) -> str:
    text = cli.device.startup
    if not text:
        return "startup-config is not present\n"
    return f"Using {len(text)} out of 33554432 bytes\n!\n{text.rstrip()}\n\n"


def _version(cli: Cli, _found: Match) -> str:
    device = cli.device
    return screen(
        "cisco_ios/show_version",
        hostname=device.hostname,
        version=device.settings.version,
        platform=device.settings.platform,
        serial=device.settings.serial,
        uptime=duration(device.uptime),
        booted=stamp(device.booted_at),
        modern=device.config.modern,
    )


def _clock(cli: Cli, _found: Match) -> str:
    now = cli.device.clock.now()
    return f"*{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b} {now.day} {now.year}\n"


def _privilege(cli: Cli, _found: Match) -> str:
    return f"Current privilege level is {cli.privilege}\n"


def _users(cli: Cli, _found: Match) -> str:
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"* 2 vty 0     {cli.user:<10} idle                 00:00:00 127.0.0.1\n\n"
        "  Interface    User               Mode         Idle     Peer Address\n\n"
    )


def _inventory(cli: Cli, _found: Match) -> str:
    settings = cli.device.settings
    return (
        f'NAME: "Chassis", DESCR: "Cisco {settings.platform} Chassis"\n'
        f"PID: {settings.platform:<18}, VID: V00  , SN: {settings.serial}\n\n"
    )


def _logging(cli: Cli, _found: Match) -> str:
    lines = "\n".join(cli.device.logged)
    return f"Syslog logging: enabled\n\nLog Buffer (4096 bytes):\n\n{lines}\n"


def _lock(_cli: Cli, _found: Match) -> str:
    return (
        "Parser Configure Lock\n---------------------\n"
        "Owner PID         : -1\nUser              : unknown\nTTY               : -1\n"
        "Type              : NO LOCK\nState             : FREE\n"
    )


def _access_lists(cli: Cli, found: Match) -> str:
    wanted = found.words[-1] if found.words[-1] != "access-lists" else ""
    lists = [
        (node.words[2].capitalize(), node.words[3], list(node.children.values()))
        for node in cli.device.config.root.all("ip", "access-list")
        if not wanted or node.words[3] == wanted
    ]
    shown = [
        (kind, name, [" ".join(entry.words) for entry in sorted(lines, key=number_of)])
        for kind, name, lines in lists
    ]
    return screen("cisco_ios/show_access_lists", lists=shown)


SHOW: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_running": _running,
    "show_running_interface": _running_interface,
    "show_startup": _startup,
    "show_version": _version,
    "show_clock": _clock,
    "show_privilege": _privilege,
    "show_users": _users,
    "show_inventory": _inventory,
    "show_logging": _logging,
    "show_lock": _lock,
    "show_access_lists": _access_lists,
}
