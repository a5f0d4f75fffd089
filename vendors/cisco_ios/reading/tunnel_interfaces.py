"""Tunnel interfaces with IPsec protection as tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.tunnel import (
    Bgp,
    Encapsulation,
    Local,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from appliance.record import replace
from vendors.cisco.addresses import address
from vendors.cisco.sections import NOTHING, Block, Notes, Said, number
from vendors.cisco_ios.names import NAMED_BY
from vendors.cisco_ios.reading.addresses import first_address
from vendors.cisco_ios.reading.device import LABEL, Device, label, outer_of
from vendors.cisco_ios.reading.esp import esp
from vendors.cisco_ios.reading.identities import Ends
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.isakmp import Negotiation
from vendors.cisco_ios.reading.quirks import quirks
from vendors.cisco_ios.reading.selectors import selectors


def tunnel_interfaces(device: Device) -> Iterator[tuple[Tunnel, Notes]]:
    """Every interface with `tunnel protection`, in order, and what is odd about it."""
    for block in device.running.saying("interface", " pro"):
        protection = block.last("protection")
        if protection is not None and protection.args:
            notes = Notes()
            yield _tunnel(device, block, protection, notes), notes


def _tunnel(device: Device, block: Block, protection: Said, notes: Notes) -> Tunnel:
    notes.odd.extend(block.unknown)
    notes.at("enabled", block.last("shutdown") or block.line)
    encapsulation, multipoint = _mode(block, notes)
    profile = _profile(device, protection, notes)
    remotes, open_ended = _destination(block, notes)
    local, ends = _ends(device, block, remotes, notes)
    negotiation = _negotiated(device, (protection, profile), ends, notes)
    local = replace(local, identity=negotiation.local_identity, apart=negotiation.apart)
    if (name := label(block)) is not None:
        notes.objects["label"] = name
    interface = _interface(device, block, notes)
    bgp = device.bgp.through(block.name, interface.vrf, notes)
    _loopback(device, bgp, notes)
    return Tunnel(
        name=block.name,
        mode=Mode.ROUTE_BASED,
        encapsulation=encapsulation,
        enabled=block.last("shutdown") is None,
        dynamic=multipoint or open_ended or block.name.startswith("Virtual-Template"),
        local=local,
        remote=Remote(addresses=remotes, identity=negotiation.remote_identity),
        interface=interface,
        ike=negotiation.ike,
        esp=esp(device.running, profile, notes),
        psk=negotiation.psk,
        selectors=_policy(device, block, notes),
        routes=_routes(device, block.name, notes),
        bgp=bgp,
        permits=device.permits(local, remotes, notes),
        filter=device.crossing(block, None, notes),
        missing=tuple(notes.missing),
        quirks=tuple(quirks(device.running, profile, negotiation.ike.version, notes)),
        objects=notes.objects,
        sources=notes.sources,
    )


def _negotiated(device: Device, said: tuple[Said, Block], ends: Ends, notes: Notes) -> Negotiation:
    """By the IKE profile that the `tunnel protection` line names, else the ipsec profile does."""
    protection, profile = said
    v2 = _named(protection, "ikev2-profile") or profile.last("ikev2-profile")
    v1 = _named(protection, "isakmp-profile") or profile.last("isakmp-profile")
    if more := " ".join(protection.args[1:]):
        notes.objects["tunnel protection"] = more
    if "-profile " in more:
        notes.objects[NAMED_BY] = "the interface"
    notes.at("ike.version", v2 or v1 or protection)
    named = v1.args[0] if v1 is not None and v1.args else None
    return device.ikes.negotiate(v2, named, ends, notes)


def _named(protection: Said, word: str) -> Said | None:
    """The IKE profile that the interface itself names, behind its ipsec profile."""
    words = [one.lower() for one in protection.words]
    if word not in words[:-1]:
        return None
    return Said(protection.line, protection.words, words.index(word) + 1)


def _mode(block: Block, notes: Notes) -> tuple[Encapsulation, bool]:
    """What the tunnel carries, and whether it has many ends. IOS's default is GRE."""
    said = block.last("tunnel mode")
    notes.at("encapsulation", said or block.line)
    notes.at("mode", said or block.line)
    words = [word.lower() for word in said.args] if said is not None else ["gre"]
    if said is None or "gre".startswith(words[0]):
        return Encapsulation.GRE, len(words) > 1 and "multipoint".startswith(words[1])
    if "ipsec".startswith(words[0]):
        if len(words) > 1 and words[1] in {"ipv6", "dual-overlay"}:
            notes.odd.append(said.line)
        return Encapsulation.IPSEC, False
    notes.odd.append(said.line)
    return Encapsulation.GRE, False


