"""What IOS and ASA write alike of IKE: the same reasons in syslog and in `debug crypto`."""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, Weight, follows, likely, precise, stands, up


def _of_child(needle: str, group: str) -> Symptom:
    """Both lists of proposals, where they are those of ESP."""
    return Symptom(
        needle=needle,
        kinds=(Kind.ESP_PROPOSAL, Kind.REKEY),
        weight=Weight.PRECISE,
        says="no ESP proposal that the peer offers is this device's: transform set, or PFS group",
        pattern=rf"{needle}:.{{0,40}}(?P<{group}>esp: proposal \d.{{1,300}})",
    )


IKEV2: tuple[Symptom, ...] = (
    _of_child("expected policies", "wanted"),
    _of_child("received policies", "received"),
    precise(
        "expected policies",
        Kind.IKE_PROPOSAL,
        "no IKEv2 proposal that the peer offers is in this device's policy",
        r"expected policies:.{0,80}?(?P<wanted>proposal \d.{1,300})",
    ),
    precise(
        "received policies",
        Kind.IKE_PROPOSAL,
        "no IKEv2 proposal that the peer offers is in this device's policy",
        r"error.{0,60}received policies:.{0,80}?(?P<received>proposal \d.{1,300})",
    ),
    likely(
        "failed to find a matching policy",
        (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL, Kind.REKEY),
        "no IKEv2 proposal that the peer offers is in this device's policy",
    ),
    precise(
        "failed to verify the proposed policies",
        Kind.IKE_PROPOSAL,
        "no IKEv2 proposal that the peer offers is in this device's policy",
    ),
    precise(
        "no ipsec policy found for received ts",
        Kind.SELECTORS,
        "no crypto map entry or profile is for the networks that the peer proposes",
    ),
    precise(
        "traffic selector unacceptable",
        Kind.SELECTORS,
        "the traffic selectors are not those of the other end",
    ),
    precise(
        "selectors unacceptable",
        Kind.SELECTORS,
        "the traffic selectors are not those of the other end",
    ),
    Symptom(
        needle="authentication data failed",
        kinds=(Kind.KEY, Kind.CERTIFICATE, Kind.PEER_OR_VERSION, Kind.IDENTITY),
        weight=Weight.PRECISE,
        says="the peer's proof was made with another key than this device holds for it",
        pattern=r"verification of peer'?s authentication data failed",
    ),
    precise(
        "shared key",
        Kind.KEY,
        "the device holds no pre-shared key for this peer",
        r"(?:no|failed to (?:get|find|retrieve|locate)|could ?n.t find|not find)"
        r"[\w ]{0,24}pre-?shared key|pre-?shared key (?:is )?(?:not found|missing)",
    ),
    precise(
        "profile",
        Kind.IDENTITY,
        "no IKEv2 profile is for the identity or address that the peer shows",
        r"ikev2.*(?:no (?:ike(?:v2)? )?profile (?:was )?found|profile (?:could )?not (?:be )?found"
        r"|failed to (?:find|locate|select)[\w ]{0,20}profile|(?:couldn.t|could not) "
        r"(?:find|select|locate) (?:a )?(?:matching )?(?:ikev2 )?profile)",
    ),
    precise(
        "failed to locate keyring",
        Kind.KEY,
        "the IKEv2 profile has no keyring",
    ),
    likely(
        "received no proposal chosen notify",
        (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL),
        "the peer takes none of this device's proposals",
    ),
    likely(
        "auth exchange failed",
        (Kind.KEY, Kind.IDENTITY, Kind.NO_ANSWER),
        "one end does not take the other's authentication",
    ),
    likely(
        "failed to authenticate the ike sa",
        (Kind.KEY, Kind.IDENTITY),
        "the peer's authentication is not taken",
    ),
    likely(
        "authentication failure",
        (Kind.KEY, Kind.IDENTITY),
        "one end does not take the other's authentication",
        r"ikev2.*authentication failure",
    ),
    likely(
        "create child exchange failed",
        (Kind.REKEY, Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the IKE SA stands, but a new child SA could not be agreed on",
    ),
    Symptom(
        needle="failed to locate an item in the database",
        kinds=(Kind.PEER_OR_VERSION, Kind.IDENTITY),
        weight=Weight.PRECISE,
        says="the device has no tunnel group, policy or key for the address or identity that this "
        "peer shows",
    ),
    likely(
        "unsupported critical payload",
        (Kind.PEER_OR_VERSION,),
        "the peer demands something that this release does not know",
    ),
    follows(
        "failed to receive the auth msg before the timer expired",
        (Kind.NO_ANSWER, Kind.IDENTITY, Kind.KEY),
        "after the first exchange nothing came: UDP 4500 is filtered on the way, or the peer "
        "silently refuses",
    ),
    up("rekeyed the ipsec sa", "the child SA has new keys", r"success\w* rekeyed the ipsec sa"),
    stands("dpd/liveness query"),
    stands("sending dpd"),
    follows(
        "maximum number of retransmissions reached",
        (Kind.NO_ANSWER,),
        "the peer does not answer",
    ),
    follows(
        "sa init exchange",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL),
        "the first exchange came to nothing",
        r"(?:failed sa init|sa init exchange failed|initial exchange failed)",
    ),
    follows(
        "initial exchange failed",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL),
        "the first exchange came to nothing",
    ),
    follows(
        "invalid ike spi",
        (Kind.STALE,),
        "the peer uses an IKE SA that this device no longer has",
    ),
    follows(
        "supplied parameter is incorrect",
        (Kind.CONFIGURATION, Kind.IKE_PROPOSAL),
        "the device could not begin with what it is configured to use",
    ),
    follows(
        "platform errors",
        (Kind.LIMIT, Kind.CONFIGURATION, Kind.CERTIFICATE),
        "the platform refused to install the SA",
    ),
)
BGP: tuple[Symptom, ...] = (
    precise(
        "peer in wrong as",
        Kind.BGP,
        "the two ends do not name each other's AS number rightly",
    ),
    likely(
        "hold time expired",
        (Kind.BGP, Kind.PEER_LOST),
        "BGP heard nothing for its hold time",
    ),
)
