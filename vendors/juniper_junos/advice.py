"""Where to look on an SRX when a rung of the verification does not pass, by the rung's name."""

from __future__ import annotations

ADVICE = {
    "reachable": "log in by hand and see whether `show version` answers; root must type `cli`",
    "ike": "`show security ike security-associations`, then `show security ipsec inactive-tunnels` "
    "for the reason; `show configuration security zones` must let `ike` in at the external "
    "interface, and `request security ike debug-enable local <ours> remote <gateway>` tells more",
    "key": "`show security ipsec inactive-tunnels` for an authentication failure; compare the "
    "key in the ike policy with the connection's shared key",
    "child": "`show security ipsec inactive-tunnels` and `show security ipsec "
    "security-associations detail` for proposals, PFS and traffic selectors; `clear security ike "
    "security-associations <gateway>` negotiates anew",
    "counters": "`ping <address in Azure> source <inside address>`, `show security ipsec "
    "statistics`, and `show security policies hit-count`: is the traffic let through?",
    "interface": "`show interfaces terse st0`: a unit is up while its SA is; it must be in a zone",
    "routes": "`show route <address>`: the next hop must be the st0 unit",
    "bgp": "`show bgp neighbor <peer>` and `show route <peer>`; host-inbound-traffic of the "
    "tunnel's zone must let `bgp` in, and an export policy must advertise the prefixes",
}
