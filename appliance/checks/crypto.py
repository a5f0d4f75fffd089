"""Checks of what is negotiated: a common combination, lifetimes, liveness, who dials.

From "About cryptographic requirements and Azure VPN gateways", "About VPN devices" and
"VPN Gateway FAQ".
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject
from appliance.compare.settle import combinations, within
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials, EspOffer
from appliance.model.tunnel import Tunnel

SHORTEST_SECONDS = 300
SHORTEST_KILOBYTES = 1_024
DPD_RANGE = (9, 3_600)
DPD_ADVISED = (30, 45)


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
        severity=INFORMATION,
        title="IKEv1",
        page="""Azure cannot renew an IKEv1 SA in place: at each rekey, every 8 hours, the
tunnel is down for up to 5 s. A connection's version cannot be changed; make a new one with IKEv2
beside it.""",
        find=_old,
    ),
    Check(
        id="AZ-CRY-008",
        severity=INFORMATION,
        title="the connection mode has no effect",
        page="""`connectionMode` acts on route-based connections with IKEv2 only; here either
side may dial.""",
        find=_mode_ignored,
    ),
    Check(
        id="AZ-CRY-009",
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
