"""The routing tables of a device as its screens list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.circuit import Learned
from appliance.lab.junos.routes import Route, addresses, connected, outgoing, table, unit_of
from appliance.lab.junos.speaker import Neighbor, neighbors
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import network

if TYPE_CHECKING:
    from appliance.lab.junos.device import SrxDevice

_BGP = 170


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a routing table."""

    network: IPv4Network
    kind: str
    preference: int
    text: str
    local_preference: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What a table is made from: `age` as Junos prints it, `asleep` tunnels without an SA."""

    root: Node
    instance: str
    asleep: frozenset[str]
    age: str


def asleep(device: SrxDevice) -> frozenset[str]:
    """The tunnel interfaces that are down because their tunnel is."""
    port = device.network.root.find("interfaces", "st0")
    own = {f"st0.{unit.name}" for unit in port.all("unit")} if port is not None else set()
    return frozenset(own - device.crypto.up())


def entries(device: SrxDevice, instance: str) -> list[Entry]:
    """The table of a routing instance (empty: the main one), in order, the best way first."""
    root = device.network.root
    sight = _Sight(
        root=root, instance=instance, asleep=asleep(device), age=_span(int(device.uptime))
    )
    found = list(_locals(sight))
    found += [entry for route in table(root, instance) if (entry := _entry(sight, route))]
    for one in neighbors(root, device.crypto.peers, device.crypto.up(), device.circuits):
        if one.up and one.instance == instance:
            found += [_learnt(sight, one, learned) for learned in one.learned]
    found.sort(key=lambda entry: (entry.network, entry.preference, -entry.local_preference))
    return found


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}d {clock}" if days else clock


def _locals(sight: _Sight) -> Iterator[Entry]:
    for route in connected(sight.root, sight.instance):
        unit = unit_of(sight.root, route.unit) if route.unit not in sight.asleep else None
        for address in addresses(unit) if unit is not None else []:
            if address.network == route.network and address.network.prefixlen < 32:  # noqa: PLR2004 -- a host is its own network
                yield Entry(
                    network=IPv4Network(address.ip),
                    kind="Local",
                    preference=0,
                    text=f"[Local/0] {sight.age}\n                       Local via {route.unit}",
                )


def _entry(sight: _Sight, route: Route) -> Entry | None:
    way = _way(sight, route)
    if not way:
        return None
    text = f"[{route.kind}/{route.preference}] {sight.age}\n                    {way}"
    return Entry(network=route.network, kind=route.kind, preference=route.preference, text=text)


def _way(sight: _Sight, route: Route) -> str:
    """Where the route leads, as Junos prints it; empty when it leads nowhere just now."""
    if route.table is not None:
        return f"   to table {f'{route.table}.' if route.table else ''}inet.0"
    if route.unit:
        up = route.unit not in sight.asleep and unit_of(sight.root, route.unit) is not None
        return f">  via {route.unit}" if up else ""
    if not route.hop[:1].isdigit():
        return f"   {route.hop.capitalize()}"
    unit = outgoing(sight.root, sight.instance, route.hop, sight.asleep)
    return f">  to {route.hop} via {unit}" if unit else ""


def _learnt(sight: _Sight, one: Neighbor, learned: Learned) -> Entry:
    preferred = learned.local_preference
    return Entry(
        network=network(learned.prefix),
        kind="BGP",
        preference=_BGP,
        local_preference=preferred,
        text=(
            f"[BGP/{_BGP}] {sight.age}, localpref {preferred}, from {one.address}\n"
            f"                      AS path: {one.asn} I, validation-state: unverified\n"
            f"                    >  via {one.interface}"
        ),
    )
