"""Which traffic a tunnel takes: traffic selectors, a proxy identity, or the policies it is in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import TrafficSelector
from vendors.juniper_junos.names import TERM
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.policies import Policy
from vendors.juniper_junos.reading.rectangles import network as as_network
from vendors.juniper_junos.reading.words import ANYWHERE, network
from vendors.juniper_junos.tree import Configuration, Node

EVERYTHING = TrafficSelector(local=ANYWHERE, remote=ANYWHERE)


def traffic_selectors(
    found: Configuration, vpn: Node, notes: Notes
) -> tuple[TrafficSelector, ...] | None:
    """The pairs of `traffic-selector` that are IPv4's, in order; the others are reported.

    None where there are no selectors: any-to-any alone is a route-based tunnel.
    """
    pairs: dict[TrafficSelector, None] = {}
    some = False
    for name, node in vpn.items("traffic-selector"):
        terms = ((f"{name}{TERM}{term}", one) for term, one in node.items("term"))
        for which, one in ((name, node), *terms):
            if one.get("local-ip") is None or one.get("remote-ip") is None:
                continue
            some = True
            pair = _pair(found, one, "local-ip", "remote-ip")
            if pair is not None:
                pairs[pair] = None
                notes.at("selectors", node)
                notes.at(f"selectors.{pair}", one)
                notes.name(f"selector {pair.local} {pair.remote}", which)
    return None if not some or set(pairs) == {EVERYTHING} else tuple(pairs)


def _pair(found: Configuration, node: Node, local: str, remote: str) -> TrafficSelector | None:
    """A pair, where what is not said is anything; None when one of its ends cannot be read."""
    ours, theirs = (_end(found, node, word) for word in (local, remote))
    if ours is None or theirs is None:
        return None
    return TrafficSelector(local=ours, remote=theirs)


def _end(found: Configuration, node: Node, statement: str) -> IPv4Network | None:
    word, leaf = node.value(statement), node.leaf(statement)
    if word is None or leaf is None:
        return ANYWHERE
    one = network(word)
    if one is None:
        found.odd[leaf.last] = None
    return one


def proxy_identity(found: Configuration, vpn: Node, notes: Notes) -> tuple[TrafficSelector, ...]:
    """The one pair of `proxy-identity`; any-to-any is what a tunnel has without it."""
    node = vpn.get("ike", "proxy-identity")
    if node is None:
        return ()
    notes.at("selectors", node)
    pair = _pair(found, node, "local", "remote")
    return () if pair is None or pair == EVERYTHING else (pair,)


def of_policies(
    device: Device, name: str, outside: str | None, notes: Notes
) -> tuple[tuple[TrafficSelector, ...], list[Policy]]:
    """The pairs of the policies that have a VPN as their tunnel, and these policies."""
    policies = device.policies.tunnels(name)
    found: dict[TrafficSelector, None] = {}
    zone = device.zones.of(outside)
    first = policies[0].zones if policies else None
    for policy in policies:
        notes.at("selectors", policy.node)
        inbound = policy.zones[0] == zone if zone in policy.zones else policy.zones != first
        for pair in _turned(policy, inbound=inbound):
            found[pair] = None
            notes.at(f"selectors.{pair}", policy.node)
        for (in_zone, word), node in device.policies.undefined.items():
            if node is policy.node:
                notes.lacks("address", f"{word} in zone {in_zone}")
    return tuple(found), policies


def _turned(policy: Policy, *, inbound: bool) -> Iterator[TrafficSelector]:
    """Its pairs with our side first."""
    for source, target in policy.pairs:
        local, remote = (target, source) if inbound else (source, target)
        yield TrafficSelector(local=as_network(local), remote=as_network(remote))
