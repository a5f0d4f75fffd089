"""Operational commands about interfaces, routes, BGP and policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.path import SYNTAX, Refused
from appliance.lab.junos.release import number
from appliance.lab.junos.routes import (
    Route,
    addresses,
    connected,
    outgoing,
    table,
    unit_of,
    units,
)
from appliance.lab.junos.rows import rows
from appliance.lab.junos.speaker import Neighbor, neighbors
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import Policy, network, policies, zone_of
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_BGP = 170
_NEW_SUMMARY = (17, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a routing table."""

    network: IPv4Network
    kind: str
    preference: int
    text: str


def _age(cli: Cli) -> int:
    return int(cli.device.uptime)


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}d {clock}" if days else clock


def _short_span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    if days:
        return f"{days}d {rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    if rest >= 3600:  # noqa: PLR2004 -- an hour
        return f"{rest // 3600}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{rest // 60}:{rest % 60:02}"


def _down(cli: Cli) -> frozenset[str]:
    root = cli.device.network.root
    port = root.find("interfaces", "st0")
    own = {f"st0.{unit.name}" for unit in port.all("unit")} if port is not None else set()
    return frozenset(own - cli.device.crypto.up())


def _terse(cli: Cli, given: Given) -> str:
    root = cli.device.network.root
    wanted, down = given.first, _down(cli)
    ports = root.find("interfaces")
    lines = ["Interface               Admin Link Proto    Local                 Remote"]
    for port in ports.ordered() if ports is not None else ():
        if wanted in {"", port.name}:
            lines.append(
                _terse_line(port.name, off=port.has("disable"), up=not port.has("disable"))
            )
        for unit in (child for child in port.ordered() if child.words[0] == "unit"):
            name = f"{port.name}.{unit.name}"
            if wanted in {"", port.name, name}:
                off = port.has("disable") or unit.has("disable")
                head = _terse_line(name, off=off, up=not off and name not in down)
                lines += _protocols(head, unit)
    if len(lines) == 1:
        return f"error: device {wanted} not found\n" if wanted else ""
    return "".join(f"{line}\n" for line in lines)


def _terse_line(name: str, *, off: bool, up: bool) -> str:
    return f"{name:<23} {'down' if off else 'up':<5} {'up' if up else 'down'}"


def _protocols(head: str, unit: Node) -> Iterator[str]:
    families = unit.find("family")
    first = True
    for family in families.ordered() if families is not None else ():
        listed = [node.name for node in family.all("address")] or [""]
        for at, address in enumerate(listed):
            proto = family.name if not at else ""
            start = f"{head:<34}" if first else " " * 34
            yield f"{start} {proto:<8} {address:<21}".rstrip()
            first = False
    if first:
        yield head


def _entries(cli: Cli, instance: str) -> list[Entry]:
    root, down = cli.device.network.root, _down(cli)
    age = _span(_age(cli))
    found = list(_locals(cli, instance))
    for route in table(root, instance):
        entry = _entry(root, instance, route, down, age)
        if entry is not None:
            found.append(entry)
    for one in neighbors(root, cli.device.crypto.peers, cli.device.crypto.up()):
        if one.up and one.instance == instance:
            found += [_learnt(one, text, age) for text in one.prefixes]
    found.sort(key=lambda entry: (entry.network, entry.preference))
    return found


def _locals(cli: Cli, instance: str) -> Iterator[Entry]:
    root, age = cli.device.network.root, _span(_age(cli))
    down = _down(cli)
    for route in connected(root, instance):
        unit = unit_of(root, route.unit) if route.unit not in down else None
        for address in addresses(unit) if unit is not None else []:
            if address.network == route.network:
                yield Entry(
                    network=IPv4Network(address.ip),
                    kind="Local",
                    preference=0,
                    text=f"[Local/0] {age}\n                       Local via {route.unit}",
                )


def _entry(root: Node, instance: str, route: Route, down: frozenset[str], age: str) -> Entry | None:
    head = f"[{route.kind}/{route.preference}] {age}"
    if route.table is not None:
        way = f"to table {route.table or 'inet'}.inet.0" if route.table else "to table inet.0"
        text = f"{head}\n                       {way}"
    elif route.unit:
        if route.unit in down or unit_of(root, route.unit) is None:
            return None
        text = f"{head}\n                    >  via {route.unit}"
    elif not route.hop[:1].isdigit():
        text = f"{head}\n                       {route.hop.capitalize()}"
    else:
        unit = outgoing(root, instance, route.hop, down)
        if not unit:
            return None
        text = f"{head}\n                    >  to {route.hop} via {unit}"
    return Entry(network=route.network, kind=route.kind, preference=route.preference, text=text)


