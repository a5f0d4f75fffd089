"""The screens of the ASA that are read."""

from __future__ import annotations

from vendors.cisco.screens.commands import Screen
from vendors.cisco_asa.screens import bgp, ikev1, ikev2, interfaces, ipsec, routes, sessiondb

_SESSIONS = ("Session Type", "Connection ")
_IPSEC = ("interface:", "Crypto map tag", "ident (", "current_peer")
_IKEV1 = ("IKE Peer", "Active SA", "IKEv1 SAs", "IKEv2 SAs")

SCREENS = (
    Screen(command="show vpn-sessiondb detail l2l", marks=_SESSIONS, read=sessiondb.read),
    Screen(command="show vpn-sessiondb l2l", marks=_SESSIONS, read=sessiondb.read),
    Screen(command="show crypto ikev1 sa", marks=_IKEV1, read=ikev1.read),
    Screen(command="show crypto isakmp sa", marks=_IKEV1, read=ikev1.read),
    Screen(command="show isakmp sa", marks=_IKEV1, read=ikev1.read),
    Screen(command="show crypto ikev2 sa", marks=("IKEv2 SAs", "Tunnel-id"), read=ikev2.read),
    Screen(command="show crypto ipsec sa", marks=_IPSEC, read=ipsec.read),
    Screen(command="show ipsec sa", marks=_IPSEC, read=ipsec.read),
    Screen(
        command="show bgp",
        last="summary",
        marks=("BGP router identifier", "Neighbor", "address family"),
        read=bgp.read,
    ),
    Screen(
        command="show interface",
        marks=("line protocol is", "IP-Address"),
        read=interfaces.read,
    ),
    Screen(
        command="show route",
        marks=("Codes:", "Gateway of last resort", "Routing entry for", "Routing Table"),
        read=routes.read,
    ),
)
