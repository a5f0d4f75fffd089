"""What IOS and IOS-XE write when a tunnel does not come up: syslog, and `debug crypto`.

Cisco, "System Message Guide" (CRYPTO, IKEV2, IPSEC, BGP, CERM, TUN) and "IPsec Troubleshooting:
Understanding and Using debug Commands".
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise, up
from vendors.cisco.symptoms import BGP, IKEV2
from vendors.cisco_ios.symptoms_device import DEVICE

_UNLIKE = r"(?P<attribute>encryption|hash|diffie-hellman group|authentication method)"
_ISAKMP: tuple[Symptom, ...] = (
    precise(
        "offered does not match policy",
        Kind.IKE_PROPOSAL,
        "an attribute of the peer's IKEv1 proposal is in no isakmp policy here",
        _UNLIKE + r".*offered does not match policy",
    ),
    likely(
        "phase 1 sa policy not acceptable",
        (Kind.IKE_PROPOSAL, Kind.KEY),
        "no isakmp policy here is among what the peer offers",
    ),
    likely(
        "no offers accepted",
        (Kind.IKE_PROPOSAL, Kind.KEY),
        "no isakmp policy here is among what the peer offers",
    ),
    precise(
        "not offered or changed",
        Kind.IKE_PROPOSAL,
        "the peer answered with something that was not offered",
    ),
    precise(
        "no pre-shared key with",
        Kind.KEY,
        "the device holds no pre-shared key for this peer",
        r"no pre-shared key with (?P<peer>[\d.]{7,15})",
    ),
    precise(
        "reserved not zero on",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
    ),
    precise(
        "failed its sanity check or is malformed",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
    ),
    precise(
        "proxy identities not supported",
        Kind.SELECTORS,
        "no crypto map entry has the networks that the peer proposes",
    ),
    precise("invalid proxy ids", Kind.SELECTORS, "no crypto map entry has the peer's networks"),
    precise(
        "proposal with error 32",
        Kind.SELECTORS,
        "no crypto map entry has the networks that the peer proposes",
    ),
    precise(
        "invalid local address",
        Kind.CONFIGURATION,
        "the crypto map is not on the interface that the peer reaches",
        r"ipsec\(.*invalid local address (?P<received>[\d.]{7,15})",
    ),
    precise(
        "no ipsec cryptomap exists for local address",
        Kind.CONFIGURATION,
        "the interface that the peer reaches has no crypto map",
    ),
    precise(
        "transform proposal not supported",
        Kind.ESP_PROPOSAL,
        "the peer's transform set or PFS group is not that of the entry here",
    ),
    precise(
        "invalid transform proposal",
        Kind.ESP_PROPOSAL,
        "the peer's transform set or PFS group is not that of the entry here",
    ),
    likely(
        "phase 2 sa policy not acceptable",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "no transform set here is among what the peer offers",
    ),
    precise(
        "invalidated proposal with error",
        Kind.ESP_PROPOSAL,
        "the peer's transform set or PFS group is not that of the entry here",
    ),
    follows(
        "atts are not acceptable",
        (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL),
        "one of the peer's proposals was looked at and not taken",
    ),
    likely(
        "quick mode failed with peer",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the child SA could not be agreed on",
        r"quick mode failed with peer at (?P<peer>[\d.]{7,15})",
    ),
    likely(
        "main mode failed with peer",
        (Kind.IKE_PROPOSAL, Kind.KEY),
        "the IKE SA could not be agreed on",
        r"main mode failed with peer at (?P<peer>[\d.]{7,15})",
    ),
    likely(
        "if sa is not authenticated",
        (Kind.KEY,),
        "the peer goes on though it was not authenticated",
    ),
    likely(
        "was not encrypted and it should",
        (Kind.KEY, Kind.STALE),
        "the peer sends in clear what should be encrypted: it could not read our message",
    ),
    likely(
        "mm_key_exch",
        (Kind.KEY, Kind.NO_ANSWER),
        "phase 1 stays where the key is proven: the keys differ, or UDP 4500 is filtered",
        r"\d +mm_key_exch +\d+ +\w",
    ),
    follows(
        "mm_no_state",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL),
        "phase 1 stays at its first message",
        r"\d +mm_no_state +\d+ +\w",
    ),
    likely(
        "death by retransmission p1",
        (Kind.KEY, Kind.IDENTITY),
        "the peer fell silent when it was to prove itself: keys differ, or UDP 4500 is filtered",
        r"mm_key_exch.*death by retransmission|death by retransmission.*mm_key_exch",
    ),
    follows(
        "death by retransmission p1",
        (Kind.NO_ANSWER, Kind.IKE_PROPOSAL),
        "the peer does not answer",
    ),
    likely(
        "retransmitting phase 1",
        (Kind.KEY, Kind.NO_ANSWER),
        "phase 1 stays where the key is proven: the keys differ, or UDP 4500 is filtered",
        r"retransmitting phase 1 mm_key_exch",
    ),
    follows("retransmitting phase 1", (Kind.NO_ANSWER,), "the peer does not answer"),
    follows(
        "duplicate of a previous packet",
        (Kind.NO_ANSWER,),
        "the peer asks again: this device's answers do not reach it",
    ),
    likely(
        "not responding!",
        (Kind.PEER_LOST,),
        "the peer no longer answers",
        r"isakmp.*peer (?P<peer>[\d.]{7,15}) not responding",
    ),
    follows(
        "death by retransmission p2", (Kind.ESP_PROPOSAL, Kind.SELECTORS), "no child SA came of it"
    ),
)
_IPSEC: tuple[Symptom, ...] = (
    likely(
        "invalid spi",
        (Kind.STALE,),
        "the peer sends with an SA that this device no longer has",
        r"recvd_pkt_inv_spi|ipsec packet has invalid spi",
    ),
    precise(
        "not an ipsec packet",
        Kind.LEAK,
        "traffic for the tunnel arrives in clear: the other end does not encrypt it",
    ),
    precise("hmac_error", Kind.DAMAGED, "packets arrive changed, or with the wrong keys"),
    precise("mac verify failed", Kind.DAMAGED, "packets arrive changed, or with the wrong keys"),
    precise("recvd_pkt_mac_err", Kind.DAMAGED, "packets arrive changed, or with the wrong keys"),
    likely(
        "replay",
        (Kind.DAMAGED,),
        "packets arrive late or twice and are dropped",
        r"(?:pkt_replay_err|replay_error|anti-replay|replay check failed)"
        r"(?:.*src_addr[ =:]{1,2}(?P<peer>[\d.]{7,15}))?",
    ),
    precise(
        "recursive routing",
        Kind.TRAFFIC,
        "the way to the gateway's own address leads through the tunnel",
    ),
    precise(
        "recurdown", Kind.TRAFFIC, "the way to the gateway's own address leads through the tunnel"
    ),
    precise(
        "ike_deny_sa_req",
        Kind.LIMIT,
        "call admission control turns new SAs away",
        r"sa request from (?P<peer>[\d.]{7,15})",
    ),
    precise("tx_bw_limit", Kind.LIMIT, "the licence's bandwidth for encrypted traffic is used up"),
    precise("rx_bw_limit", Kind.LIMIT, "the licence's bandwidth for encrypted traffic is used up"),
    precise("cerm-4-tunnel_limit", Kind.LIMIT, "the licence's number of tunnels is used up"),
    precise("cerm-", Kind.LIMIT, "a limit of the licence is reached", r"%cerm-\d-\w*limit"),
    precise(
        "certificate",
        Kind.CERTIFICATE,
        "a certificate is not taken",
        r"(?:%pki-\d|%crypto-\d).*certificate.*(?:invalid|expired|failed|revoked|not yet)",
    ),
    likely(
        "dpd",
        (Kind.PEER_LOST,),
        "the peer no longer answers",
        r"(?:dpd.*(?:failed|dead|timeout)|peers_alive)",
    ),
    follows(
        "tunnel v2 is down",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the session ended",
        r"tunnel v2 is down *\..*?peer:? *(?P<peer>[\d.]{7,15})",
    ),
    follows(
        "tunnel is down",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the session ended",
        r"crypto tunnel is down *\..*?peer:? *(?P<peer>[\d.]{7,15})",
    ),
    follows("ikev2-5-sa_down", (Kind.CLOSED,), "the IKE SA ended"),
    up(
        "tunnel v2 is up",
        "the session is up",
        r"tunnel v2 is up *\..*?peer:? *(?P<peer>[\d.]{7,15})",
    ),
    up(
        "tunnel is up",
        "the session is up",
        r"crypto tunnel is up *\..*?peer:? *(?P<peer>[\d.]{7,15})",
    ),
    up("ikev2-5-sa_up", "the IKE SA is up"),
)
_BGP: tuple[Symptom, ...] = (
    precise("badauth", Kind.BGP, "the TCP MD5 key of the BGP session differs", r"%tcp-6-badauth"),
    follows(
        "bgp-5-adjchange",
        (Kind.BGP,),
        "the BGP session went down",
        r"neighbor (?P<peer>[\d.]{7,15}).* down",
    ),
    up("bgp-5-adjchange", "the BGP session is up", r"neighbor (?P<peer>[\d.]{7,15}).* up\b"),
    follows(
        "bgp-3-notification",
        (Kind.BGP,),
        "a BGP session was ended",
        r"neighbor (?P<peer>[\d.]{7,15})",
    ),
)
_SYMPTOMS = (*_ISAKMP, *IKEV2, *_IPSEC, *DEVICE, *_BGP, *BGP)


def symptoms() -> tuple[Symptom, ...]:
    """All that is known of this platform's words."""
    return _SYMPTOMS
