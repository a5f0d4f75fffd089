"""BGP as seen from the device: which neighbors are established, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.lab.azure_peer import AzurePeer, BgpPeer
from appliance.lab.circuit import Learned, Msee
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address
from appliance.lab.ios import policies
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.routes import configured, connected, effective_address, outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One configured neighbor; `prefixes` are what it sends. `state` is empty when established."""

    address: str
    asn: int
    state: str
    prefixes: tuple[str, ...] = ()
    interface: str = ""
    learned: tuple[Learned, ...] = ()


def process_of(config: Configuration) -> Node | None:
    """The BGP process, if there is one."""
    return config.root.find("router", "bgp")


def neighbors(
    config: Configuration,
    peers: Iterable[AzurePeer],
    live: frozenset[str],
    circuits: Iterable[Msee] = (),
) -> tuple[Neighbor, ...]:
    """Every neighbor of the global table with its state; `live` names the tunnels that are up."""
    process = process_of(config)
    if process is None:
        return ()
    speakers = {peer.bgp.address: peer.bgp for peer in peers if peer.bgp is not None}
    links = {one.address: one for one in circuits}
    return tuple(
        over_circuit(config, process, links[node.words[1]])
        if node.words[1] in links
        else _neighbor(config, process, node, speakers.get(node.words[1]), live)
        for node in process.all("neighbor")
        if node.words[2] == "remote-as" and address(node.words[1]) is not None
    )


def _neighbor(
    config: Configuration,
    process: Node,
    node: Node,
    speaker: BgpPeer | None,
    live: frozenset[str],
) -> Neighbor:
    target, asn = node.words[1], int(node.words[3])
    way = outgoing(configured(config), target, live)
    state = _state(config, process, target, way)
    if not state and speaker is not None:
        state = _refusal(config, process, node, speaker, way)
    if not state and (speaker is None or way not in live):
        state = "Active"
    sent = speaker.prefixes if speaker is not None and not state else ()
    learned = let_in(config, process, target, sent)
    return Neighbor(
        address=target,
        asn=asn,
        state=state,
        prefixes=tuple(one.prefix for one in learned),
        interface=way,
        learned=learned,
    )


def _state(config: Configuration, process: Node, target: str, way: str) -> str:
    if process.find("neighbor", target, "shutdown") is not None:
        return "Idle (Admin)"
    if not way or not _active(process, target):
        return "Idle"
    near = any(
        route.covers(address(target) or 0) and route.interface == way for route in connected(config)
    )
    hops = process.find("neighbor", target, "ebgp-multihop")
    unchecked = process.find("neighbor", target, "disable-connected-check")
    return "" if near or hops is not None or unchecked is not None else "Idle"


def _active(process: Node, target: str) -> bool:
    family = process.children.get(("address-family", "ipv4"))
    return family is None or ("neighbor", target, "activate") in family.children


def _refusal(config: Configuration, process: Node, node: Node, speaker: BgpPeer, way: str) -> str:
    """The state a neighbor stays in because the two sides do not fit."""
    target = node.words[1]
    local = process.value("neighbor", target, "local-as").split()[:1] or [process.words[2]]
    if int(node.words[3]) != speaker.asn:
        return "Idle"
    if speaker.device_asn and int(local[0]) != speaker.device_asn:
        return "Idle"
    source = config.interface(process.value("neighbor", target, "update-source") or way)
    own = effective_address(config, source) if source is not None else ""
    if speaker.device_address and own != speaker.device_address:
        return "Active"
    return ""


def let_in(
    config: Configuration, process: Node, target: str, prefixes: Iterable[str]
) -> tuple[Learned, ...]:
    """The prefixes that the neighbor's filters let in, with what they make of them."""
    family = process.children.get(("address-family", "ipv4"), process)
    lists = _filters(family, target, "prefix-list", "in")
    maps = _filters(family, target, "route-map", "in")
    weight = int(family.value("neighbor", target, "weight") or 0)
    found = []
    for prefix in prefixes:
        if not all(policies.listed(config.root, name, prefix) for name in lists):
            continue
        given = [policies.mapped(config.root, name, prefix) for name in maps] or [100]
        if given[0] is not None:
            found.append(
                Learned(prefix=prefix, via=target, local_preference=given[0], weight=weight)
            )
    return tuple(found)


def _filters(family: Node, target: str, kind: str, direction: str) -> list[str]:
    return [
        node.words[3]
        for node in family.all("neighbor", target, kind)
        if node.words[-1] == direction
    ]


def over_circuit(config: Configuration, process: Node, link: Msee) -> Neighbor:
    """The session with Microsoft's router: everything on the line must fit."""
    target = link.address
    node = process.find("neighbor", target, "remote-as")
    asn = int(node.words[3]) if node is not None else 0
    way = outgoing(connected(config), target)
    state = _state(config, process, target, way)
    if not state and (not _on_the_line(config, way, link) or not _agrees(process, link, asn)):
        state = "Idle" if not link.up else "Active"
    learned = () if state else let_in(config, process, target, link.prefixes)
    return Neighbor(
        address=target,
        asn=asn,
        state=state,
        prefixes=tuple(one.prefix for one in learned),
        interface=way,
        learned=learned,
    )


def _on_the_line(config: Configuration, way: str, link: Msee) -> bool:
    """Whether frames arrive: both tags, both addresses, nothing shut down, the circuit up."""
    node, parent = config.interface(way), config.interface(way.partition(".")[0])
    if node is None or (parent is not None and parent.find("shutdown") is not None):
        return False
    inner = f" second-dot1q {link.vlan}" if link.svlan is not None else ""
    outer = link.vlan if link.svlan is None else link.svlan
    tags = "" if outer is None else f"{outer}{inner}"
    own = effective_address(config, node)
    same = own == link.device_address.partition("/")[0]
    return link.up and same and node.value("encapsulation", "dot1Q") == tags


def _agrees(process: Node, link: Msee, asn: int) -> bool:
    """Whether both ends expect each other: AS numbers and the MD5 key."""
    held = process.value("neighbor", link.address, "password").split()
    return (
        asn == link.asn
        and int(process.words[2]) == link.device_asn
        and "".join(held[-1:]) == link.key
    )


def bfd_sessions(config: Configuration, circuits: Iterable[Msee]) -> list[tuple[str, bool, str]]:
    """(neighbor, whether it is up, interface) of every session that asks for BFD."""
    process = process_of(config)
    found = []
    for link in circuits:
        way = outgoing(connected(config), link.address)
        node = config.interface(way)
        asked = process is not None and process.value("neighbor", link.address, "fall-over")
        if node is not None and node.find("bfd", "interval") is not None and asked == "bfd":
            works = link.bfd and _on_the_line(config, way, link)
            found.append((link.address, works, way))
    return found
