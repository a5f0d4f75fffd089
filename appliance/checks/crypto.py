"""Checks of what is negotiated: algorithms, lifetimes, liveness, who dials.

From "About cryptographic requirements and Azure VPN gateways", "About VPN devices" and
"VPN Gateway FAQ"; strengths are those of RFC 8247.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one
from appliance.compare.settle import combinations, within
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf, Strength
from appliance.model.intent import Dials, EspOffer
from appliance.model.tunnel import Tunnel

SHORTEST_SECONDS = 300
SHORTEST_KILOBYTES = 1_024
DPD_RANGE = (9, 3_600)
DPD_ADVISED = (30, 45)

Algorithm = Encryption | Integrity | Prf | DhGroup


def _no_common(subject: Subject) -> Iterator[str]:
    policy = subject.expectation.policy
    for tunnel in subject.intent.tunnels:
        if not any(within(offer, one) for offer in policy.ike for one in tunnel.ike.proposals):
            yield f"{tunnel.name}: no IKE proposal that Azure takes"
        if not any(offer in _accepted(subject) for offer in _offered(tunnel)):
            yield f"{tunnel.name}: no ESP proposal that Azure takes"


def _accepted(subject: Subject) -> tuple[EspOffer, ...]:
    """What Azure can agree to at all, given who may dial."""
    policy = subject.expectation.policy
    return policy.initiator if policy.dials is Dials.AZURE else policy.responder


def _offered(tunnel: Tunnel) -> Iterator[EspOffer]:
    for proposal in tunnel.esp.proposals:
        for cipher, digest in combinations(proposal):
            yield EspOffer(encryption=cipher, integrity=digest, pfs_group=tunnel.esp.pfs_group)


def _one_way(subject: Subject) -> Iterator[str]:
    policy = subject.expectation.policy
    if policy.dials is not Dials.EITHER:
        return
    for tunnel in subject.intent.tunnels:
        offered = tuple(_offered(tunnel))
        heard = any(offer in policy.responder for offer in offered)
        if heard and not any(offer in policy.initiator for offer in offered):
            yield f"{tunnel.name}: Azure accepts this child SA, but proposes another"


def _short_seconds(subject: Subject) -> Iterator[str]:
    seconds = subject.expectation.esp_lifetime_seconds
    if seconds < SHORTEST_SECONDS:
        yield f"saLifeTimeSeconds {seconds}"


def _short_kilobytes(subject: Subject) -> Iterator[str]:
    kilobytes = subject.expectation.esp_lifetime_kilobytes
    if kilobytes is not None and 0 < kilobytes < SHORTEST_KILOBYTES:
        yield f"saDataSizeKilobytes {kilobytes}"


def _dpd_outside(subject: Subject) -> Iterator[str]:
    seconds = subject.expectation.dpd_seconds
    if not DPD_RANGE[0] <= seconds <= DPD_RANGE[1]:
        yield f"dpdTimeoutSeconds {seconds}"


def _dpd_unwise(subject: Subject) -> Iterator[str]:
    seconds = subject.expectation.dpd_seconds
    inside = DPD_RANGE[0] <= seconds <= DPD_RANGE[1]
    if inside and not DPD_ADVISED[0] <= seconds <= DPD_ADVISED[1]:
        yield f"dpdTimeoutSeconds {seconds}"


def _algorithms(tunnel: Tunnel) -> Iterator[tuple[str, Algorithm]]:
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


def _word(algorithm: Algorithm) -> str:
    return f"group {int(algorithm)}" if isinstance(algorithm, DhGroup) else str(algorithm)


def _of_strength(
    strength: Strength, spared: Iterable[Algorithm] = ()
) -> Callable[[Subject], Iterator[str]]:
    """A check for algorithms that are just so strong."""
    skipped = frozenset(map(_word, spared))

    def find(subject: Subject) -> Iterator[str]:
        found = dict.fromkeys(
            f"{part} {_word(algorithm)}"
            for tunnel in subject.intent.tunnels
            for part, algorithm in _algorithms(tunnel)
            if algorithm.strength is strength and _word(algorithm) not in skipped
        )
        yield from one(tuple(found), "{}")

    return find


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


def _old(subject: Subject) -> Iterator[str]:
    if subject.expectation.ike_version is IkeVersion.V1:
        yield "connectionProtocol IKEv1"


def _mode_ignored(subject: Subject) -> Iterator[str]:
    dials = subject.expectation.policy.dials
    if subject.expectation.ike_version is IkeVersion.V1 and dials is not Dials.EITHER:
        yield f"connectionMode {dials} with IKEv1"


def _nobody_reaches(subject: Subject) -> Iterator[str]:
    if subject.site.on_premises.nat and subject.expectation.policy.dials is Dials.AZURE:
        yield "connectionMode InitiatorOnly, and `on_premises.nat` is true"


CHECKS = (
    Check(
        id="AZ-CRY-001",
        severity=BREAKING,
        title="no combination of algorithms that both ends take",
        page="""A custom policy is exactly one combination; the default lists are many, but
