"""Tunnel interfaces (VTI) as tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.tunnel import (
    Encapsulation,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from vendors.cisco.sections import NOTHING, Block, Notes
from vendors.cisco_asa import names
from vendors.cisco_asa.reading.device import Device
from vendors.cisco_asa.reading.interfaces import Interface
from vendors.cisco_asa.reading.places import ANYWHERE
from vendors.cisco_asa.reading.quirks import quirks
from vendors.cisco_asa.reading.selectors import selectors


def tunnel_interfaces(device: Device) -> Iterator[tuple[Tunnel, Notes]]:
    """Every interface with `tunnel protection`, in order, and what is odd about it."""
    for one in device.interfaces:
        if one.block.last("protection") is not None:
            notes = Notes()
            yield _tunnel(device, one, notes), notes


def _tunnel(device: Device, one: Interface, notes: Notes) -> Tunnel:
    block = one.block
    notes.odd.extend(block.unknown)
    notes.at("enabled", block.last("shutdown") or block.line)
    _remember(one, notes)
    profile = _profile(device, block, notes)
    remotes, peers = _destination(device, block, notes)
    outside = _source(device, block, notes)
    dynamic = block.name.startswith("Virtual-Template")
    if dynamic:
        peers = device.groups.of_template(block.name)
    negotiation = device.negotiate(profile, peers, outside, notes, dynamic=dynamic)
    local = device.local(outside, negotiation.identity, notes)
    routes = _routes(device, one, notes)
    return Tunnel(
        name=block.name,
        mode=Mode.ROUTE_BASED,
        encapsulation=_encapsulation(block, notes),
        enabled=one.up,
        dynamic=dynamic,
        local=local,
        remote=Remote(addresses=remotes),
        interface=_interface(device, one, notes),
        ike=negotiation.ike,
        esp=device.esps.esp(profile, negotiation.ike.version, notes),
        psk=negotiation.psk,
        selectors=_policy(device, block, notes),
        routes=routes,
        bgp=device.bgp.through(one.nameif, notes) if one.nameif else None,
        permits=device.permits(local, remotes, notes),
        passes=device.nat.passes(one.nameif or None, _carried(routes), notes),
        filter=device.crossing(one.nameif or None, one.nameif or None, notes),
        quirks=quirks(device.running, profile, negotiation.ike.version, notes),
        missing=tuple(notes.missing),
        objects=notes.objects,
        sources=notes.sources,
    )


def _carried(routes: tuple[IPv4Network, ...]) -> Iterator[TrafficSelector]:
    """What routing sends into a tunnel: anything, to the networks behind it."""
    return (TrafficSelector(local=ANYWHERE[0], remote=route) for route in routes)


def _remember(one: Interface, notes: Notes) -> None:
    """The label we gave it and its nameif, without which routes cannot lead into it."""
    said = one.block.last("description")
    words = said.args if said is not None else []
    if words[:1] == [names.LABEL] and len(words) > 1:
        notes.objects["label"] = words[1]
    if one.nameif:
        notes.objects["nameif"] = one.nameif
    else:
        notes.lacks("nameif", f"of {one.block.name}")


def _profile(device: Device, block: Block, notes: Notes) -> Block:
    said = block.last("protection")
    name = said.args[0] if said is not None else ""
    profile = device.running.block("ipsec profile", name)
    if profile is None:
        notes.lacks("ipsec profile", name)
        return Block(line=NOTHING)
    notes.objects["ipsec profile"] = name
    notes.odd.extend(profile.unknown)
    return profile


def _destination(
    device: Device, block: Block, notes: Notes
) -> tuple[tuple[IPv4Address, ...], tuple[str, ...]]:
    """The peer's address, and the word that stands for it."""
    said = block.last("tunnel destination")
    if said is None:
        return (), ()
    found = device.names.address(said.args[0])
    notes.at("remote.addresses", said)
    if found is None:
        notes.odd.append(said.line)
    if said.args[0].lower() == "ipv6":
        return (), ()
    return (() if found is None else (found,)), (said.args[0],)


def _source(device: Device, block: Block, notes: Notes) -> str | None:
    """The nameif a tunnel leaves from: `tunnel source interface outside`, or an address."""
    said = block.last("tunnel source")
    notes.at("local.interface", said)
    if said is None:
        return None
    words = [word for word in said.args if word.lower() != "interface"]
    word = words[0] if words else "interface"  # an IPv6 address may stand behind the name
    fixed = device.names.address(word)
    holder = device.interfaces.holder(fixed) if fixed is not None else None
    if fixed is not None:
        if holder is None:
            notes.lacks("interface", word)
        return holder.nameif or None if holder is not None else None
    return None if word.lower() == "interface" else word


def _encapsulation(block: Block, notes: Notes) -> Encapsulation:
    """A tunnel interface of the ASA is always IPsec; the line must be there all the same."""
    said = block.last("tunnel mode")
    for path in ("encapsulation", "mode"):
        notes.at(path, said or block.line)
    if said is None:
        notes.lacks("tunnel mode ipsec ipv4", f"in interface {block.name}")
    elif [word.lower() for word in said.args[:2]] != ["ipsec", "ipv4"]:
        notes.odd.append(said.line)
    return Encapsulation.IPSEC


def _interface(device: Device, one: Interface, notes: Notes) -> TunnelInterface:
    mss, said = device.mss()
    notes.at("interface.mss", said)
    notes.at("interface.address", one.block.last("ip address", "ip unnumbered"))
    if one.lender is not None and device.interfaces.named(one.lender) is None:
        notes.lacks("interface", one.lender)
    notes.at("interface.mtu", device.interfaces.mtus.get(one.nameif.lower()))
    return TunnelInterface(
        name=one.block.name,
        address=one.address,
        unnumbered=one.lender,
        mss=mss,
        mtu=device.interfaces.mtu(one.nameif),
    )


def _policy(device: Device, block: Block, notes: Notes) -> tuple[TrafficSelector, ...]:
    """Any-to-any, unless an access list narrows it (9.19 on)."""
    said = block.last("protection policy")
    if said is None:
        return ()
    notes.objects["acl"] = said.args[0]
    return selectors(device.lists, said.args[0], notes)


def _routes(device: Device, one: Interface, notes: Notes) -> tuple[IPv4Network, ...]:
    """The static routes into the interface; how each is written is remembered for its removal."""
    routes = device.routes.of(one.nameif) if one.nameif else []
    for route in routes:
        notes.at("routes", route.line)
        notes.objects[f"route {route.network}"] = f"{route.hop} {route.tail}".strip()
    return tuple(dict.fromkeys(route.network for route in routes))
