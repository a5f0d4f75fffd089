"""What Azure negotiates on a connection without a custom policy.

From "About VPN devices for site-to-site connections", tables of default IPsec/IKE parameters and
RouteBased offers, and for Virtual WAN from "Default IPsec policies". Order is Azure's preference.
"""

from __future__ import annotations

from appliance.azure.expectation import ESP_LIFETIME_SECONDS, IKE_LIFETIME_SECONDS
from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, PeerPolicy
from appliance.model.tunnel import IkeProposal
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Default offers of one kind of gateway, and its default child SA lifetime in seconds."""

    ike: tuple[IkeProposal, ...]
    initiator: tuple[EspOffer, ...]
    responder: tuple[EspOffer, ...]
    lifetime_seconds: int

    def policy(self, dials: Dials) -> PeerPolicy:
        """These offers as the policy of one connection."""
        return PeerPolicy(
            default=True,
            ike=self.ike,
            initiator=self.initiator,
            responder=self.responder,
            dials=dials,
        )


_CIPHERS = {
    "aes256": Encryption.AES256,
    "aes128": Encryption.AES128,
    "3des": Encryption.TRIPLE_DES,
    "des": Encryption.DES,
    "gcm256": Encryption.AES256GCM,
}


def _ike(pairs: str) -> tuple[IkeProposal, ...]:
    """Proposals out of `cipher/hash` words; all defaults use group 2 (1024 bit)."""
    return tuple(
        IkeProposal(
            name=f"default-{number}",
            encryption=(_CIPHERS[cipher],),
            integrity=(Integrity(digest),),
            prf=(Prf(digest),),
            groups=(DhGroup.MODP1024,),
            lifetime_seconds=IKE_LIFETIME_SECONDS,
        )
        for number, (cipher, digest) in enumerate(
            (pair.split("/") for pair in pairs.split()), start=1
        )
    )


def _esp(offers: str) -> tuple[EspOffer, ...]:
    """Offers out of `cipher/hash/group` words; group 0 is no PFS."""
    return tuple(
        EspOffer(
            encryption=_CIPHERS[cipher],
            integrity=Integrity(digest),
            pfs_group=DhGroup(int(group)) if group != "0" else None,
        )
        for cipher, digest, group in (offer.split("/") for offer in offers.split())
    )


_INITIATOR = "gcm256/none/0 aes256/sha1/0 3des/sha1/0 aes256/sha256/0 aes128/sha1/0 3des/sha256/0"
_RESPONDER = f"""{_INITIATOR}
    des/sha1/0 aes256/sha1/1 aes256/sha1/2 aes256/sha1/14 aes128/sha1/1
    aes128/sha1/2 aes128/sha1/14 3des/sha1/1 3des/sha1/2 3des/sha256/2
    aes256/sha256/1 aes256/sha256/2 aes256/sha256/14 aes256/sha1/24 aes256/sha256/24
    aes128/sha256/0 aes128/sha256/1 aes128/sha256/2 aes128/sha256/14 3des/sha1/14"""
_WAN_INITIATOR = "gcm256/none/0 aes256/sha1/0 aes256/sha256/0 aes128/sha1/0"
_WAN_RESPONDER = f"""{_WAN_INITIATOR}
    aes256/sha1/1 aes256/sha1/2 aes256/sha1/14 aes128/sha1/1 aes128/sha1/2 aes128/sha1/14
    aes256/sha256/1 aes256/sha256/2 aes256/sha256/14 aes256/sha1/24 aes256/sha256/24
    aes128/sha256/0 aes128/sha256/1 aes128/sha256/2 aes128/sha256/14"""
_POLICY_BASED = "aes256/sha256/0 aes256/sha1/0 aes128/sha1/0 3des/sha1/0"

ROUTE_BASED = Defaults(
    ike=_ike("aes256/sha1 aes256/sha256 aes128/sha1 aes128/sha256 3des/sha1 3des/sha256"),
    initiator=_esp(_INITIATOR),
    responder=_esp(_RESPONDER),
    lifetime_seconds=ESP_LIFETIME_SECONDS,
)
POLICY_BASED = Defaults(
    ike=_ike("aes256/sha256 aes256/sha1 aes128/sha1 3des/sha1"),
    initiator=_esp(_POLICY_BASED),
    responder=_esp(_POLICY_BASED),
    lifetime_seconds=3_600,
)
WAN = Defaults(
    ike=_ike("aes256/sha1 aes256/sha256 aes128/sha1 aes128/sha256"),
    initiator=_esp(_WAN_INITIATOR),
    responder=_esp(_WAN_RESPONDER),
    lifetime_seconds=3_600,
)