def _profile(device: Device, protection: Said, notes: Notes) -> Block:
    name = protection.args[0]
    block = device.running.block("ipsec profile", name)
    if block is not None:
        notes.objects["ipsec profile"] = name
        notes.odd.extend(block.unknown)
        return block
    if name != "default":
        notes.lacks("ipsec profile", name)
        return Block(line=NOTHING)
    return _smart_default(device, protection)


def _smart_default(device: Device, protection: Said) -> Block:
    """The built-in profile names the ikev2 profile `default`, which a person has to write.

    "Configuring Internet Key Exchange Version 2", IKEv2 smart defaults.
    """
    block = Block(line=protection.line)
    if "default" in device.running.names("ikev2 profile"):
        block.said["ikev2-profile"] = [Said(protection.line, ["default"], 0)]
    return block


def _destination(block: Block, notes: Notes) -> tuple[tuple[IPv4Address, ...], bool]:
    said = block.last("tunnel destination")
    if said is None or not said.args:
        return (), False
    found = address(said.args[0])
    if found is not None:
        notes.at("remote.addresses", said)
        return (found,), False
    if "dynamic".startswith(said.args[0].lower()):
        return (), True
    notes.odd.append(said.line)
    return (), False


def _ends(
    device: Device, block: Block, remotes: tuple[IPv4Address, ...], notes: Notes
) -> tuple[Local, Ends]:
    source = block.last("tunnel source")
    notes.at("local.interface", source)
    said = block.last("tunnel vrf")
    vrf = said.args[0] if said is not None and said.args else None
    outer = outer_of(device, source, vrf, notes)
    if source is not None and source.args and address(source.args[0]) is not None:
        notes.objects["tunnel source"] = source.args[0]
    notes.at("local.address", source)
    notes.at("local.vrf", said)
    local = Local(address=outer.address, interface=outer.interface, vrf=vrf)
    return local, Ends(local=outer, vrf=vrf, remotes=remotes)


def _interface(device: Device, block: Block, notes: Notes) -> TunnelInterface:
    lent = block.last("ip unnumbered")
    lender = canonical(lent.args) if lent is not None and lent.args else None
    if lender is not None and lender not in device.interfaces.first:
        notes.lacks("interface", lender)
    vrf = block.last("vrf")
    notes.at("interface.address", block.last("ip address", "ip unnumbered"))
    return TunnelInterface(
        name=block.name,
        address=first_address(block),
        unnumbered=lender,
        mss=_value(block, "mss", "interface.mss", notes),
        mtu=_value(block, "ip mtu", "interface.mtu", notes),
        vrf=vrf.args[0] if vrf is not None and vrf.args else None,
    )


def _value(block: Block, name: str, path: str, notes: Notes) -> int | None:
    said = block.last(name)
    notes.at(path, said)
    return number(said.args[0]) if said is not None and said.args else None


def _policy(device: Device, block: Block, notes: Notes) -> tuple[TrafficSelector, ...]:
    """Any-to-any, unless an access list narrows it (IOS-XE 16.12 on)."""
    said = block.last("protection policy")
    if said is None or not said.args:
        return ()
    notes.objects["acl"] = said.args[0]
    return selectors(device.lists, said.args[0], notes)


def _routes(device: Device, name: str, notes: Notes) -> tuple[IPv4Network, ...]:
    routes = device.routes.of(name)
    for route in routes[:1]:
        notes.at("routes", route.line)
    for route in routes:
        notes.at(f"routes.{route.network}", route.line)
        ends = (route.interface, route.next_hop, route.behind or None)
        way = " ".join(str(end) for end in ends if end is not None)
        if way != name:
            notes.objects[f"route {route.network}"] = way
    return tuple(dict.fromkeys(route.network for route in routes))


def _loopback(device: Device, bgp: Bgp | None, notes: Notes) -> None:
    """The loopback that BGP speaks from, if it is ours."""
    for peer in bgp.peers if bgp is not None else ():
        name = peer.source or ""
        block = device.running.block("interface", name) if name.startswith("Loopback") else None
        said = block.last("description") if block is not None else None
        if said is not None and said.args[:1] == [LABEL]:
            notes.objects["loopback"] = name
