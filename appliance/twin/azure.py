"""Azure's end: what the expectation says of one gateway instance, as charon's connections.

Written from Azure's tables alone: it knows nothing of the device's tunnel, nor of how that is
translated.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.azure.expectation import Expectation
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials, EspOffer
from appliance.model.tunnel import IkeProposal
from appliance.twin.scenario import Child, Connection, End

_ANY = "0.0.0.0/0"
# Azure's words: GCMAES256 is AES-GCM with a 16-byte tag, and as an IKE cipher it needs a PRF named.
_CIPHERS = {
    "null": "null",
    "des": "des",
    "3des": "3des",
    "aes128": "aes128",
    "aes192": "aes192",
    "aes256": "aes256",
    "aes128gcm": "aes128gcm16",
    "aes192gcm": "aes192gcm16",
    "aes256gcm": "aes256gcm16",
}
_HASHES = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384"}
# DHGroup1, 2, 14 (and 2048, the same), ECP256, ECP384, DHGroup24.
_GROUPS = {
    1: "modp768",
    2: "modp1024",
    14: "modp2048",
    19: "ecp256",
    20: "ecp384",
    24: "modp2048s256",
}


def gateway(
    expectation: Expectation,
    *,
    address: IPv4Address,
    learnt: Sequence[IPv4Network],
    key: str | None,
    named: str | None = None,
) -> End:
    """The gateway instance at `address`; `learnt` are networks that come by BGP. `named` is what
    it takes the site to call itself, None the address that Azure knows it by.

    It proposes its shorter list when it dials, and takes the longer one when it is dialled.
    """
    policy = expectation.policy
    called = named or _identity(expectation)
    dials = _connection(expectation, address, policy.initiator, called, key)
    answers = _connection(expectation, address, policy.responder, called, key)
    return End(
        address=str(address),
        dials=None if policy.dials is Dials.APPLIANCE else dials,
        answers=None if policy.dials is Dials.AZURE else answers,
        routes=tuple(map(str, dict.fromkeys((*expectation.on_premises.prefixes, *learnt)))),
    )


def expressible(expectation: Expectation) -> str:
    """What of Azure's policy no daemon here can be told; empty when all of it can."""
    offers = (*expectation.policy.initiator, *expectation.policy.responder)
    odd = {str(offer.encryption) for offer in offers} - set(_CIPHERS)
    return f"cipher {', '.join(sorted(odd))}" if odd else ""


def _connection(
    expectation: Expectation,
    address: IPv4Address,
    offers: Sequence[EspOffer],
    named: str,
    key: str | None,
) -> Connection:
    proposals = tuple(dict.fromkeys(map(_esp, offers)))
    pairs = [(str(pair.remote), str(pair.local)) for pair in expectation.selectors]
    theirs = expectation.on_premises.address
    return Connection(
        version=int(expectation.ike_version),
        ours=str(address),
        theirs="%any" if theirs is None else str(theirs),
        our_identity=str(address),
        their_identity=named,
        proposals=tuple(_ike(offer, expectation.ike_version) for offer in expectation.policy.ike),
        children=tuple(
            Child(name=f"azure{number}", ours=ours, theirs=site, proposals=proposals)
            for number, (ours, site) in enumerate(pairs or [(_ANY, _ANY)], start=1)
        ),
        key=key,
    )


def _identity(expectation: Expectation) -> str:
    """Azure wants the site's public address; in IKEv1 it also takes a private one, behind NAT."""
    known = expectation.on_premises.address
    if known is None or expectation.ike_version is IkeVersion.V1:
        return "%any"
    return str(known)


def _ike(offer: IkeProposal, version: IkeVersion) -> str:
    """Exactly one of each."""
    (cipher,), (prf,), (group,) = offer.encryption, offer.prf, offer.groups
    words = [_CIPHERS[cipher.value], *(_HASHES[one.value] for one in offer.integrity)]
    if version is IkeVersion.V2:
        words.append(f"prf{_HASHES[prf.value]}")
    return "-".join((*words, _GROUPS[int(group)]))


def _esp(offer: EspOffer) -> str:
    words = [_CIPHERS[offer.encryption.value]]
    if offer.integrity.value in _HASHES:
        words.append(_HASHES[offer.integrity.value])
    if offer.pfs_group is not None:
        words.append(_GROUPS[int(offer.pfs_group)])
    return "-".join(words)
