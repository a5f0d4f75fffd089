"""Where to look on an ASA when a rung of the verification does not pass, by the rung's name."""

from __future__ import annotations

ADVICE = {
    "reachable": "log in by hand and see whether `show version` answers",
    "ike": "`show crypto ikev2 sa detail` or `show crypto ikev1 sa detail`, then `show logging`; "
    "`debug crypto ikev2 protocol 127` (or `debug crypto ikev1 127`) after `debug crypto condition "
    "peer <gateway>` tells whether the gateway answers at all",
    "key": "`show logging` for an authentication failure; compare the key of the tunnel-group "
    "(`more system:running-config | begin tunnel-group <gateway>`) with the connection's",
    "child": "`show crypto ipsec sa peer <gateway>` and `show running-config crypto map` for the "
    "proposal and PFS in use; `packet-tracer input <inside> icmp <host> 8 0 <host in Azure>` shows "
    "whether traffic reaches the VPN at all: translated traffic never does; "
    "`clear crypto ipsec sa peer <gateway>` negotiates anew",
    "counters": "`show vpn-sessiondb detail l2l filter ipaddress <gateway>`: Bytes Tx that rise "
    "without Bytes Rx mean a missing NAT exemption, route or permission at the other end",
    "interface": "`show interface <tunnel>`: its line protocol follows the child SA",
    "routes": "`show route <address>`, and `show nat detail` for a rule that takes the traffic",
    "bgp": "`show bgp neighbors <peer>` and `show route <peer>`: the peer must be reached through "
    "the tunnel",
}
