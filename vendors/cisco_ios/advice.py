"""Where to look on IOS when a rung of the verification does not pass, by the rung's name."""

from __future__ import annotations

ADVICE = {
    "reachable": "log in by hand and see whether `show version` answers",
    "ike": "`show crypto ikev2 sa detailed` or `show crypto isakmp sa`, then `show logging`; "
    "`debug crypto ikev2` (or `debug crypto isakmp`) tells whether the gateway answers at all",
    "key": "`show logging` for an authentication failure; compare the key in the keyring with the "
    "connection's shared key",
    "child": "`show crypto ipsec sa peer <gateway>` and `show crypto map` or "
    "`show crypto ipsec profile` for the transform set and PFS in use; "
    "`clear crypto session remote <gateway>` negotiates anew",
    "counters": "`ping <address in Azure> source <inside interface>`, then the `#pkts` lines of "
    "`show crypto ipsec sa peer <gateway>`",
    "interface": "`show interfaces <tunnel>`: its line protocol follows the child SA",
    "routes": "`show ip route <prefix>` and `show ip cef <address>`",
    "bgp": "`show ip bgp neighbors <peer>` and `show ip route <peer>`: the peer must be reached "
    "through the tunnel",
}
