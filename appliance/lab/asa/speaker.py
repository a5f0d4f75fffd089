"""BGP as seen from the device: which neighbors are established, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.routes import connected, effective_address, outgoing, table
from appliance.lab.azure_peer import AzurePeer, BgpPeer
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One configured neighbor; `prefixes` are what it sends. `state` is empty when established."""

    address: str
    asn: int
    state: str
    prefixes: tuple[str, ...] = ()
    nameif: str = ""
    interface: str = ""


def family_of(config: Configuration) -> tuple[Node | None, Node | None]:
    """The BGP process and its IPv4 family."""
    process = config.root.find("router", "bgp")
    return process, process.find("address-family", "ipv4") if process is not None else None


def neighbors(
    config: Configuration, peers: Iterable[AzurePeer], live: frozenset[str]
) -> tuple[Neighbor, ...]:
    """Every neighbor with its state; `live` names the tunnels that are up."""
    process, family = family_of(config)
    if process is None or family is None:
        return ()
    speakers = {peer.bgp.address: peer.bgp for peer in peers if peer.bgp is not None}
    return tuple(
        _neighbor(config, (process, family), node, speakers.get(node.words[1]), live)
        for node in family.all("neighbor")
        if node.words[2] == "remote-as"
    )


def _neighbor(
    config: Configuration,
    nodes: tuple[Node, Node],
    node: Node,
    speaker: BgpPeer | None,
    live: frozenset[str],
) -> Neighbor:
    process, family = nodes
    target = node.words[1]
    way = outgoing(table(config, live), target)
    nameif = way.nameif if way else ""
    owner = config.named(nameif) if nameif else None
    state = _own(config, family, target, nameif)
    if not state and speaker is not None and owner is not None:
        state = _theirs(config, process, node, speaker, owner)
    if not state and (speaker is None or owner is None or owner.words[1] not in live):
        state = "Active"
    return Neighbor(
        address=target,
        asn=int(node.words[3]),
        state=state,
        prefixes=speaker.prefixes if speaker is not None and not state else (),
        nameif=nameif,
        interface=owner.words[1] if owner else "",
    )


def _own(config: Configuration, family: Node, target: str, nameif: str) -> str:
    """The state a neighbor stays in for the device's own configuration."""
    if family.find("neighbor", target, "shutdown") is not None:
        return "Idle (Admin)"
    if not nameif or family.find("neighbor", target, "activate") is None:
        return "Idle"
    near = any(
        route.covers(address(target) or 0) and route.nameif == nameif for route in connected(config)
    )
    hops = family.find("neighbor", target, "ebgp-multihop")
    unchecked = family.find("neighbor", target, "disable-connected-check")
    return "" if near or hops is not None or unchecked is not None else "Idle"


def _theirs(config: Configuration, process: Node, node: Node, speaker: BgpPeer, owner: Node) -> str:
    """The state it stays in because the two sides do not fit; the source is the interface's."""
    if int(node.words[3]) != speaker.asn:
        return "Idle"
    if speaker.device_asn and int(process.words[2]) != speaker.device_asn:
        return "Idle"
    if speaker.device_address and effective_address(config, owner) != speaker.device_address:
        return "Active"
    return ""
