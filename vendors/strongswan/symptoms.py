"""What charon writes when a tunnel does not come up (log groups ike, cfg, net, knl).

The words are those of the daemon itself (strongSwan, "Log Messages and Errors").
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, Weight, follows, likely, precise, stands, up

_INSIDE = r"(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+"
"""An address that no gateway of Azure has: it stands behind NAT."""
_BGP: tuple[Symptom, ...] = (
    likely(
        "hold timer expired",
        (Kind.BGP, Kind.PEER_LOST),
        "BGP heard nothing for its hold time",
        r"(?:bgpd|notification|neighbor (?P<peer>[\d.]{7,15})|<\w+> \S+: (?:error|received):).*"
        r"hold timer expired",
    ),
    precise(
        "bad peer as",
        Kind.BGP,
        "the two ends do not name each other's AS number rightly",
    ),
    follows(
        "%adjchange: neighbor",
        (Kind.BGP,),
        "the BGP session went down",
        r"neighbor (?P<peer>[\d.]{7,15}).* down",
    ),
    follows(
        "bgp session closed", (Kind.BGP,), "the BGP session went down", r"> \S+: bgp session closed"
    ),
    up("%adjchange: neighbor", "the BGP session is up", r"neighbor (?P<peer>[\d.]{7,15}).* up\b"),
)
_SYMPTOMS: tuple[Symptom, ...] = (
    precise(
        "mac mismatched",
        Kind.KEY,
        "the peer's proof was made with another key than the one here",
    ),
    precise(
        "payload length, decryption failed",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
    ),
    precise(
        "no shared key found for",
        Kind.IDENTITY,
        "the peer calls itself otherwise than any secret here: by a private address, or a name",
        rf"no shared key found for '(?P<wanted>[^']+)' - '(?P<received>{_INSIDE}|[^'\d][^']*)'",
    ),
    precise(
        "no shared key found",
        Kind.KEY,
        "no secret here is for these two identities",
        r"no shared key found(?: for '(?P<wanted>[^']+)' - '(?P<received>[^']+)')?",
    ),
    precise(
        "no matching peer config found",
        Kind.IDENTITY,
        "no connection here expects the identity that the peer shows",
    ),
    precise(
        "constraint check failed",
        Kind.IDENTITY,
        "the peer calls itself otherwise than the connection here expects",
    ),
    precise(
        "does not match",
        Kind.IDENTITY,
        "the peer calls itself otherwise than the connection here expects",
        r"id[ir]r?\s.*does not match",
    ),
    precise(
        "non-matching authentication done",
        Kind.IDENTITY,
        "one end authenticates by key, the other by certificate",
    ),
    precise(
        "no ike config found for",
        Kind.PEER_OR_VERSION,
        "no connection here is for this pair of addresses and version",
        r"no ike config found for (?P<wanted>[\d.]{7,15})\.\.\.(?P<peer>[\d.]{7,15})",
    ),
    precise("received proposals unacceptable", Kind.IKE_PROPOSAL, "no IKE proposal in common"),
    *(
        Symptom(
            needle=needle,
            kinds=(Kind.ESP_PROPOSAL, Kind.REKEY),
            weight=Weight.PRECISE,
            says="no ESP proposal in common: a cipher, or the PFS group",
        )
        for needle in ("no acceptable proposal found", "no matching proposal found, sending")
    ),
    precise(
        "traffic selectors",
        Kind.SELECTORS,
        "no child here has the networks that the peer proposes",
        r"traffic selectors (?P<received>.+?) unacceptable",
    ),
    precise(
        "no matching child_sa config found",
        Kind.SELECTORS,
        "no child here has the networks that the peer proposes",
    ),
    precise("n(ts_unaccept)", Kind.SELECTORS, "the traffic selectors are not those of the peer"),
    precise(
        "child_sa rekeying failed",
        Kind.REKEY,
        "the tunnel came up, but new keys for the child SA could not be agreed on: PFS differs",
    ),
    likely(
        "notify, no child_sa built",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the peer takes the IKE SA and no child SA",
        r"no_proposal_chosen notify, no child_sa built",
    ),
    likely(
        "n(no_prop)",
        (Kind.ESP_PROPOSAL, Kind.REKEY),
        "the peer takes none of the ESP proposals",
        r"ike_auth.*n\(no_prop\)",
    ),
    likely(
        "n(no_prop)",
        (Kind.REKEY, Kind.ESP_PROPOSAL),
        "the peer takes none of the proposals for new keys of the child SA",
        r"create_child_sa.*n\(no_prop\)",
    ),
    likely(
        "n(no_prop)",
        (Kind.IKE_PROPOSAL, Kind.PEER_OR_VERSION),
        "the peer takes none of the IKE proposals, or has no connection for this address",
    ),
    likely(
        "n(auth_failed)",
        (Kind.KEY, Kind.IDENTITY),
        "one end does not take the other's authentication",
    ),
    likely(
        "received no_proposal_chosen notify error",
        (Kind.IKE_PROPOSAL, Kind.PEER_OR_VERSION),
        "the peer takes none of the IKE proposals, or has no connection for this address",
    ),
    precise(
        "initiate aborted",
        Kind.CONFIGURATION,
        "the peer's name is not found in DNS: name its address",
        r"unable to resolve (?P<wanted>\S+), initiate aborted",
    ),
    precise(
        "loading connection",
        Kind.CONFIGURATION,
        "charon could not load the connection",
        r"loading connection '?(?P<received>[^' ]+)'? failed",
    ),
    precise(
        "config discarded",
        Kind.CONFIGURATION,
        "charon could not load the connection",
        r"(?P<received>.{1,120}), config discarded",
    ),
    precise(
        "unable to bind socket",
        Kind.CONFIGURATION,
        "UDP 500 or 4500 of this host is taken by another program",
    ),
    *_BGP,
    precise("unable to allocate spi", Kind.LIMIT, "the kernel takes no more SAs"),
    precise("unable to add sad entry", Kind.CONFIGURATION, "the kernel does not know an algorithm"),
    precise(
        "unable to install",
        Kind.CONFIGURATION,
        "the kernel refused a policy or an SA",
        r"unable to install (?:inbound|outbound|ipsec|policy)",
    ),
    precise(
        "error writing to socket",
        Kind.NO_ANSWER,
        "the host has no way to the peer",
        r"error writing to socket: (?:network is unreachable|no route|operation not permitted)",
    ),
    precise(
        "certificate",
        Kind.CERTIFICATE,
        "a certificate is not taken",
        r"(?:certificate.*(?:expired|invalid|revoked|not trusted|not yet valid)"
        r"|no issuer certificate found)",
    ),
    precise(
        "no trusted",
        Kind.CERTIFICATE,
        "no certificate here vouches for the peer",
        r"no trusted .* public key found",
    ),
    precise(
        "no private key found for",
        Kind.CERTIFICATE,
        "the connection authenticates by certificate, and its private key is not here",
    ),
    follows(
        "received fragment #",
        (Kind.DAMAGED,),
        "a message of IKE arrived in part: fragments are lost on the way",
        r"waiting for complete ike message",
    ),
    follows("starting ike charon daemon", (Kind.RESTART,), "charon was started anew"),
    follows("received, shutting down", (Kind.RESTART,), "charon was stopped", r"sig(?:term|int) r"),
    follows(
        "link is down",
        (Kind.LINE,),
        "an interface of the host went down",
        r"kernel:.* (?P<received>\S+?):? (?:nic )?link is down",
    ),
    follows(
        "lost carrier",
        (Kind.LINE,),
        "an interface of the host went down",
        r"networkd.*?(?P<received>\S+): lost carrier",
    ),
    precise(
        "proto=",
        Kind.NO_ANSWER,
        "a filter of the host drops IKE or ESP of the peer",
        r"\bsrc=(?P<peer>[\d.]{7,15}) .*proto=(?:udp .*dpt=(?:500|4500)\b|esp\b|50\b)",
    ),
    stands("sending dpd request"),
    stands("creating rekey job"),
    stands("reauthenticating ike_sa"),
    follows("0000000000000000_r", (Kind.NO_ANSWER,), "the first message is not answered"),
    follows(
        "giving up after",
        (Kind.NO_ANSWER,),
        "the peer does not answer",
        r"giving up after \d+ retransmits",
    ),
    follows("peer not responding", (Kind.NO_ANSWER,), "the peer does not answer"),
    likely(
        "destroying ike_sa in state",
        (Kind.NO_ANSWER,),
        "the peer does not answer",
        r"in state connecting without notification",
    ),
    follows("received delete for ike_sa", (Kind.CLOSED,), "the peer ended the session"),
    follows("received delete for esp child_sa", (Kind.CLOSED,), "the peer ended the child SA"),
    up(
        "established with spis",
        "the child SA is up",
        r"child_sa \S+ established with spis",
    ),
)


def symptoms() -> tuple[Symptom, ...]:
    """All that is known of this daemon's words."""
    return _SYMPTOMS
