"""`show` commands about interfaces, routes and BGP, ping, and the packet tracer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.asa.exemption import translated
from appliance.lab.asa.gate import stopped
from appliance.lab.asa.packets import Packet, port
from appliance.lab.asa.routes import outgoing, own_address, table, usable
from appliance.lab.asa.rows import rows, split
from appliance.lab.asa.speaker import family_of, neighbors
from appliance.lab.cisco.words import address
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.asa.device import AsaDevice
    from appliance.lab.cisco.grammar import Match
    from appliance.lab.cisco.tree import Key, Node


def _status(device: AsaDevice, node: Node) -> tuple[str, str]:
    """Status and line protocol."""
    if node.find("shutdown") is not None:
        return "administratively down", "down"
    if node.words[1].startswith("Tunnel"):
        state = "up" if node.words[1] in device.crypto.up() else "down"
        return state, state
    return "up", "up"


def _brief(cli: Cli, _found: Match) -> str:
    shown = [
        (node.words[1], own_address(node) or "unassigned", *_status(cli.device, node))
        for node in cli.device.config.interfaces()
    ]
    return screen("cisco_asa/show_interface_ip_brief", interfaces=sorted(shown))


def _interface(cli: Cli, found: Match) -> str:
    device = cli.device
    wanted = found.words[2] if len(found.words) > 2 else ""  # noqa: PLR2004 -- a name was given
    held = [
        node
        for node in device.config.interfaces()
        if wanted.lower() in {"", node.words[1].lower(), node.value("nameif").lower()}
    ]
    if not held:
        return "ERROR: % Invalid input detected at '^' marker.\n"
    shown = [(node, *_status(device, node)) for node in held]
    sources = {
        node.words[1]: device.config.named(node.value("tunnel", "source", "interface"))
        for node in held
    }
    return screen("cisco_asa/show_interface", interfaces=shown, sources=sources,
                  address=own_address)  # fmt: skip


def _nameif(cli: Cli, _found: Match) -> str:
    shown = [
        (n.words[1], n.value("nameif"), n.value("security-level") or "0")
        for n in cli.device.config.interfaces()
        if n.find("nameif")
    ]
    head = f"{'Interface':<25}{'Name':<25}Security\n"
    return head + "".join(f"{one:<25}{name:<25}{level:>3}\n" for one, name, level in shown)


def _names(cli: Cli, _found: Match) -> str:
    return "".join(f"{node.text}\n" for node in cli.device.config.root.all("name"))


def _nat(cli: Cli, _found: Match) -> str:
    held = cli.device.config.root.children.get(("nat",))
    manual = [n.words for n in held.children.values()] if held else []
    early = [words for words in manual if "after-auto" not in words]
    late = [words for words in manual if "after-auto" in words]
    objects = [
        (node.words[2], rule.words)
        for node in cli.device.config.root.all("object", "network")
        if (rule := node.find("nat")) is not None
    ]
    return screen("cisco_asa/show_nat", early=early, objects=objects, late=late)


def _learned(device: AsaDevice) -> list[tuple[str, str, str, str]]:
    """(network, mask, neighbor, nameif) of every prefix BGP brought."""
    return [
        (*split(prefix), one.address, one.nameif)
        for one in neighbors(device.config, device.peers, device.crypto.up())
        for prefix in one.prefixes
    ]


def _route(cli: Cli, found: Match) -> str:
    device = cli.device
    live = device.crypto.up()
    held = table(device.config, live)
    asked = found.words[2] if len(found.words) > 2 else ""  # noqa: PLR2004 -- something was named
    if address(asked) is not None:
        return _one_route(device, asked)
    kinds = {"static": "S", "connected": "C", "bgp": "B"}
    wanted = kinds.get(asked, "")
    nameif = asked if asked and not wanted else ""
    return screen(
        "cisco_asa/show_route",
        routes=[r for r in held if wanted in {"", r.code} and nameif in {"", r.nameif}],
        own=[
            (own_address(node), node.value("nameif"))
            for node in device.config.interfaces()
            if own_address(node) and usable(node) and wanted in {"", "C"}
            and (not node.words[1].startswith("Tunnel") or node.words[1] in live)
            and nameif in {"", node.value("nameif")}
        ],
        learned=[r for r in _learned(device) if wanted in {"", "B"} and nameif in {"", r[3]}],
        gateway=next((r.via for r in held if r.code == "S" and not r.bits), ""),
    )  # fmt: skip


def _one_route(device: AsaDevice, target: str) -> str:
    way = outgoing(table(device.config, device.crypto.up()), target)
    value = address(target) or 0
    for network, mask, via, nameif in _learned(device):
        bits = bin(address(mask) or 0).count("1")
        inside = (value ^ (address(network) or 0)) & (address(mask) or 0) == 0
        if inside and (way is None or bits > way.bits):
            return screen("cisco_asa/show_route_one", text=f"{network} {mask}", kind="bgp",
                          via=via, nameif=nameif, distance=20)  # fmt: skip
    if way is None or (value and not way.bits):  # the default route is named by its own address
        return "% Network not in table\n"
    kind = "connected" if way.code == "C" else "static"
    return screen("cisco_asa/show_route_one", text=way.text, kind=kind, via=way.via,
                  nameif=way.nameif, distance=way.distance)  # fmt: skip


def _bgp_summary(cli: Cli, _found: Match) -> str:
    device = cli.device
    process, family = family_of(device.config)
    if process is None or family is None:
        return "% BGP not active\n"
    ages = {row.link.interface: row.age for row in rows(device)}
    found = neighbors(device.config, device.peers, device.crypto.up())
    identifier = process.value("bgp", "router-id") or max(
        (own_address(n) for n in device.config.interfaces() if own_address(n)),
        key=lambda text: address(text) or 0,
        default="",
    )
    return screen(
        "cisco_asa/show_bgp_summary",
        identifier=identifier,
        asn=process.words[2],
        neighbors=[(one, ages.get(one.interface, 0)) for one in found],
    )


def _bgp_neighbors(cli: Cli, found: Match) -> str:
    wanted = found.words[3] if len(found.words) > 3 else ""  # noqa: PLR2004 -- one was named
    held = neighbors(cli.device.config, cli.device.peers, cli.device.crypto.up())
    return "".join(
        f"BGP neighbor is {one.address},  context single_vf,  remote AS {one.asn}, external link\n"
        f"  BGP version 4, remote router ID {'unknown' if one.state else one.address}\n"
        f"  BGP state = {one.state or 'Established'}\n\n"
        for one in held
        if wanted in {"", one.address}
    )


def _answers(device: AsaDevice, target: str) -> bool:
    """Whether a host at that address would be reached and answer."""
    value = address(target) or 0
    if any(own_address(node) == target and usable(node) for node in device.config.interfaces()):
        return True
    known = {peer.address for peer in device.peers if peer.reachable}
    speakers = {n.address for n in neighbors(device.config, device.peers, device.crypto.up())
                if not n.state}  # fmt: skip
    if target in known | speakers:
        return True
    if not (device.crypto.traffic.out and device.crypto.traffic.back):
        return False
    return any(
        _inside(value, flow.remote) for row in rows(device) for flow in row.flows if flow.sent
    )


def _inside(value: int, prefix: str) -> bool:
    network, mask = split(prefix)
    return (value ^ (address(network) or 0)) & (address(mask) or 0) == 0 and bool(address(mask))


def _ping(cli: Cli, found: Match) -> str:
    words = [word for word in found.words[1:] if word != "tcp"]
    target = words[0] if address(words[0]) is not None else words[1]
    tcp = "tcp" in found.words
    works = _answers(cli.device, target)
    marks = "!!!!!" if works else "?????"
    what = f"Sending 5 TCP SYN requests to {target}" if tcp else (
        f"Sending 5, 100-byte ICMP Echos to {target}")  # fmt: skip
    times = ", round-trip min/avg/max = 10/12/20 ms" if works else ""
    return (
        f"Type escape sequence to abort.\n{what}, timeout is 2 seconds:\n{marks}\n"
        f"Success rate is {100 if works else 0} percent ({5 if works else 0}/5){times}\n"
    )


def _tracer(cli: Cli, found: Match) -> str:
    """Where a packet would go: route, access lists, translation, crypto map."""
    device = cli.device
    addresses = [word for word in found.words[3:] if address(word) is not None]
    source, target = addresses[0], addresses[-1]
    way = outgoing(table(device.config, device.crypto.up()), target)
    if device.config.named(found.words[2]) is None:
        return "ERROR: % Invalid input detected at '^' marker.\n"
    drop = stopped(device.config, found.words[2], way.nameif, _packet(found.words)) if way else ""
    pair = (f"{source}/32", f"{target}/32")
    changed = way is not None and translated(device.config, pair, way.nameif)
    value, own = address(target) or 0, address(source) or 0
    tunnel = next(
        (row for row in rows(device) for flow in row.flows
         if not row.vti and not changed and _inside(value, flow.remote)
         and _inside(own, flow.local)), None)  # fmt: skip
    return screen("cisco_asa/packet_tracer", way=way, translated=changed, tunnel=tunnel,
                  entering=found.words[2], drop=drop)  # fmt: skip


def _packet(words: Key) -> Packet:
    """`tcp A 40000 B 443` or `icmp A 8 0 B`, behind `packet-tracer input NAMEIF`."""
    protocol, source, asking, *rest = words[3:]
    if protocol == "icmp":
        kind = int(asking)
        target = next(word for word in rest if address(word) is not None)
        return Packet(protocol=protocol, source=source, target=target, ports=(kind, kind))
    ports = (port(asking), port(rest[1]))
    return Packet(protocol=protocol, source=source, target=rest[0], ports=ports)


NETWORK: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_interface_brief": _brief,
    "show_interface": _interface,
    "show_nameif": _nameif,
    "show_names": _names,
    "show_nat": _nat,
    "show_route": _route,
    "show_bgp_summary": _bgp_summary,
    "show_bgp_neighbors": _bgp_neighbors,
    "ping": _ping,
    "packet_tracer": _tracer,
}
