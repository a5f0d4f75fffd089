"""Operational commands about BGP."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.release import number
from appliance.lab.junos.speaker import Neighbor, bfd_sessions, neighbors
from appliance.lab.junos.tables import entries
from appliance.lab.junos.zones import network
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_NEW_SUMMARY = (17, 1)


def _short_span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    if days:
        return f"{days}d {rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    if rest >= 3600:  # noqa: PLR2004 -- an hour
        return f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def _neighbors(cli: Cli) -> list[Neighbor]:
    device = cli.device
    return list(
        neighbors(device.network.root, device.crypto.peers, device.crypto.up(), device.circuits)
    )


def _summary(cli: Cli, _given: Given) -> str:
    rows = _neighbors(cli)
    if not rows:
        return "BGP is not running\n"
    return screen(
        "juniper_junos/bgp_summary",
        rows=rows,
        groups=len({(row.instance, row.group) for row in rows}),
        paths=sum(len(row.prefixes) for row in rows),
        age=int(cli.device.uptime),
        span=_short_span,
        modern=number(cli.device.settings.version) >= _NEW_SUMMARY,
    )


def _neighbor(cli: Cli, given: Given) -> str:
    rows = [row for row in _neighbors(cli) if given.first in {"", row.address}]
    if not rows:
        return "BGP is not running\n" if not given.first else ""
    return screen(
        "juniper_junos/bgp_neighbor",
        rows=rows,
        advertised=lambda row: sum(1 for name in row.export for _ in _sent(cli, name)),
    )


def _sent(cli: Cli, name: str) -> Iterator[IPv4Network]:
    """The prefixes that an export policy lets out: those of its filters that are in the table."""
    root = cli.device.network.root
    policy = root.find("policy-options", "policy-statement", name)
    if policy is None:
        return
    known = {entry.network for entry in entries(cli.device, "")}
    for term in (policy, *policy.all("term")):
        if term.has("then", "accept"):
            for node in term.all("from", "route-filter"):
                if network(node.words[1]) in known:
                    yield network(node.words[1])


def _advertised(cli: Cli, given: Given) -> str:
    found = next((row for row in _neighbors(cli) if row.address == given.first), None)
    if found is None or not found.up:
        return ""
    sent = sorted({net for name in found.export for net in _sent(cli, name)})
    lines = [f"\ninet.0: {len(sent)} destinations, {len(sent)} routes"] if sent else []
    lines += ["  Prefix\t\t  Nexthop\t       MED     Lclpref    AS path"] if sent else []
    lines += [f"* {net!s:<23} Self                                    I" for net in sent]
    return "".join(f"{line}\n" for line in lines)


def _received(cli: Cli, given: Given) -> str:
    found = next((row for row in _neighbors(cli) if row.address == given.first), None)
    if found is None or not found.prefixes:
        return ""
    lines = [
        f"\ninet.0: {len(found.prefixes)} destinations, {len(found.prefixes)} routes",
        "  Prefix\t\t  Nexthop\t       MED     Lclpref    AS path",
    ]
    lines += [f"* {text:<23} {found.address:<39} {found.asn} I" for text in found.prefixes]
    return "".join(f"{line}\n" for line in lines)


def _clear(cli: Cli, given: Given) -> str:
    known = [row for row in _neighbors(cli) if given.first in {"", row.address}]
    return f"Cleared {len(known)} connections\n"


def _bfd(cli: Cli, _given: Given) -> str:
    device = cli.device
    found = list(bfd_sessions(device.network.root, _neighbors(cli), device.circuits))
    lines = [
        "                                                  Detect   Transmit",
        "Address                  State     Interface      Time     Interval  Multiplier",
    ]
    lines += [
        f"{where:<24} {'Up' if up else 'Down':<9} {unit:<14} {'0.900' if up else '0.000':<9}"
        "0.300        3   "
        for where, up, unit in found
    ]
    lines += ["", f"{len(found)} sessions, {len(found)} clients"]
    return "".join(f"{line}\n" for line in lines)


BGP = (
    command("clear bgp neighbor", _clear, "soft soft-inbound all", rest=1),
    command("show route advertising-protocol bgp", _advertised, rest=1),
    command("show route receive-protocol bgp", _received, rest=1),
    command("show bfd session", _bfd, "detail extensive brief"),
    command("show bgp summary", _summary, "instance="),
    command("show bgp neighbor", _neighbor, rest=1),
)
