"""Which algorithms to configure, out of those Azure takes."""

from __future__ import annotations

from appliance.azure.expectation import Expectation
from appliance.model.algorithms import IkeVersion, Integrity
from appliance.model.intent import EspOffer, PeerPolicy
from appliance.model.tunnel import Esp, EspProposal, IkeProposal


def ike_proposal(name: str, expectation: Expectation) -> IkeProposal:
    """The strongest of what Azure takes; in its default list that is AES256 with SHA256."""
    chosen = max(
        expectation.policy.ike,
        key=lambda offer: (
            min(cipher.strength for cipher in offer.encryption),
            min(prf.strength for prf in offer.prf),
        ),
    )
    return IkeProposal(
        name=name,
        encryption=chosen.encryption,
        integrity=chosen.integrity,
        prf=chosen.prf,
        groups=chosen.groups,
        lifetime_seconds=expectation.ike_lifetime_seconds,
    )


def esp(name: str, expectation: Expectation) -> Esp:
    """The child SA's side, with Azure's lifetimes."""
    offer = _esp_offer(expectation.policy, expectation.ike_version)
    return Esp(
        proposals=(
            EspProposal(name=name, encryption=(offer.encryption,), integrity=(offer.integrity,)),
        ),
        pfs_group=offer.pfs_group,
        lifetime_seconds=expectation.esp_lifetime_seconds,
        lifetime_kilobytes=expectation.esp_lifetime_kilobytes,
    )


def _esp_offer(policy: PeerPolicy, version: IkeVersion) -> EspOffer:
    """The strongest offer that works whoever dials: both lists have it (azure: default offers).

    AEAD ciphers are left to IKEv2: IKEv1 implementations rarely agree on them.
    """
    both = [offer for offer in policy.initiator if offer in policy.responder] or list(
        policy.responder
    )
    if version is IkeVersion.V1 and policy.default:
        both = [offer for offer in both if not offer.encryption.aead]
    return max(both, key=_offer_strength)


def _offer_strength(offer: EspOffer) -> tuple[int, int, bool]:
    aead = offer.encryption.aead
    hash_ = Integrity.SHA512 if aead else offer.integrity
    return offer.encryption.strength, hash_.strength, aead
