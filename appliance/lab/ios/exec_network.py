"""Exec commands about interfaces, routes, BGP and reachability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios.clock import clock_span
from appliance.lab.ios.network import Network
from appliance.lab.ios.routes import (
    Route,
    configured,
    connected,
    effective_address,
    is_up,
    outgoing,
    static,
)
from appliance.lab.ios.speaker import bfd_sessions, neighbors, process_of
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from appliance.lab.circuit import Learned
    from appliance.lab.cisco.grammar import Match
    from appliance.lab.cisco.tree import Node
    from appliance.lab.ios.cli import Cli
    from appliance.lab.ios.device import Device

_EXTERNAL = 20


def line_protocol(device: Device, node: Node) -> str:
    """`up` or `down`: of a VTI it follows the IPsec SA, of GRE only its source and destination."""
    if not is_up(node):
        return "down"
    if node.words[1].startswith("Tunnel"):
        if node.value("tunnel", "mode").startswith("ipsec"):
            return "up" if node.words[1] in device.crypto.up() else "down"
        return "up" if node.find("tunnel", "destination") else "down"
    return "up"


def _status(node: Node) -> str:
    return "up" if is_up(node) else "administratively down"


def _brief(cli: Cli, _found: Match) -> str:
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for node in _by_name(cli.device):
        own = effective_address(cli.device.config, node) or "unassigned"
        method = "NVRAM" if own != "unassigned" else "unset"
        lines.append(
            f"{node.words[1]:<22} {own:<15} YES {method:<6} {_status(node):<21} "
            f"{line_protocol(cli.device, node):<8}"
        )
    return "\n".join(lines) + "\n"


def _by_name(device: Device) -> list[Node]:
    found = list(device.config.root.all("interface"))
    return sorted(found, key=lambda node: (node.words[1].startswith(("Loop", "Tun")), node.order))


def _interfaces(cli: Cli, found: Match) -> str:
    device = cli.device
    named = found.words[2] if len(found.words) > 2 else ""  # noqa: PLR2004 -- a name was given
    shown = [node for node in _by_name(device) if named in {"", node.words[1]}]
    if not shown:
        return "                 ^\n% Invalid input detected at '^' marker.\n\n"
    held = {one.link.interface: one for one in device.crypto.live.values()}
    now = device.clock.now()
    return "".join(
        screen(
            "cisco_ios/show_interface",
            name=node.words[1],
            status=_status(node),
            protocol=line_protocol(device, node),
            node=node,
            bits=_bits(node),
            source=_source(device, node),
            packets=device.crypto.packets(Network(config=device.config), held[node.words[1]], now)
            if node.words[1] in held
            else (0, 0),
        )
        for node in shown
    )


def _bits(node: Node) -> str:
    own = node.children.get(("ip", "address"))
    mask = address(own.words[-1]) if own else None
    return f"{own.words[2]}/{bin(mask).count('1')}" if own and mask is not None else ""


def _source(device: Device, node: Node) -> str:
    named = node.value("tunnel", "source")
    owner = device.config.interface(named)
    return f"{effective_address(device.config, owner)} ({named})" if owner else named


def table(device: Device) -> list[Route]:
    """The routes in force: those into dead tunnels are left out, BGP's are in."""
    live = device.crypto.up()
    routes = [*connected(device.config), *static(device.config)]
    found = neighbors(device.config, device.peers, live, device.circuits)
    for one in _best(learned for neighbor in found for learned in neighbor.learned):
        network, bits = one.prefix.split("/")
        routes.append(
            Route(
                network=address(network) or 0,
                bits=int(bits),
                code="B",
                via=one.via,
                distance=_EXTERNAL,
            )
        )
    dead = {
        node.words[1]
        for node in device.config.root.all("interface")
        if line_protocol(device, node) == "down"
    }
    alive = [route for route in routes if route.interface not in dead]
    least: dict[str, int] = {}
    for route in alive:
        least[route.prefix] = min(route.distance, least.get(route.prefix, route.distance))
    best = [route for route in alive if route.distance == least[route.prefix]]
    return sorted(best, key=lambda route: (route.network, route.bits))


def _best(learned: Iterable[Learned]) -> list[Learned]:
    """Of several ways to a prefix those of the highest weight, then local preference."""
    ways: dict[str, list[Learned]] = {}
    for one in learned:
        ways.setdefault(one.prefix, []).append(one)
    chosen = []
    for found in ways.values():
        most = max((one.weight, one.local_preference) for one in found)
        chosen += [one for one in found if (one.weight, one.local_preference) == most]
    return chosen


