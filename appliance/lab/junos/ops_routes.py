"""Operational commands about routes, and ping."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.path import SYNTAX, Refused
from appliance.lab.junos.routes import addresses, outgoing, units
from appliance.lab.junos.tables import Entry, asleep, entries
from appliance.lab.junos.zones import network

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli


def _route(cli: Cli, given: Given) -> str:
    above = cli.device.network.root.find("routing-instances")
    instances = ["", *(n.name for n in (above.children.values() if above is not None else ()))]
    named = given.options.get("table", "")
    shown = [
        _table(cli, given, instance)
        for instance in instances
        if named in {"", _name(instance), instance or "inet.0"}
    ]
    return "".join(shown)


def _name(instance: str) -> str:
    return f"{instance}.inet.0" if instance else "inet.0"


def _table(cli: Cli, given: Given, instance: str) -> str:
    found = entries(cli.device, instance)
    nets = {entry.network for entry in found}
    chosen = _asked(found, given)
    if not chosen:
        return ""
    lines = [
        f"\n{_name(instance)}: {len(nets)} destinations, {len(found)} routes "
        f"({len(nets)} active, 0 holddown, 0 hidden)",
        "+ = Active Route, - = Last Active, * = Both\n",
    ]
    before: IPv4Network | None = None
    for entry in chosen:
        same = entry.network == before
        name = "" if same else str(entry.network)
        lines.append(f"{name:<18} {' ' if same else '*'}{entry.text}")
        before = entry.network
    return "".join(f"{line}\n" for line in lines)


def _asked(known: list[Entry], given: Given) -> list[Entry]:
    kind = given.options.get("protocol", "")
    known = [entry for entry in known if kind in {"", entry.kind.lower()}]
    if not given.first:
        return known
    try:
        if "/" in given.first:
            wanted = network(given.first)
            same = "exact" in given
            return [
                entry
                for entry in known
                if entry.network == wanted or (not same and entry.network.subnet_of(wanted))
            ]
        host = IPv4Address(given.first)
    except ValueError:
        raise Refused(SYNTAX, 2) from None
    fitting = [entry for entry in known if host in entry.network]
    longest = max((entry.network.prefixlen for entry in fitting), default=0)
    return [entry for entry in fitting if entry.network.prefixlen == longest]


def _ping(cli: Cli, given: Given) -> str:
    try:
        target = IPv4Address(given.first)
    except ValueError:
        return f"ping: cannot resolve {given.first}: Host name lookup failure\n"
    root = cli.device.network.root
    way = outgoing(root, given.options.get("routing-instance", ""), str(target), asleep(cli.device))
    count = int(given.options.get("count", "5"))
    head = f"PING {target} ({target}): 56 data bytes\n"
    if not way:
        return head + "ping: sendto: No route to host\n" * count + _lost(target, count, 0)
    near = any(str(own.ip) == str(target) for _, _, unit in units(root) for own in addresses(unit))
    crypto = cli.device.crypto
    answers = near or (way in crypto.up() and crypto.traffic.back) or not way.startswith("st0.")
    replies = "".join(
        f"64 bytes from {target}: icmp_seq={n} ttl=64 time=12.{n}31 ms\n" for n in range(count)
    )
    return head + (replies if answers else "") + _lost(target, count, count if answers else 0)


def _lost(target: IPv4Address, count: int, back: int) -> str:
    share = 100 * (count - back) // count if count else 0
    return (
        f"\n--- {target} ping statistics ---\n{count} packets transmitted, "
        f"{back} packets received, {share}% packet loss\n"
    )


ROUTES = (
    command("show route", _route, "exact detail terse table= protocol=", rest=1),
    command("ping", _ping, "rapid count= source= routing-instance= interface= size= wait=", rest=1),
)
