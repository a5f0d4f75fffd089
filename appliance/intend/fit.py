"""The intent in what its device can say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from appliance.driver import Driver
from appliance.model.intent import EspOffer, Intent, PeerPolicy
from appliance.model.tunnel import IkeProposal, Tunnel
from appliance.record import replace


def fit(intent: Intent, driver: Driver) -> Intent:
    """The intent as the driver expresses it.

    Of Azure's default lists the first combination that the device has words for is taken, the
    strongest first; where there is none, and with a custom policy, the driver's refusals tell.
    """
    asked = driver.express(intent)
    if not intent.peer.default or not driver.refusals(asked):
        return asked
    for choice in _choices(intent.peer):
        other = driver.express(_with(intent, *choice))
        if not driver.refusals(other):
            return other
    return asked


def _choices(policy: PeerPolicy) -> Iterator[tuple[IkeProposal, EspOffer]]:
    both = [offer for offer in policy.initiator if offer in policy.responder]
    ike = sorted(policy.ike, key=lambda offer: -sum(cipher.strength for cipher in offer.encryption))
    esp = sorted(both, key=lambda offer: -offer.encryption.strength)
    return product(ike, esp)


def _with(intent: Intent, ike: IkeProposal, esp: EspOffer) -> Intent:
    return replace(intent, tunnels=tuple(_chosen(one, ike, esp) for one in intent.tunnels))


def _chosen(tunnel: Tunnel, ike: IkeProposal, esp: EspOffer) -> Tunnel:
    held = tunnel.ike.proposals[0]
    proposal = replace(ike, name=held.name, lifetime_seconds=held.lifetime_seconds)
    child = replace(
        tunnel.esp.proposals[0], encryption=(esp.encryption,), integrity=(esp.integrity,)
    )
    return replace(
        tunnel,
        ike=replace(tunnel.ike, proposals=(proposal,)),
        esp=replace(tunnel.esp, proposals=(child,), pfs_group=esp.pfs_group),
    )
