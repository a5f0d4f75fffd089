"""Settle the intent on what a device already has, where Azure's policy accepts that too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from appliance.model.algorithms import Encryption, Integrity
from appliance.model.intent import Dials, EspOffer, Intent, Observed, PeerPolicy
from appliance.model.pairing import pair
from appliance.model.tunnel import Esp, EspProposal, Ike, IkeProposal, Tunnel
from appliance.record import replace


def settle(intent: Intent, observed: Observed) -> Intent:
    """The same intent, its algorithms those of the running tunnel where Azure takes them.

    Only a default policy leaves a choice; a custom one is exactly one combination.
    """
    if not intent.peer.default:
        return intent
    pairs = pair(intent.tunnels, observed.tunnels)
    tunnels = tuple(
        wanted if running is None else _settle(wanted, running, intent.peer)
        for wanted, running in pairs
    )
    return replace(intent, tunnels=tunnels)


def _settle(wanted: Tunnel, running: Tunnel, policy: PeerPolicy) -> Tunnel:
    proposal = _common_ike(running.ike, policy)
    offer = _common_esp(running.esp, policy)
    ike, esp = wanted.ike, wanted.esp
    if proposal is not None and running.ike.version is ike.version:
        name, lifetime = ike.proposals[0].name, ike.proposals[0].lifetime_seconds
        ike = replace(ike, proposals=(replace(proposal, name=name, lifetime_seconds=lifetime),))
    if offer is not None:
        chosen = replace(
            esp.proposals[0], encryption=(offer.encryption,), integrity=(offer.integrity,)
        )
        esp = replace(esp, proposals=(chosen,), pfs_group=offer.pfs_group)
    return replace(wanted, ike=ike, esp=esp)


def _common_ike(running: Ike, policy: PeerPolicy) -> IkeProposal | None:
    offers = (
        offer for proposal in running.proposals for offer in policy.ike if within(offer, proposal)
    )
    return next(offers, None)


def within(offer: IkeProposal, proposal: IkeProposal) -> bool:
    """Whether the exact combination `offer` is one of those that `proposal` stands for."""
    return (
        set(offer.encryption) <= set(proposal.encryption)
        and set(offer.integrity) <= set(proposal.integrity)
        and set(offer.prf) <= set(proposal.prf)
        and set(offer.groups) <= set(proposal.groups)
    )


def _common_esp(running: Esp, policy: PeerPolicy) -> EspOffer | None:
    """The device's own PFS group where every list concerned has it, else no PFS, else any."""
    lists = {
        Dials.EITHER: (policy.initiator, policy.responder),
        Dials.AZURE: (policy.initiator,),
        Dials.APPLIANCE: (policy.responder,),
    }[policy.dials]
    wanted_pfs = (running.pfs_group, None)
    candidates = [
        EspOffer(encryption=cipher, integrity=hash_, pfs_group=pfs)
        for proposal in running.proposals
        for cipher, hash_ in combinations(proposal)
        for pfs in wanted_pfs
    ]
    return next((c for c in candidates if all(c in offers for offers in lists)), None)


def combinations(proposal: EspProposal) -> Iterator[tuple[Encryption, Integrity]]:
    """Every (encryption, integrity) the proposal stands for."""
    return product(proposal.encryption, proposal.integrity)