def _learnt(one: Neighbor, text: str, age: str) -> Entry:
    return Entry(
        network=network(text),
        kind="BGP",
        preference=_BGP,
        text=(
            f"[BGP/{_BGP}] {age}, localpref 100, from {one.address}\n"
            f"                      AS path: {one.asn} I, validation-state: unverified\n"
            f"                    >  via {one.interface}"
        ),
    )


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
    entries = _entries(cli, instance)
    nets = {entry.network for entry in entries}
    chosen = _asked(entries, given)
    if not chosen:
        return ""
    lines = [
        f"\n{_name(instance)}: {len(nets)} destinations, {len(entries)} routes "
        f"({len(entries)} active, 0 holddown, 0 hidden)",
        "+ = Active Route, - = Last Active, * = Both\n",
    ]
    before: IPv4Network | None = None
    for entry in chosen:
        same = entry.network == before
        name = "" if same else str(entry.network)
        lines.append(f"{name:<18} {' ' if same else '*'}{entry.text}")
        before = entry.network
    return "".join(f"{line}\n" for line in lines)


def _asked(entries: list[Entry], given: Given) -> list[Entry]:
    kind = given.options.get("protocol", "")
    entries = [entry for entry in entries if kind in {"", entry.kind.lower()}]
    if not given.first:
        return entries
    try:
        if "/" in given.first and "exact" not in given:
            wanted = network(given.first)
            return [entry for entry in entries if entry.network.subnet_of(wanted)]
        if "/" in given.first:
            return [entry for entry in entries if entry.network == network(given.first)]
        host = IPv4Address(given.first)
    except ValueError:
        raise Refused(SYNTAX, 2) from None
    fitting = [entry for entry in entries if host in entry.network]
    longest = max((entry.network.prefixlen for entry in fitting), default=0)
    return [entry for entry in fitting if entry.network.prefixlen == longest]


def _neighbors(cli: Cli) -> list[Neighbor]:
    device = cli.device
    return list(neighbors(device.network.root, device.crypto.peers, device.crypto.up()))


def _summary(cli: Cli, _given: Given) -> str:
    rows = _neighbors(cli)
    if not rows:
        return "BGP is not running\n"
    return screen(
        "juniper_junos/bgp_summary",
        rows=rows,
        groups=len({(row.instance, row.group) for row in rows}),
        paths=sum(len(row.prefixes) for row in rows),
        age=_age(cli),
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
    known = {entry.network for entry in _entries(cli, "")}
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


def _hits(cli: Cli, _given: Given) -> str:
    root = cli.device.network.root
    live = [row for row in rows(cli.device) if row.up and row.sent]

    def hits(policy: Policy) -> int:
        total = 0
        for row in live:
            zone = zone_of(root, row.link.interface)
            name = zone.name if zone is not None else ""
            total += row.sent // 100 if policy.target == name else 0
            total += row.received // 100 if policy.source == name else 0
        return total

    return screen("juniper_junos/hit_count", rows=list(policies(root)), hits=hits)


def _zones(cli: Cli, given: Given) -> str:
    root = cli.device.network.root
    lines: list[str] = []
    for zone in root.all("security", "zones", "security-zone"):
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


def _ping(cli: Cli, given: Given) -> str:
    try:
        target = IPv4Address(given.first)
    except ValueError:
        return f"ping: cannot resolve {given.first}: Host name lookup failure\n"
    root = cli.device.network.root
    way = outgoing(root, given.options.get("routing-instance", ""), str(target), _down(cli))
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


NETWORK = (
    command("show interfaces terse", _terse, rest=1),
    command("show route", _route, "exact detail terse table= protocol=", rest=1),
    command("show route advertising-protocol bgp", _advertised, rest=1),
    command("show route receive-protocol bgp", _received, rest=1),
    command("show bgp summary", _summary, "instance="),
    command("show bgp neighbor", _neighbor, rest=1),
    command("show security policies hit-count", _hits, "from-zone= to-zone="),
    command("show security zones", _zones, "detail terse", rest=1),
    command("ping", _ping, "rapid count= source= routing-instance= interface= size=", rest=1),
)
