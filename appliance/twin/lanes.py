"""Several tunnels between the same networks, as network namespaces; inside the sandbox.

    device hosts -- site -+- d0 -- a0 -+- vnet -- azure hosts
                          +- d1 -- a1 -+

Each tunnel has a box at either end: two any-to-any tunnels in one daemon would take each other's
packets. The routers `site` and `vnet` send everything by the tunnel that is preferred now, as long
as its box has a way, and else by another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from appliance.twin.network import HOP, TUN, rules
from appliance.twin.plumbing import namespace, nft, run, wire
from appliance.twin.scenario import End
from appliance.twin.together import Lane, Together

SITE, VNET = "site", "vnet"
SIDES = (SITE, VNET)
HOSTS = ("site-h", "vnet-h")
_ROUTER, _BOX = "192.0.0.11", "192.0.0.12"
"""A router's address towards its boxes and theirs: of IANA's block for protocols (RFC 6890)."""


def box(side: str, lane: int) -> str:
    """The namespace of a lane's daemon at this side."""
    return f"{'d' if side == SITE else 'a'}{lane}"


def build(scenario: Together) -> None:
    """All namespaces, links and addresses, without routes into the tunnels."""
    for side in SIDES:
        _hosts(side, [pair[SIDES.index(side)] for pair in ends(scenario)])
        networks = dict.fromkeys(_networks(scenario, side))
        for number, lane in enumerate(scenario.lanes):
            _box(side, number, (*networks,), lane)
    for number, lane in enumerate(scenario.lanes):
        near, far = box(SITE, number), box(VNET, number)
        wire((near, "wan"), (far, "wan"))
        for name, end, other in ((near, lane.device, lane.azure), (far, lane.azure, lane.device)):
            run("ip", "-n", name, "addr", "add", f"{end.address}/32", "dev", "wan")
            run("ip", "-n", name, "route", "add", f"{other.address}/32", "dev", "wan")


def ends(scenario: Together) -> list[tuple[str, str]]:
    """The hosts of each pair of networks, the site's first."""
    return [(probe.local_host, probe.remote_host) for probe in scenario.probes]


def _networks(scenario: Together, side: str) -> Iterator[str]:
    for probe in scenario.probes:
        yield probe.local if side == SITE else probe.remote


def _hosts(side: str, addresses: Sequence[str]) -> None:
    hosts = f"{side}-h"
    for name in (side, hosts):
        namespace(name)
    wire((side, "lan"), (hosts, "lan"))
    run("ip", "-n", side, "addr", "add", f"{HOP}/32", "dev", "lan")
    run("ip", "-n", hosts, "route", "add", "default", "via", HOP, "dev", "lan", "onlink")
    for address in dict.fromkeys(addresses):
        run("ip", "-n", hosts, "addr", "add", f"{address}/32", "dev", "lo")
        run("ip", "-n", side, "route", "replace", f"{address}/32", "dev", "lan")


def _box(side: str, number: int, networks: Sequence[str], lane: Lane) -> None:
    name, link = box(side, number), f"l{number}"
    namespace(name)
    wire((name, "lan"), (side, link))
    run("ip", "-n", name, "addr", "add", f"{_BOX}/32", "dev", "lan")
    run("ip", "-n", side, "addr", "add", f"{_ROUTER}/32", "dev", link)
    for network in networks:
        way = ("via", _ROUTER, "dev", "lan", "onlink")
        run("ip", "-n", name, "route", "replace", network, *way)
    if side == SITE:
        nft(name, rules(lane.device.passes))


def unruled(name: str) -> None:
    """Without the daemon's own routes (table 220); it makes them anew whenever it starts."""
    run("ip", "-n", name, "rule", "del", "table", "220")


def lead(name: str, end: End) -> None:
    """The box's own routes into its tunnel."""
    for network in end.routes:
        run("ip", "-n", name, "route", "replace", network, "dev", TUN)


def prefer(side: str, network: str, lanes: Sequence[int]) -> None:
    """The first of these lanes has the network's packets; none: nobody has."""
    if not lanes:
        run("ip", "-n", side, "route", "replace", "unreachable", network)
        return
    run("ip", "-n", side, "route", "replace", network, "via", _BOX, "dev", f"l{lanes[0]}", "onlink")


def silence(lane: int) -> None:
    """From here on nothing arrives at either end of this lane's line, and nobody is told."""
    for side in SIDES:
        lines = ["chain line {", "type filter hook prerouting priority -400", "iifname wan drop"]
        nft(box(side, lane), [*lines, "}"], table="cut")


def restore(lane: int) -> None:
    """The line is as before."""
    for side in SIDES:
        run("ip", "netns", "exec", box(side, lane), "nft", "delete", "table", "inet", "cut")


def carried(lane: int) -> tuple[int, int]:
    """Packets that the device's box has sent into this tunnel and taken from it."""
    told = run("ip", "-j", "-s", "-n", box(SITE, lane), "link", "show", "dev", TUN)
    counted = json.loads(told)[0]["stats64"]
    return counted["tx"]["packets"], counted["rx"]["packets"]
