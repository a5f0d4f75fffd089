"""What Azure writes: IKEDiagnosticLog, the other diagnostic categories, and VPN troubleshoot.

Azure, "Diagnostic logs of VPN Gateway", "VPN troubleshoot overview" (fault identifiers, the files
IKEErrors.txt and Scrubbed-wfpdiag.txt).
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, follows, likely, precise, up

AZURE: tuple[Symptom, ...] = (
    precise("ikepolicymismatch", Kind.IKE_PROPOSAL, "Azure and the device share no IKE policy"),
    likely(
        "on-premises device rejected quick mode settings",
        (Kind.ESP_PROPOSAL, Kind.SELECTORS),
        "the device takes none of what Azure proposes for the child SA",
    ),
    likely(
        "on-premises device rejected main mode settings",
        (Kind.IKE_PROPOSAL,),
        "the device takes none of what Azure proposes for the IKE SA",
    ),
    likely(
        "on-premises device sent invalid payload",
        (Kind.KEY, Kind.IKE_PROPOSAL),
        "Azure could not read what the device sent",
    ),
    likely(
        "check shared key",
        (Kind.KEY, Kind.IDENTITY),
        "Azure or the device does not take the other's authentication",
    ),
    likely(
        "check keys and auth type",
        (Kind.KEY, Kind.IDENTITY),
        "the device does not take Azure's authentication",
    ),
    precise(
        "presharedkey",
        Kind.KEY,
        "Azure says that the pre-shared keys differ",
        r"pre-?shared ?key\W.*mismatch|authentication.*mismatch of preshared",
    ),
    precise(
        "connection cannot be established due to",
        Kind.KEY,
        "Azure says that the pre-shared keys differ",
        r"due to .{0,30}pre-?shared key",
    ),
    likely(
        "authentication",
        (Kind.KEY, Kind.IDENTITY),
        "Azure or the device does not take the other's authentication",
        r"\bid=authentication\b",
    ),
    follows("hostmaintenanceevent", (Kind.RESTART,), "Azure did maintenance of the gateway"),
    follows("plannedmaintenance", (Kind.RESTART,), "Azure did maintenance of the gateway"),
    follows(
        "gatewaytenantprimarychanged", (Kind.RESTART,), "the gateway's other instance took over"
    ),
    follows("virtualnetworkgateways/reset", (Kind.RESTART,), "somebody reset the gateway of Azure"),
    follows("connections/delete", (Kind.CHANGED,), "somebody deleted the connection in Azure"),
    follows(
        "virtualnetworkgateways/delete", (Kind.CHANGED,), "somebody deleted the gateway in Azure"
    ),
    follows(
        "sharedkey/write", (Kind.CHANGED, Kind.KEY), "somebody set the connection's key in Azure"
    ),
    follows("connections/write", (Kind.CHANGED,), "somebody changed the connection in Azure"),
    follows("userdrivenupdate", (Kind.CHANGED,), "somebody changes the gateway of Azure just now"),
    follows("setconnectionconfiguration", (Kind.CHANGED,), "the connection was changed in Azure"),
    likely("peerreachability", (Kind.NO_ANSWER,), "the device does not answer Azure"),
    likely("peer gateway is not reachable", (Kind.NO_ANSWER,), "the device does not answer Azure"),
    likely("vipunresponsive", (Kind.LIMIT,), "the gateway itself does not answer: Azure's side"),
    likely(
        "cpuusageexceeded", (Kind.LIMIT,), "the gateway's processor is busy: a larger SKU is needed"
    ),
    likely(
        "connectionnotconfiguredongateway",
        (Kind.PEER_OR_VERSION,),
        "the gateway has not got this connection",
    ),
    likely(
        "traffic selector",
        (Kind.SELECTORS,),
        "the traffic selectors are not those of the other end",
        r"traffic selectors?\b.{0,60}(?:mismatch|not match|unacceptable|rejected|invalid)",
    ),
    likely("ts_mismatch", (Kind.SELECTORS,), "packets were dropped since no selector is for them"),
    likely("bgpdisconnectedevent", (Kind.BGP,), "the BGP session of the gateway went down"),
    likely(
        "bgp peer",
        (Kind.BGP,),
        "the BGP session of the gateway went down",
        r"bgp peer.*(?:not (?:reachable|connected)|disconnected|unreachable|down)",
    ),
    likely(
        "dpd",
        (Kind.PEER_LOST,),
        "the device no longer answers Azure",
        r"\bdpd\b[^=]{0,40}(?:timed? ?out|fail|dead|no response)",
    ),
    follows(
        "tunneldisconnected",
        (Kind.CLOSED, Kind.PEER_LOST),
        "the tunnel went down, as Azure sees it",
    ),
    follows("remotelytriggered", (Kind.CLOSED,), "the device ended the tunnel"),
    follows(
        "ike tunnel closed", (Kind.CLOSED,), "Azure closed the IKE tunnel", r"ike tunnel closed"
    ),
    up("bgpconnectedevent", "the BGP session of the gateway is up"),
    up("tunnelconnected", "the tunnel is up, as Azure sees it"),
    up(
        "ike tunnel created", "the IKE SA is up, as Azure sees it", r"ike tunnel (?:created|opened)"
    ),
)
