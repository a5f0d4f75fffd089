"""The network of a site with a circuit: its lines, Microsoft's routers; inside the sandbox.

    device hosts -- device -- (wire, tunnel) -- azure -- azure hosts
                       +-- er1: Microsoft's router --+
                       +-- er2: Microsoft's router --+

The gateways stand as where nothing but a tunnel is tried; the lines join them. What leaves either
of them is counted by pair and interface: so it shows which way each direction takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from appliance.twin import network
from appliance.twin.circuit.crossing import VPN, Crossing, Line
from appliance.twin.network import AZURE, DEVICE, TUN
from appliance.twin.plumbing import inside, namespace, nft, run, wire

STRANGER = "198.19.0.10"
"""Nobody's address (RFC 2544): stands for the Internet."""
_MIDDLE = "customer"
_PATHS, _CUT = "paths", "cut"
_LAST = "4000"
"""Metric of the device's own default route: nothing is known of it, so anything learnt is tried."""


def build(crossing: Crossing) -> None:
    """All namespaces, links, addresses and counters; no daemon and no route of theirs."""
    network.build(crossing.tunnel)
    run("ip", "-n", DEVICE, "route", "del", "default")
    run("ip", "-n", DEVICE, "route", "add", "default", "dev", "wan", "metric", _LAST)
    for name, addresses in ((DEVICE, crossing.here), (AZURE, crossing.there)):
        for address in addresses:
            run("ip", "-n", name, "addr", "replace", f"{address}/32", "dev", "lo")
    for line in crossing.lines:
        _line(line)
    for address, over in crossing.apart:
        way = ("dev", "wan") if over is None else ("dev", over)
        run("ip", "-n", DEVICE, "route", "replace", f"{address}/32", *way)
    pairs = [(one.local_host, one.remote_host) for one in crossing.tunnel.probes]
    names = [line.name for line in crossing.lines]
    gateway = crossing.tunnel.azure.address
    nft(DEVICE, [*_counted(pairs, names), *_astray(gateway, names)], table=_PATHS)
    nft(AZURE, [*_counted([pair[::-1] for pair in pairs], names)], table=_PATHS)


def _line(line: Line) -> None:
    namespace(line.name)
    wire((DEVICE, line.name), (line.name, _MIDDLE))
    wire((AZURE, line.name), (line.name, "vnet"))
    run("ip", "-n", line.name, "addr", "add", line.microsoft, "dev", _MIDDLE)
    for name, interface, address in (
        (AZURE, line.name, line.vnet[0]),
        (line.name, "vnet", line.vnet[1]),
    ):
        run("ip", "-n", name, "addr", "add", f"{address}/30", "dev", interface)
    routes = [f"route add {prefix} via {line.vnet[0]}\n" for prefix in line.speaker.networks]
    run("ip", "-n", line.name, "-batch", "-", text="".join(routes))
    if line.device is not None:
        run("ip", "-n", DEVICE, "addr", "add", line.device, "dev", line.name)
    if not line.connected:
        unplug(line.name)


def _counted(pairs: Sequence[tuple[str, str]], lines: Sequence[str]) -> Iterator[str]:
    ways = {**{name: name for name in lines}, TUN: VPN}
    for number in range(len(pairs)):
        yield from (f"counter f{number}_{way} {{ }}" for way in ways.values())
    yield "chain ways {"
    yield "type filter hook postrouting priority 290"
    for number, (source, destination) in enumerate(pairs):
        ends = f"ip saddr {source} ip daddr {destination}"
        for interface, way in ways.items():
            yield f"oifname {interface} {ends} counter name f{number}_{way}"
    yield "}"


def _astray(gateway: str, lines: Sequence[str]) -> Iterator[str]:
    """What should never go by the circuit, whatever that teaches."""
    named = {"gateway": gateway, "internet": STRANGER}
    yield from (f"counter {name} {{ }}" for name in named)
    yield "chain astray {"
    yield "type filter hook postrouting priority 280"
    for name, address in named.items():
        for line in lines:
            yield f"oifname {line} ip daddr {address} counter name {name}"
    yield "}"


def counts(name: str) -> Mapping[str, int]:
    """Packets by counter of a gateway: `f0_er1` for the first pair over the first line."""
    listed: Mapping[str, Iterable[Mapping[str, Mapping[str, object]]]] = json.loads(
        inside(name, "nft", "-j", "list", "counters", "table", "inet", _PATHS)
    )
    return {
        str(one["counter"]["name"]): int(str(one["counter"]["packets"]))
        for one in listed["nftables"]
        if "counter" in one
    }


def call(address: str) -> None:
    """One packet of the device's own to this address."""
    inside(DEVICE, "bash", "-c", f"echo > /dev/udp/{address}/4500")


def unplug(line: str) -> None:
    """The line goes down, and both ends see it."""
    run("ip", "-n", line, "link", "set", _MIDDLE, "down")


def plug(line: str) -> None:
    """The line is up again."""
    run("ip", "-n", line, "link", "set", _MIDDLE, "up")


def silence(line: str) -> None:
    """From here on nothing gets over this line, and nobody is told."""
    lines = [
        "chain heard {",
        "type filter hook prerouting priority -400",
        f"iifname {_MIDDLE} drop",
    ]
    lines += ["}", "chain said {", "type filter hook postrouting priority 400"]
    nft(line, [*lines, f"oifname {_MIDDLE} drop", "}"], table=_CUT)


def restore(line: str) -> None:
    """It carries as before."""
    run("ip", "netns", "exec", line, "nft", "delete", "table", "inet", _CUT)
