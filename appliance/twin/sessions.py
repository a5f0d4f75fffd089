"""Would the BGP session that Azure counts on come up? By both ends' settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.failure import Kind
from appliance.model.tunnel import BgpPeer, Tunnel
from appliance.twin.finding import Finding
from appliance.twin.subject import Subject


def speaks(subject: Subject) -> bool:
    """Whether both ends would agree on a session, so that routes are learnt."""
    return subject.expectation.bgp_enabled and fault(subject) is None


def fault(subject: Subject) -> Finding | None:
    """What keeps the session with this instance down, its field first; None where nothing does.

    Several peers of the device may be for other instances: that which comes nearest is judged.
    """
    bgp, expectation = subject.tunnel.bgp, subject.expectation
    theirs = expectation.on_premises
    if not expectation.bgp_enabled:
        return None
    if bgp is None or not bgp.peers:
        return down(
            "bgp",
            "Azure counts on it, and no peer of the device, or no route to one, leads in here",
        )
    if theirs.bgp_asn not in (None, bgp.local_asn):
        reason = "Azure knows the site by another AS number"
        return down("bgp.local_asn", reason, bgp.local_asn, theirs.bgp_asn)
    found = [next(_wrong(one, subject), None) for one in bgp.peers]
    return None if None in found else min((one for one in found if one), key=_distance)


_ORDER = ("bgp.peers.address", "bgp.peers.enabled", "bgp.peers.asn", "bgp.peers.local_address")


def _distance(found: Finding) -> int:
    """A peer that is for another address is the farthest from being right."""
    field = found.fields[0]
    return -_ORDER.index(field) if field in _ORDER else -len(_ORDER)


def _wrong(peer: BgpPeer, subject: Subject) -> Iterator[Finding]:
    tunnel, expectation, endpoint = subject.tunnel, subject.expectation, subject.endpoint
    known = (*endpoint.bgp_addresses, *endpoint.apipa_addresses)
    ours = expectation.on_premises.bgp_address
    if peer.address not in known:
        reason = "Azure's gateway has another address for BGP"
        yield down("bgp.peers.address", reason, peer.address, *known)
    if not peer.enabled:
        yield down("bgp.peers.enabled", "the device has this peer shut down", peer.address)
    if peer.asn != expectation.bgp_asn:
        reason = "Azure's gateway has another AS number"
        yield down("bgp.peers.asn", reason, peer.asn, expectation.bgp_asn)
    if ours not in (None, peer.local_address):
        reason = "Azure looks for the device's BGP at another address"
        yield down("bgp.peers.local_address", reason, peer.local_address, ours)
    if not connected(peer.address, tunnel):
        if not any(peer.address in network for network in tunnel.routes):
            reason = "no route of the device leads its BGP into the tunnel (a host route is due)"
            yield down("routes", reason, "none", f"{peer.address}/32")
        if peer.multihop in (None, 1) and needs_hops(subject):
            reason = "the peer is not on the tunnel's own network, and multihop is not allowed"
            yield down("bgp.peers.multihop", reason, peer.multihop or "none", "2 or more")


def needs_hops(subject: Subject) -> bool:
    """Whether the platform has to be told of hops; Windows has no such setting, and allows them."""
    meant = None if subject.meant is None else subject.meant.bgp
    return meant is not None and any(peer.multihop for peer in meant.peers)


def connected(address: IPv4Address, tunnel: Tunnel) -> bool:
    """Whether it is on the network of the tunnel interface."""
    held = None if tunnel.interface is None else tunnel.interface.address
    return held is not None and address in held.network


def down(field: str, reason: str, device: object = None, *azure: object) -> Finding:
    """A finding: this field keeps the session down."""
    return Finding(
        kind=Kind.BGP,
        fields=(field,),
        breaking=True,
        reason=f"the BGP session would not come up: {reason}",
        device=() if device is None else (str(device),),
        azure=tuple(map(str, azure)),
    )
