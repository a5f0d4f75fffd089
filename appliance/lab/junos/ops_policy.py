"""Operational commands about zones, policies and sessions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.rows import rows
from appliance.lab.junos.zones import Policy, policies, zone_of
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_FIRST_INDEX = 4


def _hits(cli: Cli, _given: Given) -> str:
    root = cli.device.network.root
    live = [row for row in rows(cli.device) if row.up and row.sent + row.received]

    def hits(policy: Policy) -> int:
        total = 0
        for row in live:
            zone = zone_of(root, row.link.interface)
            name = zone.name if zone is not None else ""
            total += row.sent // 100 if policy.target == name else 0
            total += row.received // 100 if policy.source == name else 0
        return total

    return screen("juniper_junos/hit_count", rows=list(policies(root)), hits=hits)


def _policies(cli: Cli, given: Given) -> str:
    root = cli.device.network.root
    known = list(policies(root))
    wanted = [
        rule
        for rule in known
        if given.options.get("from-zone", rule.source) == rule.source
        and given.options.get("to-zone", rule.target) == rule.target
        and given.options.get("policy-name", rule.name) == rule.name
    ]
    permits = root.has("security", "policies", "default-policy", "permit-all")
    pairs = groupby(wanted, key=lambda rule: (rule.source, rule.target))
    return screen(
        "juniper_junos/policies",
        default="permit-all" if permits else "deny-all",
        pairs=[(pair, list(rules)) for pair, rules in pairs],
        number={(r.source, r.target, r.name): n for n, r in enumerate(known, _FIRST_INDEX)},
    )


def _zones(cli: Cli, given: Given) -> str:
    lines: list[str] = []
    for zone in cli.device.network.root.all("security", "zones", "security-zone"):
        if given.first not in {"", zone.name}:
            continue
        held = zone.find("interfaces")
        names = [n.name for n in held.ordered()] if held is not None else []
        lines += [
            f"\nSecurity zone: {zone.name}",
            "  Send reset for non-SYN session TCP packets: Off",
            "  Policy configurable: Yes",
            f"  Interfaces bound: {len(names)}",
            "  Interfaces:",
            *(f"    {name}" for name in names),
        ]
    return "".join(f"{line}\n" for line in lines)


def _sessions(cli: Cli, _given: Given) -> str:
    lines: list[str] = []
    live = [row for row in rows(cli.device) if row.up]
    for at, row in enumerate(live, start=1):
        outside = cli.device.network.outside(row.link)
        lines += [
            f"Session ID: {at}, Policy name: N/A, Timeout: N/A, Valid",
            f"  In: {row.outcome.peer}/0 --> {row.link.local}/0;esp, Conn Tag: 0x0, "
            f"If: {outside}, Pkts: {row.received}, Bytes: {row.bytes_received}, ",
            "",
        ]
    lines.append(f"Total sessions: {len(live)}")
    return "".join(f"{line}\n" for line in lines)


POLICY = (
    command("show security policies hit-count", _hits, "from-zone= to-zone="),
    command("show security policies", _policies, "from-zone= to-zone= policy-name= detail"),
    command("show security zones", _zones, "detail terse", rest=1),
    command("show security flow session tunnel", _sessions),
)
