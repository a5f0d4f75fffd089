"""Checks of algorithms: how strong they are, and where they are known.

Strengths are those of RFC 8247; words are from "About cryptographic requirements and Azure VPN
gateways" and "IPsec policies" of Virtual WAN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from appliance.azure.expectation import VIRTUAL_WAN
from appliance.checks.check import INFORMATION, WARNING, Check, Subject, one
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf, Strength
from appliance.model.tunnel import Tunnel

Algorithm = Encryption | Integrity | Prf | DhGroup

_WAN = frozenset(
    {
        *(f"IKE {word}" for word in ("aes256gcm", "aes128gcm", "aes256", "aes128")),
        *(f"IKE {word}" for word in ("sha384", "sha256")),
        *(f"ESP {word}" for word in ("aes256gcm", "aes128gcm", "aes256", "aes128", "null")),
        *(f"ESP {word}" for word in ("none", "sha256")),
        *(f"{part} group {number}" for part in ("IKE", "ESP") for number in (14, 19, 20, 24)),
    }
)
"""What custom policies of Virtual WAN are made of: fewer words than those of a VPN gateway."""


def algorithms(tunnel: Tunnel) -> Iterator[tuple[str, Algorithm]]:
    """Everything the tunnel is to negotiate, as (part, algorithm)."""
    for proposal in tunnel.ike.proposals:
        yield from (("IKE", cipher) for cipher in proposal.encryption)
        yield from (("IKE", digest) for digest in proposal.integrity)
        yield from (("IKE", group) for group in proposal.groups)
        yield from (("IKE PRF", prf) for prf in proposal.prf if not proposal.integrity)
    for child in tunnel.esp.proposals:
        yield from (("ESP", cipher) for cipher in child.encryption)
        yield from (("ESP", digest) for digest in child.integrity)
    if tunnel.esp.pfs_group is not None:
        yield "PFS", tunnel.esp.pfs_group


def word(algorithm: Algorithm) -> str:
    """The algorithm as findings name it: `3des`, `group 2`."""
    return f"group {int(algorithm)}" if isinstance(algorithm, DhGroup) else str(algorithm)


def _of_strength(
    strength: Strength, spared: Iterable[Algorithm] = ()
) -> Callable[[Subject], Iterator[str]]:
    """A check for algorithms that are just so strong."""
    skipped = frozenset(map(word, spared))

    def find(subject: Subject) -> Iterator[str]:
        found = dict.fromkeys(
            f"{part} {word(algorithm)}"
            for tunnel in subject.intent.tunnels
            for part, algorithm in algorithms(tunnel)
            if algorithm.strength is strength and word(algorithm) not in skipped
        )
        yield from one(tuple(found), "{}")

    return find


def _unknown_to_wan(subject: Subject) -> Iterator[str]:
    """Words of a custom policy that "IPsec policies" of Virtual WAN does not list."""
    policy = subject.expectation.policy
    if subject.expectation.kind != VIRTUAL_WAN or policy.default:
        return
    for offer in policy.ike:
        yield from one(_strangers("IKE", (*offer.encryption, *offer.prf, *offer.groups)), "{}")
    for child in policy.responder:
        pfs = () if child.pfs_group is None else (child.pfs_group,)
        yield from one(_strangers("ESP", (child.encryption, child.integrity, *pfs)), "{}")


def _strangers(part: str, algorithms: Iterable[Algorithm]) -> tuple[str, ...]:
    words = (f"{part} {word(algorithm)}" for algorithm in algorithms)
    return tuple(word for word in words if word not in _WAN)


def _clear(subject: Subject) -> Iterator[str]:
    for tunnel in subject.intent.tunnels:
        if any(Encryption.NULL in child.encryption for child in tunnel.esp.proposals):
            yield f"{tunnel.name}: ESP without encryption"


def _aead_in_ikev1(subject: Subject) -> Iterator[str]:
    old = subject.expectation.ike_version is IkeVersion.V1
    ciphers = [
        cipher
        for offer in subject.expectation.policy.ike
        for cipher in offer.encryption
        if old and cipher.aead
    ]
    yield from one(ciphers, "IKEv1 with {}")


CHECKS = (
    Check(
        id="AZ-ALG-001",
        severity=WARNING,
        title="weak algorithms",
        page="""DES, 3DES, MD5 and groups 1, 2 and 5 can be broken or soon will be (RFC 8247
says MUST NOT or SHOULD NOT), and several platforms refuse them in current releases. 3DES also
costs speed: a gateway passes about a fifth of what it does with AES-GCM. With Azure's default
policy IKE always uses group 2.

Set a custom policy: AES256, SHA256, DHGroup14 for IKE; GCMAES256 and PFS2048 for ESP.""",
        find=_of_strength(Strength.WEAK, (Encryption.NULL,)),
    ),
    Check(
        id="AZ-ALG-002",
        severity=INFORMATION,
        title="algorithms that will have to go",
        page="""SHA-1 is not broken in HMAC, but no longer recommended; group 24 has a subgroup
of doubtful origin (RFC 8247). Take SHA256 and DHGroup14 or ECP256 when the policy is changed
anyway.""",
        find=_of_strength(Strength.ACCEPTABLE),
    ),
    Check(
        id="AZ-ALG-003",
        severity=WARNING,
        title="traffic is not encrypted",
        page="""With `ipsecEncryption` None packets are signed and sent in clear. Azure accepts
it; over the Internet nobody should. Set GCMAES256.""",
        find=_clear,
    ),
    Check(
        id="AZ-ALG-004",
        severity=WARNING,
        title="an AEAD cipher for IKEv1",
        page="""AES-GCM for the IKE SA is defined for IKEv2 only (RFC 5282). Few
implementations have it in IKEv1, and those that do need not agree. Take AES256 with SHA256, or
IKEv2.""",
        find=_aead_in_ikev1,
    ),
    Check(
        id="AZ-ALG-005",
        severity=WARNING,
        title="a custom policy that Virtual WAN does not document",
        page="""Custom policies of Virtual WAN are made of AES-GCM or AES with 128 or 256 bits,
SHA256 or SHA384 for IKE, SHA256 for ESP, and groups 14, 19, 20 and 24. Others may be refused, or
taken and not negotiated.

Take GCMAES256, SHA384 and ECP384 for IKE, GCMAES256 and ECP384 for ESP, or what of these the
appliance has.""",
        find=_unknown_to_wan,
    ),
)
