"""Placing what stands around a tunnel: permits, next hops, BGP, the clamp on TCP segments."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.tunnel import Bgp, BgpPeer, Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco import timers
from vendors.cisco.writing.section import PREFIX
from vendors.cisco_asa.writing.box import CLAMP, Box
from vendors.cisco_asa.writing.routing import other_end


def routing(box: Box, tunnel: Tunnel, running: Tunnel | None, siblings: Tunnels) -> Tunnel:
    """`tunnel` with its permits, next hops and BGP placed; raises `RefusedError` on a conflict.

    Sessions that Azure does not ask for are reported by a compare, but not ours to take away.
    """
    tunnel = _permits(box, tunnel, running)
    if tunnel.bgp is not None:
        tunnel = _bgp(box, tunnel, tunnel.bgp, running)
    elif running is not None and running.bgp is not None:
        peers = {IPv4Network(peer.address) for peer in running.bgp.peers}
        hosts = tuple(r for r in running.routes if r in peers and r not in tunnel.routes)
        tunnel = replace(tunnel, bgp=running.bgp, routes=(*tunnel.routes, *hosts))
    return _hops(box, tunnel, siblings)


# --- static routes ---


def _hops(box: Box, tunnel: Tunnel, siblings: Tunnels) -> Tunnel:
    """The next hop of a new route is the other end of the tunnel interface's network.

    An ASA takes one route of a distance to a network (unless its interfaces are in one zone), so
    that of a second tunnel is further: it comes in when the first tunnel goes down.
    """
    hop = other_end(tunnel)
    if hop is None:
        return tunnel
    ways = dict(tunnel.objects)
    for route in tunnel.routes:
        kind = f"route {route}"
        if kind not in ways:
            _check_way(box, tunnel, route)
            before = sum(kind in sibling.objects for sibling in siblings)
            ways[kind] = f"{hop} {before + 1}" if before else hop
    return replace(tunnel, objects=ways)


def _check_way(box: Box, tunnel: Tunnel, route: IPv4Network) -> None:
    """Raise `RefusedError` when somebody's static route leads elsewhere, and would go on to."""
    target = [str(route.network_address), str(route.netmask)]
    for heading in box.headings("route "):
        words = heading.split()
        others = words[1].lower() != tunnel.objects.get("nameif", "").lower()
        mine = any(words[1] == other.objects.get("nameif") for other in _mine(box))
        if words[2:4] == target and words[5:6] in ([], ["1"]) and others and not mine:
            raise box.refused(
                f"the device leads {route} elsewhere: `{heading}`",
                "take that route away, or give it a larger distance: it would stay in use",
            )


def _mine(box: Box) -> Tunnels:
    """The tunnels of the device that are not others'."""
    return tuple(one for one in box.observed.tunnels if one not in box.others)


# --- permits: only a control-plane list filters what is meant for the ASA itself ---