def _route(cli: Cli, found: Match) -> str:
    routes = table(cli.device)
    wanted = address(found.words[3]) if len(found.words) > 3 else None  # noqa: PLR2004 -- an address was given
    if wanted is not None:
        fits = [route for route in routes if route.covers(wanted)]
        if not fits:
            return "% Network not in table\n"
        longest = max(route.bits for route in fits)
        ways = [route for route in fits if route.bits == longest]
        return screen("cisco_ios/show_ip_route_one", route=ways[0], ways=ways)
    kinds = {"static": "S", "bgp": "B", "connected": "C"}
    code = kinds.get(found.words[-1], "")
    default = next((route for route in routes if route.bits == 0), None)
    shown = [route for route in routes if code in {"", route.code}]
    return screen("cisco_ios/show_ip_route", routes=shown, default=default)


def _bgp(cli: Cli, _found: Match) -> str:
    device = cli.device
    process = process_of(device.config)
    if process is None:
        return "% BGP not active\n"
    found = neighbors(device.config, device.peers, device.crypto.up(), device.circuits)
    own = process.value("bgp", "router-id") or _router_id(device)
    ages = {
        held.link.interface: clock_span((device.clock.now() - held.since).total_seconds())
        for held in device.crypto.live.values()
    } | {one.interface: "1d02h" for one in found if one.address in _circuits(device)}
    return screen(
        "cisco_ios/show_ip_bgp_summary",
        router_id=own,
        asn=process.words[2],
        neighbors=found,
        ages=ages,
    )


def _circuits(device: Device) -> set[str]:
    return {one.address for one in device.circuits}


def _bfd(cli: Cli, _found: Match) -> str:
    sessions = bfd_sessions(cli.device.config, cli.device.circuits)
    if not sessions:
        return ""
    head = "NeighAddr                              LD/RD         RH/RS     State     Int"
    lines = [
        f"{where:<37} {4097 + at}/{7 + at if up else 0:<9} {_word(up):<9} {_word(up):<9} {way}"
        for at, (where, up, way) in enumerate(sessions)
    ]
    return "\nIPv4 Sessions\n" + head + "\n" + "\n".join(lines) + "\n"


def _word(up: bool) -> str:  # noqa: FBT001 -- a column of the screen
    return "Up" if up else "Down"


def _router_id(device: Device) -> str:
    """The highest address of a loopback, else of any interface (RFC 4271, as IOS does it)."""
    nodes = list(device.config.root.all("interface"))
    loops = [node for node in nodes if node.words[1].startswith("Loopback")]
    found = [address(effective_address(device.config, node)) or 0 for node in loops or nodes]
    return dotted(max(found, default=0))


def _ping(cli: Cli, found: Match) -> str:
    device, words = cli.device, found.words
    target = words[1]
    count = int(words[words.index("repeat") + 1]) if "repeat" in words else 5
    way = outgoing(configured(device.config), target, device.crypto.up())
    if not way:
        return _pinged(target, count, 0, "." if "source" in words else "U")
    node = device.config.interface(way)
    works = node is not None and line_protocol(device, node) == "up"
    if not way.startswith("Tunnel"):
        works = works and _public_or_near(device, target)
    else:
        works = works and device.crypto.traffic.out and device.crypto.traffic.back
    return _pinged(target, count, count if works else 0, ".")


def _public_or_near(device: Device, target: str) -> bool:
    """Private addresses (RFC 1918) answer only where they are connected."""
    value = address(target) or 0
    near = any(route.covers(value) for route in connected(device.config))
    private = value >> 24 == 10 or value >> 20 == 0xAC1 or value >> 16 == 0xC0A8  # noqa: PLR2004 -- RFC 1918
    return near or not private


def _pinged(target: str, count: int, good: int, bad: str) -> str:
    marks = "!" * good + bad * (count - good)
    rate = 100 * good // count
    times = ", round-trip min/avg/max = 21/22/24 ms" if good else ""
    return (
        f"Type escape sequence to abort.\nSending {count}, 100-byte ICMP Echos to {target}, "
        f"timeout is 2 seconds:\n{marks}\n"
        f"Success rate is {rate} percent ({good}/{count}){times}\n"
    )


NETWORK: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_ip_interface_brief": _brief,
    "show_interfaces": _interfaces,
    "show_ip_route": _route,
    "show_bgp_summary": _bgp,
    "show_bfd": _bfd,
    "ping": _ping,
}
