"""Placing what stands around a tunnel: permits at the outside interface, BGP and its loopback."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.errors import RefusedError
from appliance.model.tunnel import Bgp, BgpPeer, Tunnel
from appliance.record import replace
from vendors.cisco import timers
from vendors.cisco_ios.writing.box import Box

STEP = 10
"""IOS numbers access list entries 10, 20, 30 ... when nobody numbers them."""


def routing(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """`tunnel` with its permits and BGP placed; raises `RefusedError` on a conflict.

    Sessions that Azure does not ask for are reported by a compare, but not ours to take away.
    """
    tunnel = _permits(box, tunnel, running)
    if tunnel.bgp is not None:
        return _bgp(box, tunnel, tunnel.bgp, running)
    if running is None or running.bgp is None:
        return tunnel
    peers = {IPv4Network(peer.address) for peer in running.bgp.peers}
    hosts = tuple(r for r in running.routes if r in peers and r not in tunnel.routes)
    return replace(tunnel, bgp=running.bgp, routes=(*tunnel.routes, *hosts))


def _permits(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    acl = box.environment.outside_acl
    held = None if running is None else running.permits
    remote = tunnel.remote.addresses[0]
    if acl is None or (held is not None and remote in held):
        return replace(tunnel, permits=held)
    if not box.blank:
        applied = _applied(box, tunnel.local.interface)
        if applied is None:
            return replace(tunnel, permits=None)
        _check_acl(box, acl, applied)
    numbers = "" if box.blank else _free_numbers(box, acl)
    return replace(
        tunnel,
        permits=(remote,),
        objects={**tunnel.objects, "permits": f"{acl} {numbers}".rstrip()},
    )


def _applied(box: Box, interface: str | None) -> str | None:
    """The access list that filters what comes in at the interface."""
    for line in box.lines(f"interface {interface}"):
        match = re.fullmatch(r"ip access-group (\S+) in", line)
        if match:
            return match[1]
    return None


def _check_acl(box: Box, acl: str, applied: str) -> None:
    where = f"site {box.site}"
    if applied != acl:
        raise RefusedError(
            f"the outside interface filters with access list {applied}, the inventory names {acl}",
            where=where,
            hint=f"set device.outside_acl: {applied}",
        )
    if f"ip access-list extended {acl}" not in box.observed.objects:
        raise RefusedError(
            f"access list {acl} is applied but not defined: the first entry in it would block "
            "everything else",
            where=where,
            hint="define it on the device, or leave device.outside_acl out of the inventory",
        )


def _free_numbers(box: Box, acl: str) -> str:
    """Three numbers in front of the first `deny`: what stands behind it is never reached."""
    numbered = []
    for index, entry in enumerate(box.lines(f"ip access-list extended {acl}")):
        match = re.match(r"(\d+) (.*)", entry)
        number, text = (int(match[1]), match[2]) if match else ((index + 1) * STEP, entry)
        if not text.startswith("remark"):
            numbered.append((number, text))
    denies = [number for number, text in numbered if text.startswith("deny")]
    if not denies:
        return ""
    below = max((number for number, _ in numbered if number < denies[0]), default=0)
    if denies[0] - below <= 3:  # noqa: PLR2004 -- IKE, NAT traversal and ESP
        raise RefusedError(
            f"access list {acl} has no room for three entries before `{denies[0]} deny`",
            where=f"site {box.site}",
            hint=f"make room: ip access-list resequence {acl} 10 10",
        )
    return " ".join(str(denies[0] - offset) for offset in (3, 2, 1))


def _bgp(box: Box, tunnel: Tunnel, wanted: Bgp, running: Tunnel | None) -> Tunnel:
    held = None if running is None else running.bgp
    if held is None or held.local_asn != wanted.local_asn:
        process = box.bgp_process(wanted.local_asn)
        tunnel = replace(tunnel, objects=_one_as(tunnel.objects, process, wanted.local_asn))
    kept = () if held is None else held.networks
    networks = (*kept, *(network for network in wanted.networks if network not in kept))
    objects = dict(tunnel.objects)
    wanted = replace(wanted, peers=tuple(_from_held(box, peer) for peer in wanted.peers))
    name = objects.get("bgp process", str(wanted.local_asn))
    objects = timers.placed(objects, wanted, held, box.lines(f"router bgp {name}"))
    for peer in wanted.peers:
        if peer.source is not None and _needs_loopback(box, peer.source, peer.local_address):
            objects["loopback"] = peer.source
    return replace(
        tunnel,
        bgp=Bgp(local_asn=wanted.local_asn, peers=_peers(wanted, held), networks=networks),
        objects=objects,
    )


def _one_as(objects: Mapping[str, str], process: str, asn: int) -> dict[str, str]:
    """With the router's own AS, and none that neighbours see in its place."""
    kept = {kind: name for kind, name in objects.items() if not kind.startswith("local-as ")}
    kept.pop("bgp process", None)
    return kept if process == str(asn) else {**kept, "bgp process": process}


def _peers(wanted: Bgp, held: Bgp | None) -> tuple[BgpPeer, ...]:
    """Neighbours in the tunnel that are not Azure's are someone's business, and stay."""
    ours = {peer.address for peer in wanted.peers}
    others = () if held is None else tuple(p for p in held.peers if p.address not in ours)
    return (*wanted.peers, *others)


def _from_held(box: Box, peer: BgpPeer) -> BgpPeer:
    """A loopback that has the address already is the one to speak from."""
    held = box.interface_of(peer.local_address) or ""
    free = peer.source is not None and peer.source not in box.observed.interfaces
    return replace(peer, source=held) if free and held.startswith("Loopback") else peer


def _needs_loopback(box: Box, source: str, address: IPv4Address | None) -> bool:
    if not source.startswith("Loopback"):
        return False
    if source not in box.observed.interfaces:
        if address is not None:
            box.check_free(source, IPv4Interface(address))
        return True
    held = box.observed.interfaces[source]
    if held is None or held.ip != address:
        raise RefusedError(
            f"{source} has {held.ip if held else 'no address'}, BGP is to speak from {address}",
            where=f"site {box.site}",
            hint="correct on_premises.bgp.address, or name another on_premises.bgp.source",
        )
    return False
