"""What Junos writes when a tunnel does not come up: kmd and iked, and `show ... detail` events.

Juniper, "System Log Explorer" (KMD_*, RT_IPSEC_*, RPD_BGP_*) and "Troubleshoot a VPN Tunnel That Is
Down".
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise, up

_REMOTE = r"(?:.*?remote: *(?P<peer>[\d.]{7,15}))?"
_WHO = r"(?P<peer>\d+(?:\.\d+){3})"
_FAILED = r"negotiation (?:fail|done)\w*\b.{0,160}(?:error|status):? *"
_IKE: tuple[Symptom, ...] = (
    precise(
        "no proposal chosen",
        Kind.IKE_PROPOSAL,
        "no IKE proposal in common",
        r"ike phase-1 failure: no proposal chosen",
    ),
    likely(
        "no proposal chosen",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS, Kind.REKEY),
        "no IPsec proposal in common, or another PFS group",
        r"(?:ike phase-2 failure|quick mode|ipsec sa|ipsec negotiation|child sa)"
        r".*no proposal chosen",
    ),
    likely(
        "no proposal chosen",
        (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL),
        "one end takes none of the other's proposals",
        _FAILED + r"no proposal chosen" + _REMOTE,
    ),
    precise(
        "peer proxy ids",
        Kind.SELECTORS,
        "the peer's networks are not the proxy identity or traffic selector here",
        r"failed to match the peer proxy ids",
    ),
    precise(
        "ts unacceptable",
        Kind.SELECTORS,
        "the traffic selectors are not those of the other end",
        _FAILED + r"ts unacceptable" + _REMOTE,
    ),
    precise(
        "policy lookup for phase-2",
        Kind.SELECTORS,
        "no VPN here has the networks that the peer proposes",
        r"policy lookup for phase-2.*failed",
    ),
    precise(
        "kmd_pm_p2_policy_lookup_failure",
        Kind.SELECTORS,
        "no VPN here has the networks that the peer proposes",
    ),
    precise(
        "policy lookup for phase-1",
        Kind.PEER_OR_VERSION,
        "no gateway here is for this peer: another address, interface, version or identity",
        r"policy lookup for phase-1.*failed",
    ),
    precise(
        "kmd_pm_p1_policy_lookup_failure",
        Kind.PEER_OR_VERSION,
        "no gateway here is for this peer: another address, interface, version or identity",
    ),
    precise(
        "remote gateway id mismatch",
        Kind.IDENTITY,
        "the peer calls itself otherwise than `remote-identity` says",
    ),
    precise(
        "illegal_remote_gw_id",
        Kind.IDENTITY,
        "the peer calls itself otherwise than `remote-identity` says",
    ),
    precise(
        "ike-id validation failed",
        Kind.IDENTITY,
        "the peer calls itself otherwise than `remote-identity` says",
    ),
    precise(
        "unknown_p1_identities", Kind.IDENTITY, "the peer calls itself otherwise than expected"
    ),
    precise("ike server not found", Kind.PEER_OR_VERSION, "no gateway here is for this peer"),
    precise("ike_server_not_found", Kind.PEER_OR_VERSION, "no gateway here is for this peer"),
    precise(
        "invalid syntax",
        Kind.KEY,
        "the peer's message decrypts to nonsense: the pre-shared keys differ",
        _FAILED + r"invalid syntax" + _REMOTE,
    ),
    precise(
        "pre-shared key",
        Kind.KEY,
        "the device holds no pre-shared key for this peer",
        r"(?:no|not find|unable to find|failed to (?:find|get)).{0,30}pre-?shared key",
    ),
    likely(
        "authentication failed",
        (Kind.KEY, Kind.IDENTITY),
        "one end does not take the other's authentication",
        r"(?:" + _FAILED + r"|error: *|status: *|code = *|peer, ?)?authentication failed" + _REMOTE,
    ),
    likely("peer's certificate", (Kind.CERTIFICATE,), "the peer's certificate is not taken"),
    precise(
        "certificate",
        Kind.CERTIFICATE,
        "a certificate is not taken",
        r"(?:pkid|pki_|cert_).{0,80}certificate.{0,120}(?:fail|invalid|expired|revoked)",
    ),
    follows(
        "timed out",
        (Kind.NO_ANSWER,),
        "the peer does not answer",
        r"(?:" + _FAILED + r"|phase-1 failure: *|phase-2 failure: *)timed out" + _REMOTE,
    ),
    follows("no response from peer", (Kind.NO_ANSWER,), "the peer does not answer"),
    follows(
        "sa unusable",
        (Kind.KEY, Kind.NO_ANSWER),
        "the IKE SA was given up half-way",
        _FAILED + r"sa unusable" + _REMOTE,
    ),
    follows(
        "peer proposed phase1 proposal conflicts",
        (Kind.IKE_PROPOSAL,),
        "no IKE proposal in common",
    ),
)
_LIFE: tuple[Symptom, ...] = (
    likely(
        "dpd",
        (Kind.PEER_LOST,),
        "the peer no longer answers",
        r"(?:kmd_dpd_peer_down|dpd detected peer|dpd.{0,80}(?:dead|down|failed))"
        r"(?:\D{0,12}(?P<peer>\d+(?:\.\d+){3}))?",
    ),
    likely(
        "vpn monitoring",
        (Kind.PEER_LOST, Kind.TRAFFIC),
        "VPN monitoring's pings are not answered: Azure's gateway does not answer them",
        r"vpn monitoring.*(?:down|failed)",
    ),
    follows(
        "is down. local-ip",
        (Kind.LINE,),
        "the interface that the VPN leaves by went down",
        r"vpn \S+ from (?P<peer>[\d.]{7,15}) is down.*reason: external interface",
    ),
    follows(
        "is down. local-ip",
        (Kind.CHANGED,),
        "the VPN's configuration was changed or taken away",
        r"vpn \S+ from (?P<peer>[\d.]{7,15}) is down.*reason: .{0,40}config",
    ),
    follows(
        "kmd_vpn_down",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the VPN went down",
        r"vpn \S+ from (?P<peer>[\d.]{7,15}) is down",
    ),
    follows(
        "is down. local-ip",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the VPN went down",
        r"vpn \S+ from (?P<peer>[\d.]{7,15}) is down",
    ),
    up("kmd_vpn_up", "the VPN is up", r"vpn \S+ from (?P<peer>[\d.]{7,15}) is up"),
    up("is up. local-ip", "the VPN is up", r"vpn \S+ from (?P<peer>[\d.]{7,15}) is up"),
    up(
        "kmd_pm_sa_established",
        "the child SA is up",
        r"kmd_pm_sa_established.*?(?:remote gateway: *(?P<peer>[\d.]{7,15}))?",
    ),
)
_DEVICE: tuple[Symptom, ...] = (
    follows(
        "snmp_trap_link_down",
        (Kind.LINE,),
        "an interface of the device went down",
        r"adminstatus up.*ifname (?P<received>(?!st0|lo0|irb)\S+)",
    ),
    follows(
        "snmp_trap_link_down",
        (Kind.CHANGED,),
        "somebody disabled an interface of the device",
        r"adminstatus down.*ifname (?P<received>\S+)",
    ),
    precise(
        "rt_flow_session_deny",
        Kind.NO_ANSWER,
        "the device itself denies IKE of the peer: host-inbound-traffic, or a policy",
        r"session denied (?P<peer>[\d.]{7,15})/\d+->[\d.]+/(?:500|4500) ",
    ),
    likely(
        "terminated by signal",
        (Kind.RESTART,),
        "the daemon of IKE crashed and was started again",
        r"(?:kmd|iked) \(pid \d+\) terminated",
    ),
    follows(
        "config download",
        (Kind.CHANGED, Kind.RESTART),
        "the daemon of IKE read a configuration that was committed",
        r"(?:kmd|iked)\[\d+\]: config download: processed",
    ),
    follows(
        "jsrpd_rg_state_change",
        (Kind.RESTART,),
        "the cluster changed over to its other node",
        r"transitioned from '?secondary\S* to '?primary",
    ),
    follows("system_reboot", (Kind.RESTART,), "the device was restarted"),
    follows("%-juniper networks, inc", (Kind.RESTART,), "the device was restarted"),
)
_TRAFFIC: tuple[Symptom, ...] = (
    *(
        likely(
            needle,
            (Kind.STALE,),
            "the peer sends with an SA that this device no longer has",
            rf"{needle}{sign}",
        )
        for needle in ("bad spi", "bad_spi")
        for sign in (r".*?\bsource\D{0,16}" + _WHO, r".*?" + _WHO + "->", "")
    ),
    precise(
        "replay", Kind.DAMAGED, "packets arrive late or twice and are dropped", r"rt_ipsec\w*replay"
    ),
    precise("rt_ipsec_auth_fail", Kind.DAMAGED, "packets arrive changed, or with wrong keys"),
    precise("decrypt_bad_pad", Kind.DAMAGED, "packets arrive changed, or with wrong keys"),
    likely(
        "rt_flow_session_deny",
        (Kind.TRAFFIC,),
        "a policy denies traffic of the tunnel",
        r"rt_flow_session_deny.*\bst0\.",
    ),
    follows(
        "rt_flow_session_deny",
        (Kind.TRAFFIC,),
        "a policy denies some traffic: look whether it is the tunnel's",
        r"rt_flow_session_deny.*(?:session denied (?P<received>\S+))?",
    ),
    precise(
        "subcode 2 (bad peer as number)",
        Kind.BGP,
        "the two ends do not name each other's AS number rightly",
        r"(?:sent to|received from) (?P<peer>[\d.]{7,15})?.*bad peer as number",
    ),
    likely(
        "hold timer expired",
        (Kind.BGP, Kind.PEER_LOST),
        "BGP heard nothing for its hold time",
        r"(?:sent to|received from|peer) (?P<peer>[\d.]{7,15}).*hold timer expired",
    ),
    likely(
        "rpd_bgp_neighbor_state_changed",
        (Kind.BGP, Kind.PEER_LOST),
        "BGP heard nothing for its hold time",
        r"bgp peer (?P<peer>[\d.]{7,15}).*from established to idle.*holdtime",
    ),
    follows(
        "rpd_bgp_neighbor_state_changed",
        (Kind.BGP,),
        "the BGP session went down",
        r"bgp peer (?P<peer>[\d.]{7,15}).*from established to",
    ),
)
_SYMPTOMS = (*_IKE, *_LIFE, *_DEVICE, *_TRAFFIC)


def symptoms() -> tuple[Symptom, ...]:
    """All that is known of this platform's words."""
    return _SYMPTOMS