def _permits(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    acl = box.environment.outside_acl
    held = None if running is None else running.permits
    remote = tunnel.remote.addresses[0]
    applied = _applied(box, tunnel.local.interface)
    if acl is None or applied is None or (held is not None and remote in held):
        return replace(tunnel, permits=held)
    if applied != acl:
        raise box.refused(
            f"the outside interface filters what is for the device itself with access list "
            f"{applied}, the inventory names {acl}",
            f"set device.outside_acl: {applied}",
        )
    number = _before_denial(box, acl)
    return replace(
        tunnel,
        permits=(remote,),
        objects={**tunnel.objects, "permits": f"{acl} {number}".rstrip()},
    )


def _applied(box: Box, nameif: str | None) -> str | None:
    """The control-plane access list of an interface."""
    for heading in box.headings("access-group "):
        found = re.fullmatch(r"access-group (\S+) in interface (\S+) control-plane", heading)
        if found and found[2].lower() == (nameif or "").lower():
            return found[1]
    return None


def _before_denial(box: Box, acl: str) -> str:
    """The line of the first `deny`: what stands behind it may never be reached; "" without one."""
    for number, entry in enumerate(box.lines(f"access-list {acl}"), start=1):
        if re.match(r"(?:extended )?deny ", entry):
            return str(number)
    return ""


# --- BGP ---


def _bgp(box: Box, tunnel: Tunnel, wanted: Bgp, running: Tunnel | None) -> Tunnel:
    box.check_bgp(wanted.local_asn)
    held = None if running is None else running.bgp
    kept = () if held is None else held.networks
    networks = (*kept, *(network for network in wanted.networks if network not in kept))
    said = box.lines(f"router bgp {wanted.local_asn}")
    objects = timers.placed(tunnel.objects, wanted, held, said)
    ours: list[BgpPeer] = []
    for peer in wanted.peers:
        known = _session(held, peer)
        if peer.source is not None and known is not None and known.source is not None:
            ours.append(replace(peer, source=known.source))
            continue
        nameif = _loopback(box, peer.source, peer.local_address, objects)
        ours.append(replace(peer, source=nameif))
    return replace(
        tunnel,
        bgp=Bgp(local_asn=wanted.local_asn, peers=_peers(tuple(ours), held), networks=networks),
        objects=objects,
    )


def _session(held: Bgp | None, peer: BgpPeer) -> BgpPeer | None:
    """The running session with the same two ends."""
    ends = (peer.address, peer.local_address)
    peers = () if held is None else held.peers
    return next((one for one in peers if (one.address, one.local_address) == ends), None)


def _peers(wanted: tuple[BgpPeer, ...], held: Bgp | None) -> tuple[BgpPeer, ...]:
    """Neighbours in the tunnel that are not Azure's are someone's business, and stay."""
    ours = {peer.address for peer in wanted}
    others = () if held is None else tuple(p for p in held.peers if p.address not in ours)
    return (*wanted, *others)


def _loopback(
    box: Box, source: str | None, address: IPv4Address | None, objects: dict[str, str]
) -> str | None:
    """The name of the interface that BGP starts from; a loopback of our own where it is new.

    Raises `RefusedError` when the interface has another address.
    """
    if source is None or address is None:
        return source
    holder = box.interface_of(address)
    if holder is not None:
        return holder
    if source in box.observed.interfaces or not source.lower().startswith("loopback"):
        held = box.observed.interfaces.get(source)
        raise box.refused(
            f"{source} has {held.ip if held else 'no address'}, BGP is to speak from {address}",
            "correct on_premises.bgp.address, or name another on_premises.bgp.source",
        )
    box.check_free(source, IPv4Interface(address))
    nameif = f"{PREFIX}{source.lower()}"
    objects["loopback"] = f"{source} {nameif}"
    return nameif


# --- the clamp ---


def clamped(box: Box, others: Tunnels, placed: Tunnels) -> Tunnels:
    """All tunnels with the box-wide MSS: as small as the placed ones want, and never raised."""
    asked = (one.interface.mss for one in placed if one.interface is not None)
    sizes = [size for size in asked if size is not None]
    now = box.mss()
    if not sizes or (now is not None and now <= min(sizes)):
        return (*others, *(_sized(tunnel, now) for tunnel in placed))
    before = {"tcpmss before": box.clamp() or f"no {CLAMP}"}
    return (
        *(_sized(tunnel, min(sizes)) for tunnel in others),
        *(
            replace(_sized(tunnel, min(sizes)), objects={**tunnel.objects, **before})
            for tunnel in placed
        ),
    )


def _sized(tunnel: Tunnel, mss: int | None) -> Tunnel:
    if tunnel.interface is None or tunnel.interface.mss == mss:
        return tunnel
    sources = {path: at for path, at in tunnel.sources.items() if path != "interface.mss"}
    return replace(tunnel, interface=replace(tunnel.interface, mss=mss), sources=sources)
