"""What IOS writes of itself that takes its tunnels along: filters, lines, changes, restarts.

Cisco, "System Message Guide" (LINK, PARSER, SEC, SYS).
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise

DEVICE: tuple[Symptom, ...] = (
    follows(
        "changed state to down",
        (Kind.LINE,),
        "an interface of the device went down",
        r"%link-\d-updown: interface (?P<received>(?!tun|loop|virtual|null|bvi)\S+?),? changed",
    ),
    follows(
        "administratively down",
        (Kind.CHANGED,),
        "somebody shut an interface of the device",
        r"%link-\d-changed: interface (?P<received>\S+?),? changed",
    ),
    follows(
        "logged command:",
        (Kind.CHANGED,),
        "somebody took something of the tunnel away",
        r"logged command: ?(?:!exec: ?)?(?P<received>(?:no |clear )crypto.*|no interface tun.*)",
    ),
    likely(
        "no route",
        (Kind.LINE,),
        "the device has no route to the gateway",
        r"(?:ike|isakmp|ipsec|crypto|tunnel).*no route to",
    ),
    follows("%sys-5-reload", (Kind.RESTART,), "the device was restarted"),
    follows("%sys-5-restart", (Kind.RESTART,), "the device was restarted"),
    *(
        precise(
            "%sec-6-ipaccesslog",
            Kind.NO_ANSWER,
            "an access list of the device denies IKE or ESP of the peer",
            pattern,
        )
        for pattern in (
            r"denied udp (?P<peer>[\d.]{7,15})\(\d+\).*\((?:500|4500)\)",
            r"denied (?:50|esp) (?P<peer>[\d.]{7,15}) ",
        )
    ),
)
