"""Placing a tunnel's zone, routing instance, static routes and BGP."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.errors import RefusedError
from appliance.model.tunnel import Bgp, BgpPeer, Tunnel, Tunnels
from appliance.record import replace
from vendors.juniper_junos import around
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.routing import NETWORKS, root
from vendors.juniper_junos.writing.statement import AROUND, word

ZONE = "azure"
"""The zone that st0 units of ours are put in."""


def routing(
    box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels, *, alone: bool
) -> Tunnel:
    """`tunnel` with its instance, zone, routes and BGP placed; raises `RefusedError` on a conflict.

    Sessions that Azure does not ask for are reported by a compare, but not ours to take away.
    """
    objects = dict(tunnel.objects)
    if running is None and (instance := _instance(box, tunnel)):
        objects["instance"] = instance
    instance = objects.get("instance")
    objects.setdefault("zone", f"{ZONE}-{instance}" if instance else ZONE)
    wanted = {f"route {route}" for route in tunnel.routes}
    objects = {k: v for k, v in objects.items() if not k.startswith("route ") or k in wanted}
    tunnel = replace(tunnel, objects=objects)
    if tunnel.bgp is not None:
        tunnel = _bgp(box, tunnel, tunnel.bgp, running, siblings)
        tunnel = _speaking(box, tunnel, alone=alone)
    elif running is not None and running.bgp is not None:
        peers = {IPv4Network(peer.address) for peer in running.bgp.peers}
        hosts = tuple(r for r in running.routes if r in peers and r not in tunnel.routes)
        tunnel = replace(tunnel, bgp=running.bgp, routes=(*tunnel.routes, *hosts))
    _check_routes(box, tunnel, running)
    return tunnel


def _instance(box: Box, tunnel: Tunnel) -> str | None:
    """The routing instance of the inside, where the traffic for the tunnel is."""
    inside = box.environment.inside_interface
    if inside is not None and inside in box.instances:
        return box.instances[inside]
    within = tunnel.filter.within if tunnel.filter is not None else ()
    for pair in tunnel.passes or within:
        if (interface := box.facing(pair.local)) is not None:
            return box.instances.get(interface)
    return None


def _check_routes(box: Box, tunnel: Tunnel, running: Tunnel | None) -> None:
    """Raise `RefusedError` where a prefix leads elsewhere: a second next hop would share it."""
    held = () if running is None else running.routes
    ours = {t.interface.name for t in box.mine if t.interface is not None}
    for route in tunnel.routes:
        if route in held:
            continue
        for way in box.below(f"{root(tunnel)}routing-options static route {route}"):
            match = re.fullmatch(r"(next-hop|next-table|discard|reject|receive)(?: (\S+))?", way)
            if match and match[2] not in ours:
                raise RefusedError(
                    f"the device has a static route to {route} already: `{way}`",
                    where=box.where,
                    hint="take it away first, or make it a backup: `qualified-next-hop` with a "
                    "preference above 5",
                )


# --- BGP ---


def _bgp(
    box: Box, tunnel: Tunnel, wanted: Bgp, running: Tunnel | None, siblings: Tunnels
) -> Tunnel:
    held = None if running is None else running.bgp
    objects = dict(tunnel.objects)
    if held is None or "bgp group" not in objects:
        twins = [t.objects["bgp group"] for t in siblings if "bgp group" in t.objects]
        path = f"{root(tunnel)}protocols bgp group"
        objects["bgp group"] = twins[0] if twins else _free_group(box, path)
    known = () if held is None else held.networks
    networks = (*known, *(network for network in wanted.networks if network not in known))
    own = f"{objects['bgp group']}{NETWORKS}"
    exported = objects.get("bgp export", "").split()
    if set(wanted.networks) - set(known) and own not in exported:
        exported = [own, *exported]
    objects["bgp export"] = " ".join(exported)
    bgp = Bgp(local_asn=wanted.local_asn, peers=_peers(wanted, held), networks=networks)
    return replace(tunnel, bgp=bgp, objects=objects)


def _free_group(box: Box, path: str) -> str:
    """A group name whose export policy is free as well."""
    name, number = box.site, 2
    policy = "policy-options policy-statement"
    while box.has(f"{path} {word(name)}") or box.has(f"{policy} {word(name + NETWORKS)}"):
        name, number = f"{box.site}-{number}", number + 1
    return name


def _peers(wanted: Bgp, held: Bgp | None) -> tuple[BgpPeer, ...]:
    """Neighbours in the tunnel that are not Azure's are someone's business, and stay."""
    ours = {peer.address for peer in wanted.peers}
    others = () if held is None else tuple(p for p in held.peers if p.address not in ours)
    return (*wanted.peers, *others)


def _speaking(box: Box, tunnel: Tunnel, *, alone: bool) -> Tunnel:
    """The address that BGP speaks from exists: on the device, on the st0 unit, or on lo0.0."""
    interface, bgp = tunnel.interface, tunnel.bgp
    speaker = None if bgp is None else bgp.peers[0].local_address
    if interface is None or speaker is None or _held(box, tunnel, speaker):
        return tunnel
    if alone and interface.address is None:
        own = IPv4Interface(speaker)
        box.check_free(interface.name, own)
        return replace(tunnel, interface=replace(interface, address=own))
    box.check_free("lo0.0", IPv4Interface(speaker))
    address, member = around.loopback(speaker, tunnel.objects["zone"])
    lines = [address] if "lo0.0" in box.zones else [address, member]
    return replace(tunnel, objects={**tunnel.objects, AROUND: joined(tunnel, lines)})


def _held(box: Box, tunnel: Tunnel, speaker: IPv4Address) -> bool:
    own = None if tunnel.interface is None else tunnel.interface.address
    return (own is not None and own.ip == speaker) or box.holder(speaker) is not None


def joined(tunnel: Tunnel, lines: list[str]) -> str:
    """The statements beside the tunnel with these, each once."""
    held = tunnel.objects.get(AROUND, "").splitlines()
    return "\n".join(dict.fromkeys((*held, *lines)))
