"""What Routing and Remote Access writes when a tunnel does not come up: its events and numbers.

Windows, "Routing and Remote Access Error Codes" (600-999). The reasons of IKE itself are Windows'
own and known to the core.
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, Weight, follows, likely, numbered, precise, up

_MEANINGS: dict[int, tuple[tuple[Kind, ...], Weight, str]] = {
    809: ((Kind.NO_ANSWER,), Weight.LIKELY, "nobody answers on UDP 500 and 4500"),
    812: ((Kind.CONFIGURATION,), Weight.LIKELY, "a policy of the server forbids the connection"),
    800: ((Kind.NO_ANSWER, Kind.CONFIGURATION), Weight.CONSEQUENCE, "the tunnel failed"),
    868: ((Kind.NO_ANSWER,), Weight.LIKELY, "the gateway's name could not be resolved"),
    691: ((Kind.KEY,), Weight.CONSEQUENCE, "the credentials are not taken"),
    629: ((Kind.CLOSED,), Weight.CONSEQUENCE, "the other end ended the connection"),
    631: ((Kind.CLOSED,), Weight.CONSEQUENCE, "the connection was ended here, by hand"),
    828: ((Kind.CLOSED,), Weight.CONSEQUENCE, "the connection was idle for its time-out"),
    829: ((Kind.PEER_LOST,), Weight.LIKELY, "the line or the other end was lost"),
    651: ((Kind.CONFIGURATION,), Weight.CONSEQUENCE, "the device of the port reported an error"),
}
_SYMPTOMS: tuple[Symptom, ...] = (
    *(numbered(number, *meaning) for number, meaning in _MEANINGS.items()),
    likely(
        "remote server is not responding",
        (Kind.NO_ANSWER,),
        "nobody answers on UDP 500 and 4500 (809)",
    ),
    precise(
        "has blocked a packet",
        Kind.NO_ANSWER,
        "the firewall of the server drops IKE of the peer",
        r"source address:\s*(?P<peer>[\d.]{7,15})\s.*port:\s*4?500\b",
    ),
    follows(
        "routing and remote access service",
        (Kind.RESTART,),
        "Routing and Remote Access was stopped or started anew",
        r"service (?:terminated unexpectedly|entered the (?:stopped|running) state"
        r"|was successfully sent a stop)",
    ),
    *(
        follows(
            number,
            (Kind.RESTART,),
            "the server was restarted",
            rf"\bid +: {number}\b|event id: +{number}\b|<eventid[^>]{{0,40}}>{number}<",
        )
        for number in ("1074", "6005", "6006", "6008")
    ),
    up("connectionstate=", "the interface is connected", r"connectionstate=(?:connected|2)\b"),
    up(
        "20225",
        "the connection is up",
        r"\b20225\b.*coid=|<eventid[^>]{0,40}>20225<|\bid +: 20225$",
    ),
    up("has been established", "the connection is up", r"connection .* has been established"),
)


def symptoms() -> tuple[Symptom, ...]:
    """All that is known of this platform's words."""
    return _SYMPTOMS
