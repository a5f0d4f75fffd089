"""Windows' own words and numbers for what IKE came to: those of Azure's gateway and of RRAS.

The numbers are the same in every language: Windows, "System Error Codes (13000-15999)",
ERROR_IPSEC_IKE_*.
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, Weight, numbered, up
from appliance.record import replace

_MEANINGS: dict[int, tuple[tuple[Kind, ...], Weight, str]] = {
    13801: (
        (Kind.KEY, Kind.IDENTITY),
        Weight.LIKELY,
        "the credentials are not taken: the keys differ, or behind NAT the identity does",
    ),
    13802: ((Kind.IKE_PROPOSAL,), Weight.LIKELY, "attributes of the other end are not taken"),
    13805: ((Kind.NO_ANSWER,), Weight.CONSEQUENCE, "the other end stopped answering"),
    13806: (
        (Kind.CERTIFICATE,),
        Weight.PRECISE,
        "no machine certificate: the interface authenticates by certificate, not by key",
    ),
    13807: ((Kind.CLOSED,), Weight.CONSEQUENCE, "the other end deleted the SA"),
    13819: ((Kind.CERTIFICATE,), Weight.PRECISE, "the certificate is of the wrong kind"),
    13825: ((Kind.PEER_OR_VERSION,), Weight.LIKELY, "no policy is configured for this peer"),
    13822: ((Kind.IKE_PROPOSAL,), Weight.LIKELY, "the Diffie-Hellman computation failed"),
    13843: ((Kind.KEY,), Weight.LIKELY, "a message could not be read"),
    13850: ((Kind.PEER_OR_VERSION,), Weight.LIKELY, "no main mode policy is there for this peer"),
    13868: (
        (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL),
        Weight.LIKELY,
        "no proposal in common: one of the six values of the custom policy differs",
    ),
    13885: ((Kind.CLOSED, Kind.PEER_LOST), Weight.CONSEQUENCE, "the IKE SA expired or was deleted"),
}
_WORDS = {
    13801: "IKE authentication credentials are unacceptable",
    13805: "Negotiation timed out",
    13806: "valid machine certificate",
    13825: "No policy configured",
    13843: "Invalid payload received",
    13868: "Policy match error",
}
_NAMES = {
    13801: "auth_fail",
    13802: "attrib_fail",
    13805: "timed_out",
    13806: "no_cert",
    13807: "sa_deleted",
    13825: "no_policy",
    13868: "policy_match",
}
WINDOWS: tuple[Symptom, ...] = (
    *(numbered(number, *meaning) for number, meaning in _MEANINGS.items()),
    *(
        replace(numbered(number, *meaning), needle=f"{number:x}", pattern=rf"0x0*{number:x}\b")
        for number, meaning in _MEANINGS.items()
    ),
    *(
        replace(numbered(number, *_MEANINGS[number]), needle=words.lower(), pattern="")
        for number, words in _WORDS.items()
    ),
    *(
        replace(numbered(number, *_MEANINGS[number]), needle=f"error_ipsec_ike_{name}", pattern="")
        for number, name in _NAMES.items()
    ),
    up("security association was established", "the SA is up"),
)
