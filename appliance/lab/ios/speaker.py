"""BGP as seen from the device: which neighbors are established, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.lab.azure_peer import AzurePeer, BgpPeer
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address
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


def process_of(config: Configuration) -> Node | None:
    """The BGP process, if there is one."""
    return config.root.find("router", "bgp")


def neighbors(
    config: Configuration, peers: Iterable[AzurePeer], live: frozenset[str]
) -> tuple[Neighbor, ...]:
    """Every neighbor of the global table with its state; `live` names the tunnels that are up."""
    process = process_of(config)
    if process is None:
        return ()
    speakers = {peer.bgp.address: peer.bgp for peer in peers if peer.bgp is not None}
    return tuple(
        _neighbor(config, process, node, speakers.get(node.words[1]), live)
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
    return Neighbor(address=target, asn=asn, state=state, prefixes=sent, interface=way)


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
