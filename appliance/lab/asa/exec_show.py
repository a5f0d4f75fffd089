"""`show` commands about the device itself: version, clock, failover, contexts, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.asa.clock import long_stamp, uptime
from appliance.lab.asa.readback import checksum
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.cisco.grammar import Match


def _version(cli: Cli, _found: Match) -> str:
    device = cli.device
    return screen(
        "cisco_asa/show_version",
        device=device,
        settings=device.settings,
        up=uptime(device.uptime),
        interfaces=[node.words[1] for node in device.config.interfaces()],
        modified=long_stamp(device.saved_at),
    )


def _checksum(cli: Cli, _found: Match) -> str:
    digest = checksum(cli.device.config)
    return f"Cryptochecksum: {' '.join(digest[at : at + 8] for at in range(0, 32, 8))} \n"


def _clock(cli: Cli, found: Match) -> str:
    detail = "Time source is NTP\n" if "detail" in found.words else ""
    return f"{long_stamp(cli.device.clock.now())}\n{detail}"


def _hostname(cli: Cli, found: Match) -> str:
    device = cli.device
    domain = device.config.root.value("domain-name") if "fqdn" in found.words else ""
    return f"{device.hostname}{'.' + domain if domain else ''}\n"


def _mode(cli: Cli, _found: Match) -> str:
    return f"Security context mode: {cli.device.settings.mode} \n"


def _context(cli: Cli, _found: Match) -> str:
    if cli.device.settings.mode != "multiple":
        return "ERROR: % Command not available in single mode\n"
    return screen("cisco_asa/show_context", context=cli.device.settings.context)


def _failover(cli: Cli, found: Match) -> str:
    state = cli.device.settings.failover
    if not state:
        return "Failover Off \nFailover unit Secondary\nFailover LAN Interface: not Configured\n"
    name = "show_failover_state" if "state" in found.words else "show_failover"
    return screen(f"cisco_asa/{name}", active=state == "active", device=cli.device,
                  moment=long_stamp(cli.device.booted_at))  # fmt: skip


def _logging(cli: Cli, _found: Match) -> str:
    held = "".join(f"{line}\n" for line in cli.device.logged)
    return f"Syslog logging: enabled\n    Buffer logging: level informational\n{held}"


def _access_list(cli: Cli, found: Match) -> str:
    wanted = found.words[2:3]
    shown = [
        (node.words[1], [one.text for one in node.children.values()])
        for node in cli.device.config.root.all("access-list")
        if node.mode == "list" and wanted in {(), (node.words[1],)}
    ]
    return screen("cisco_asa/show_access_list", lists=shown)


SHOW: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_version": _version,
    "show_checksum": _checksum,
    "show_clock": _clock,
    "show_hostname": _hostname,
    "show_mode": _mode,
    "show_context": _context,
    "show_failover": _failover,
    "show_logging": _logging,
    "show_access_list": _access_list,
}
