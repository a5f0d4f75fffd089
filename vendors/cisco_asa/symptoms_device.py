"""What an ASA writes of itself that takes its tunnels along: filters, lines, limits, restarts.

Cisco, "ASA Series Syslog Messages" (104, 106, 110, 111, 113, 199, 411, 622, 710, 751).
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise

DEVICE: tuple[Symptom, ...] = (
    *(
        precise(
            needle,
            Kind.NO_ANSWER,
            "an access list of the device denies IKE or ESP of the peer",
            pattern,
        )
        for needle, pattern in (
            ("-106023", r"deny udp src \S+?:(?P<peer>[\d.]{7,15})/\d+ dst \S+/(?:500|4500) "),
            ("-106023", r"deny protocol 50 src \S+?:(?P<peer>[\d.]{7,15}) "),
            ("-710003", r"udp access denied by acl from (?P<peer>[\d.]{7,15})/\d+ .*/(?:500|4500)"),
        )
    ),
    likely(
        "-710005",
        (Kind.NO_ANSWER, Kind.CONFIGURATION),
        "IKE is not enabled on the interface that the peer reaches",
        r"udp request discarded from (?P<peer>[\d.]{7,15})/\d+ to .*/(?:500|4500)\b",
    ),
    precise(
        "-751008",
        Kind.PEER_OR_VERSION,
        "the group policy of this tunnel does not permit IKEv2",
        r"-751008:(?:.*?remote:(?P<peer>[\d.]{7,15}))?.*not enabled",
    ),
    likely(
        "-751015",
        (Kind.LIMIT,),
        "call admission control turns new SAs away",
        r"-751015:(?:.*?remote:(?P<peer>[\d.]{7,15}))?",
    ),
    precise(
        "-113029",
        Kind.LIMIT,
        "the licence's number of sessions is used up",
        r"-113029:(?:.*?ip <(?P<peer>[\d.]{7,15})>)?.*session limit",
    ),
    follows(
        "-411002",
        (Kind.LINE,),
        "an interface of the device went down",
        r"on interface (?P<received>[^,]+)",
    ),
    follows("-622001: removing", (Kind.LINE,), "the tracked route of a line was taken away"),
    follows(
        "-11000",
        (Kind.LINE, Kind.TRAFFIC),
        "no route leads to the gateway",
        r"-11000[23]:.*(?:/500|/4500)\b",
    ),
    follows("-199001", (Kind.RESTART,), "the device was restarted"),
    follows("-199002", (Kind.RESTART,), "the device was restarted"),
    follows("-199005", (Kind.RESTART,), "the device was restarted"),
    follows(
        "-10400",
        (Kind.RESTART,),
        "the failover pair changed over",
        r"-10400[1-4]:.*switching to",
    ),
    follows(
        "command.",
        (Kind.CHANGED,),
        "somebody took something of the tunnel away",
        r"-11100[18]:.*executed the '(?P<received>(?:no |clear )(?:configure )?(?:crypto|tunnel)"
        r"[^']*)'",
    ),
)
