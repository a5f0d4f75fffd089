"""Settle the intent on what a device already has, or nearly has, of what Azure accepts."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv4Network
from itertools import product

from appliance.model.algorithms import Encryption, Integrity
from appliance.model.intent import Dials, EspOffer, Intent, Observed, PeerPolicy
from appliance.model.pairing import pair
from appliance.model.tunnel import Esp, EspProposal, Ike, IkeProposal, Tunnel
from appliance.record import replace


def settle(intent: Intent, observed: Observed) -> Intent:
    """The same intent, as near to the running tunnel as Azure and the inventory allow.

    Only a default policy leaves a choice of algorithms; a custom one is exactly one combination.
    How often the other end is probed is taste, unless the inventory says; so is how far a BGP
    session may reach, if it reaches, and whether static routes to what Azure has stand beside BGP.
    """
    speaks = any(tunnel.bgp is not None for tunnel in intent.tunnels)
    if not (intent.peer.default or intent.any_pace or speaks):
        return intent
    pairs = pair(intent, observed.tunnels)
    tunnels = tuple(
        wanted if running is None else _near(intent, wanted, running) for wanted, running in pairs
    )
    return replace(intent, tunnels=tunnels)


def _near(intent: Intent, wanted: Tunnel, running: Tunnel) -> Tunnel:
    if intent.peer.default:
        wanted = _settle(wanted, running, intent.peer)
    held = running.ike.dpd
    if intent.any_pace and held is not None and running.ike.version is wanted.ike.version:
        in_time = held.delay_seconds <= max(intent.gives_up_seconds, _PATIENCE_SECONDS)
        if in_time:
            wanted = replace(wanted, ike=replace(wanted.ike, dpd=held))
    return _beside_bgp(intent, _reaching(_connected(wanted, running), running), running)


def _connected(wanted: Tunnel, running: Tunnel) -> Tunnel:
    """Our address with a mask that has Azure's in it reaches that without a route of its own."""
    ours, held = _address(wanted), _address(running)
    if wanted.bgp is None or wanted.interface is None or ours is None or held is None:
        return wanted
    beside = {peer.address for peer in wanted.bgp.peers if peer.address in held.network}
    if ours.ip != held.ip or len(beside) < len(wanted.bgp.peers):
        return wanted
    hops = {peer.address: peer.multihop for peer in running.bgp.peers} if running.bgp else {}
    peers = tuple(replace(one, multihop=hops.get(one.address)) for one in wanted.bgp.peers)
    hosts = {IPv4Network(address) for address in beside} - set(running.routes)
    return replace(
        wanted,
        interface=replace(wanted.interface, address=held),
        bgp=replace(wanted.bgp, peers=peers),
        routes=tuple(route for route in wanted.routes if route not in hosts),
    )


def _address(tunnel: Tunnel) -> IPv4Interface | None:
    return None if tunnel.interface is None else tunnel.interface.address


def _beside_bgp(intent: Intent, wanted: Tunnel, running: Tunnel) -> Tunnel:
    """With a circuit the VPN's routes must stand back: then `compare.edge` judges them."""
    if wanted.bgp is None or intent.edge is not None:
        return wanted
    held = (route for route in running.routes if route not in wanted.routes)
    kept = tuple(one for one in held if any(one.subnet_of(other) for other in intent.reaches))
    return replace(wanted, routes=(*wanted.routes, *kept))


def _reaching(wanted: Tunnel, running: Tunnel) -> Tunnel:
    if wanted.bgp is None or running.bgp is None:
        return wanted
    held = {peer.address: peer.multihop for peer in running.bgp.peers}
    peers = tuple(
        replace(peer, multihop=max(peer.multihop, held.get(peer.address) or 0))
        if peer.multihop is not None
        else peer
        for peer in wanted.bgp.peers
    )
    return replace(wanted, bgp=replace(wanted.bgp, peers=peers))


_PATIENCE_SECONDS = 60
"""A first probe after a minute of silence is still soon enough to take routes out of a tunnel."""


def _settle(wanted: Tunnel, running: Tunnel, policy: PeerPolicy) -> Tunnel:
    ike, esp = wanted.ike, wanted.esp
    if running.ike.version is ike.version:
        name, lifetime = ike.proposals[0].name, ike.proposals[0].lifetime_seconds
        proposal = replace(_nearest_ike(running.ike, policy), name=name, lifetime_seconds=lifetime)
        ike = replace(ike, proposals=(proposal,))
    offer = _nearest_esp(running.esp, policy)
    chosen = replace(esp.proposals[0], encryption=(offer.encryption,), integrity=(offer.integrity,))
    return replace(
        wanted, ike=ike, esp=replace(esp, proposals=(chosen,), pfs_group=offer.pfs_group)
    )


def _nearest_ike(running: Ike, policy: PeerPolicy) -> IkeProposal:
    """The offer that needs the least change; of equal ones the one Azure likes best."""
    return max(
        policy.ike, key=lambda offer: max((_common(offer, p) for p in running.proposals), default=0)
    )


def _common(offer: IkeProposal, proposal: IkeProposal) -> int:
    return (
        (set(offer.encryption) <= set(proposal.encryption))
        + (set(offer.integrity) <= set(proposal.integrity))
        + (set(offer.groups) <= set(proposal.groups))
    )


def within(offer: IkeProposal, proposal: IkeProposal) -> bool:
    """Whether the exact combination `offer` is one of those that `proposal` stands for."""
    return _common(offer, proposal) == 3 and set(offer.prf) <= set(proposal.prf)  # noqa: PLR2004 -- all of them


def _nearest_esp(running: Esp, policy: PeerPolicy) -> EspOffer:
    """Of what every list concerned has, the offer that needs the least change; PFS counts least."""
    lists = {
        Dials.EITHER: (policy.initiator, policy.responder),
        Dials.AZURE: (policy.initiator,),
        Dials.APPLIANCE: (policy.responder,),
    }[policy.dials]
    offers = [offer for offer in lists[0] if all(offer in others for others in lists)]

    def nearness(offer: EspOffer) -> tuple[int, bool]:
        common = (
            (offer.encryption in p.encryption) + (offer.integrity in p.integrity)
            for p in running.proposals
        )
        return max(common, default=0), offer.pfs_group is running.pfs_group

    return max(offers, key=nearness)


def combinations(proposal: EspProposal) -> Iterator[tuple[Encryption, Integrity]]:
    """Every (encryption, integrity) the proposal stands for."""
    return product(proposal.encryption, proposal.integrity)
