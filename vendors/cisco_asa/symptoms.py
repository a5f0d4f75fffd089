"""What an ASA writes when a tunnel does not come up: its syslog messages, by their numbers.

Cisco, "ASA Series Syslog Messages" (113, 302-305, 402, 418, 713, 750-752) and `debug crypto`.
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise, up
from vendors.cisco.symptoms import BGP, IKEV2
from vendors.cisco_asa.symptoms_device import DEVICE

_IKEV1: tuple[Symptom, ...] = (
    precise(
        "mismatched attribute types",
        Kind.IKE_PROPOSAL,
        "an attribute of the peer's proposal is in no IKEv1 policy here",
        r"phase 1 failure:? +mismatched attribute types for class (?P<attribute>[\w /-]+?): *"
        r"rcv'?d: *(?P<received>[\w -]+?) +cfg'?d: *(?P<wanted>[\w -]+)",
    ),
    precise(
        "mismatched attribute types",
        Kind.ESP_PROPOSAL,
        "an attribute of the peer's proposal is not that of the transform set here",
        r"phase 2 failure:? +mismatched attribute types for class (?P<attribute>[\w /-]+?): *"
        r"rcv'?d: *(?P<received>[\w -]+?) +cfg'?d: *(?P<wanted>[\w -]+)",
    ),
    precise(
        "all ipsec sa proposals found unacceptable",
        Kind.ESP_PROPOSAL,
        "no transform set or PFS group here is among what the peer offers",
    ),
    precise(
        "all sa proposals found unacceptable",
        Kind.IKE_PROPOSAL,
        "no IKEv1 policy here is among what the peer offers",
    ),
    precise(
        "no matching crypto map entry for remote proxy",
        Kind.SELECTORS,
        "no crypto map entry has the networks that the peer proposes",
        r"for remote proxy (?P<received>\S+ local proxy \S+)",
    ),
    precise(
        "static crypto map",
        Kind.SELECTORS,
        "no crypto map entry has the networks that the peer proposes",
        r"static crypto map check, map = \S+, seq = \d+, acl does not match proxy ids",
    ),
    precise(
        "mismatched pre-shared key",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
    ),
    precise(
        "oakley main mode packet with invalid payloads",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
    ),
    precise(
        "can't find a valid tunnel group",
        Kind.PEER_OR_VERSION,
        "no tunnel group is for this peer's address",
    ),
    precise(
        "ike initiator unable to find policy",
        Kind.SELECTORS,
        "no crypto map entry is for the traffic that was to start the tunnel",
    ),
    likely(
        "qm fsm error",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the child SA could not be agreed on: transform set, PFS or networks",
    ),
    likely(
        "phase 2 mismatch",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the child SA could not be agreed on: transform set, PFS or networks",
    ),
    follows(
        "removing peer from peer table failed",
        (Kind.IKE_PROPOSAL, Kind.KEY, Kind.NO_ANSWER),
        "the negotiation with this peer came to nothing",
    ),
    follows(
        "received encrypted packet with no matching sa",
        (Kind.STALE,),
        "the peer uses an SA that this device no longer has",
    ),
    follows(
        "unable to remove peertblentry",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL, Kind.KEY),
        "the negotiation with this peer came to nothing",
    ),
)
_IKE: tuple[Symptom, ...] = (
    precise(
        "-751002",
        Kind.KEY,
        "the tunnel group has no key for this version of IKE",
        r"-751002:.*no pre-?shared key",
    ),
    *(
        precise(
            needle,
            Kind.IDENTITY,
            "no tunnel group is for what the peer calls itself",
            r"remote:(?P<peer>[\d.]{7,15}):\d+ username:(?!unknown|(?P=peer))(?P<received>\S+) .*"
            + needle,
        )
        for needle in ("failed to locate an item", "no crypto map setting or tunnel group")
    ),
    precise("-751001", Kind.IKE_PROPOSAL, "the Diffie-Hellman computation failed", r"-751001:"),
    precise(
        "-751022",
        Kind.SELECTORS,
        "no crypto map entry has the networks that the peer proposes",
        r"-751022:.*for (?P<received>remote traffic selector .+?)!?$",
    ),
    likely(
        "mm_wait_msg",
        (Kind.KEY, Kind.NO_ANSWER),
        "phase 1 stays where the key is proven: the keys differ, or UDP 4500 is filtered",
        r"state\s*: mm_wait_msg[56]",
    ),
    follows(
        "mm_wait_msg",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL),
        "phase 1 stays at its first messages",
        r"state\s*: mm_wait_msg[234]",
    ),
    precise("-752010", Kind.CONFIGURATION, "the crypto map entry names no IKEv2 proposal"),
    precise("-752011", Kind.CONFIGURATION, "the crypto map entry names no IKEv1 transform set"),
    precise(
        "certificate",
        Kind.CERTIFICATE,
        "a certificate is not taken",
        r"-(?:7170\d\d|751006):.*certificate.*(?:fail|invalid|expired|revoked)",
    ),
    likely(
        "-713123",
        (Kind.PEER_LOST,),
        "the peer no longer answers",
        r"-713123:.*ip = (?P<peer>[\d.]{7,15})",
    ),
    likely(
        "lost service",
        (Kind.PEER_LOST,),
        "the peer no longer answers",
        r"ip = (?P<peer>[\d.]{7,15}), session disconnected.*reason: lost service",
    ),
    likely(
        "-752008", (Kind.CONFIGURATION,), "a tunnel for this peer is there already", r"-752008:"
    ),
    follows(
        "-752015",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL, Kind.KEY),
        "every configured version of IKE failed",
    ),
    follows(
        "-752012",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL, Kind.KEY),
        "this version of IKE failed",
    ),
    follows(
        "-750007",
        (Kind.CLOSED,),
        "the IKE SA ended",
        r"remote:(?P<peer>[\d.]{7,15}).*sa down",
    ),
    follows(
        "session disconnected",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the session ended",
        r"-113019:.*ip = (?P<peer>[\d.]{7,15}), session disconnected",
    ),
    follows(
        "peer terminate",
        (Kind.CLOSED,),
        "the peer ended the session",
        r"terminated for peer (?P<peer>[\d.]{7,15})\.? +reason: peer terminate",
    ),
    follows(
        "session is being torn down",
        (Kind.CLOSED,),
        "the session ended",
        r"-713259:",
    ),
    up("-750006", "the IKE SA is up", r"remote:(?P<peer>[\d.]{7,15}).*sa up"),
    up("-713120", "the child SA is up", r"ip = (?P<peer>[\d.]{7,15}), phase 2 completed"),
    up("-752016", "the tunnel is up"),
)
_TRAFFIC: tuple[Symptom, ...] = (
    precise(
        "-305013",
        Kind.TRAFFIC,
        "NAT translates this traffic one way only: the exemption for the tunnel is missing",
        r"-305013:.*nat reverse path failure",
    ),
    precise(
        "-402116",
        Kind.SELECTORS,
        "packets in the tunnel are for networks it is not for",
        r"-402116:.*from (?P<peer>[\d.]{7,15})",
    ),
    precise(
        "-402117",
        Kind.LEAK,
        "traffic for the tunnel arrives in clear: the other end does not encrypt it",
        r"-402117:.*from (?P<peer>[\d.]{7,15})",
    ),
    likely(
        "-402114",
        (Kind.STALE,),
        "the peer sends with an SA that this device no longer has",
        r"-402114:.*? from (?P<peer>[\d.]{7,15})",
    ),
    precise(
        "-402120",
        Kind.DAMAGED,
        "packets arrive changed, or with wrong keys",
        r"-402120:.*? from (?P<peer>[\d.]{7,15})",
    ),
    likely(
        "reverse path check",
        (Kind.TRAFFIC,),
        "traffic of the other end comes in where no route leads back to it",
        r"-106021: deny \S+ reverse path check",
    ),
    precise("-402119", Kind.DAMAGED, "packets arrive late or twice and are dropped"),
    precise("-402118", Kind.DAMAGED, "packets of the tunnel arrive in fragments that do not fit"),
    likely("-110003", (Kind.TRAFFIC,), "no route leads to where the traffic is for"),
    likely(
        "drop-reason: (",
        (Kind.TRAFFIC, Kind.SELECTORS),
        "packet-tracer: a rule drops it, or no tunnel that is up takes it",
        r"drop-reason: \((?:acl-drop|nat-|rpf-violated|no-route|no-adjacency|vpn-|ipsec-)",
    ),
    follows(
        "-106023",
        (Kind.TRAFFIC,),
        "an access list denies some traffic: look whether it is the tunnel's",
        r"-106023: deny \S+ .* by access-group",
    ),
    likely("-305005", (Kind.TRAFFIC,), "no NAT rule is for this traffic", r"-305005:|-305006:"),
    follows(
        "-418018", (Kind.BGP,), "the BGP session went down", r"neighbor (?P<peer>[\d.]{7,15}) down"
    ),
)
_SYMPTOMS = (*_IKEV1, *IKEV2, *_IKE, *DEVICE, *_TRAFFIC, *BGP)


def symptoms() -> tuple[Symptom, ...]:
    """All that is known of this platform's words."""
    return _SYMPTOMS