none with AES-GCM for IKE, none with groups 5, 19, 20 or 21, and IKE with group 2 only. What the
appliance would be given is in none of them, so the tunnel cannot come up.

Set a custom policy in Azure that the appliance can do (`az network vpn-connection ipsec-policy
add`).""",
        find=_no_common,
    ),
    Check(
        id="AZ-CRY-002",
        severity=WARNING,
        title="the child SA comes up only when the appliance dials",
        page="""Azure's default lists differ: as the one that dials it proposes six
combinations, all without PFS; as the one that is dialled it accepts twenty-six, some with PFS.
What the appliance would be given is only in the second list, so the tunnel fails or comes up
depending on who began, and at a rekey that Azure begins it goes down.

Set a custom policy, or `connectionMode` ResponderOnly so that Azure never dials.""",
        find=_one_way,
    ),
    Check(
        id="AZ-CRY-003",
        severity=BREAKING,
        title="the lifetime of child SAs is below Azure's minimum",
        page=f"""Azure takes `saLifeTimeSeconds` from {SHORTEST_SECONDS} on; 27000 is its
default. Lifetimes are each side's own, so the appliance may keep another.""",
        find=_short_seconds,
    ),
    Check(
        id="AZ-CRY-004",
        severity=BREAKING,
        title="the volume of child SAs is below Azure's minimum",
        page=f"""Azure takes `saDataSizeKilobytes` from {SHORTEST_KILOBYTES} on; 102400000 is
its default. At a few megabytes a busy tunnel does nothing but rekey.""",
        find=_short_kilobytes,
    ),
    Check(
        id="AZ-CRY-005",
        severity=BREAKING,
        title="the DPD timeout is outside of Azure's range",
        page="""Azure takes `dpdTimeoutSeconds` of 9 to 3600; 0 stands for its default of 45.""",
        find=_dpd_outside,
    ),
    Check(
        id="AZ-CRY-006",
        severity=WARNING,
        title="the DPD timeout is not what Azure advises",
        page="""Azure advises 30 to 45 s. With less it rekeys IKE more eagerly, and the
connection looks disconnected now and then; with more, routes stay in a tunnel whose other end is
gone.""",
        find=_dpd_unwise,
    ),
    Check(
        id="AZ-CRY-007",
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
        id="AZ-CRY-008",
        severity=INFORMATION,
        title="algorithms that will have to go",
        page="""SHA-1 is not broken in HMAC, but no longer recommended; group 24 has a subgroup
of doubtful origin (RFC 8247). Take SHA256 and DHGroup14 or ECP256 when the policy is changed
anyway.""",
        find=_of_strength(Strength.ACCEPTABLE),
    ),
    Check(
        id="AZ-CRY-009",
        severity=WARNING,
        title="traffic is not encrypted",
        page="""With `ipsecEncryption` None packets are signed and sent in clear. Azure accepts
it; over the Internet nobody should. Set GCMAES256.""",
        find=_clear,
    ),
    Check(
        id="AZ-CRY-010",
        severity=WARNING,
        title="an AEAD cipher for IKEv1",
        page="""AES-GCM for the IKE SA is defined for IKEv2 only (RFC 5282). Few
implementations have it in IKEv1, and those that do need not agree. Take AES256 with SHA256, or
IKEv2.""",
        find=_aead_in_ikev1,
    ),
    Check(
        id="AZ-CRY-011",
        severity=INFORMATION,
        title="IKEv1",
        page="""Azure cannot renew an IKEv1 SA in place: at each rekey, every 8 hours, the
tunnel is down for up to 5 s. A connection's version cannot be changed; make a new one with IKEv2
beside it.""",
        find=_old,
    ),
    Check(
        id="AZ-CRY-012",
        severity=INFORMATION,
        title="the connection mode has no effect",
        page="""`connectionMode` acts on route-based connections with IKEv2 only; here either
side may dial.""",
        find=_mode_ignored,
    ),
    Check(
        id="AZ-CRY-013",
        severity=BREAKING,
        title="only Azure dials, and the appliance is behind NAT",
        page="""A translator lets in what its inside has asked for, so Azure's first packet
does not arrive. The appliance must be the side that dials.

Set `connectionMode` Default or ResponderOnly (`az network vpn-connection update --set
connectionMode=ResponderOnly`). Where UDP 500 and 4500 are forwarded to the appliance for good,
accept the finding.""",
        find=_nobody_reaches,
    ),
)
