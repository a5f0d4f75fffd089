"""The screens of IOS that are read."""

from __future__ import annotations

from vendors.cisco.screens.commands import Screen
from vendors.cisco_ios.screens import bfd, bgp, ikev2, interfaces, ipsec, isakmp, routes, session

SCREENS = (
    Screen(
        command="show crypto ikev2 sa",
        marks=("Tunnel-id", "Crypto IKEv2"),
        read=ikev2.read,
    ),
    Screen(
        command="show crypto ikev2 session",
        marks=("Session-id", "Crypto IKEv2"),
        read=ikev2.read,
    ),
    Screen(
        command="show crypto isakmp sa",
        marks=("Crypto ISAKMP", "conn-id", "C-id"),
        read=isakmp.read,
    ),
    Screen(
        command="show crypto session",
        marks=("Crypto session", "Session status", "Phase1_id", "K - No IKE"),
        read=session.read,
    ),
    Screen(
        command="show crypto ipsec sa",
        marks=("interface:", "Crypto map tag", "ident (", "current_peer"),
        read=ipsec.read,
    ),
    Screen(
        command="show ip bgp",
        last="summary",
        marks=("BGP router identifier", "Neighbor", "address family"),
        read=bgp.read,
    ),
    Screen(
        command="show bgp",
        last="summary",
        marks=("BGP router identifier", "Neighbor", "address family"),
        read=bgp.read,
    ),
    Screen(
        command="show bfd neighbors",
        marks=("NeighAddr", "IPv4 Sessions"),
        read=bfd.read,
    ),
    Screen(
        command="show ip interface",
        last="brief",
        marks=("IP-Address",),
        read=interfaces.read,
    ),
    Screen(
        command="show interfaces",
        marks=("line protocol is",),
        read=interfaces.read,
    ),
    Screen(
        command="show ip route",
        marks=("Codes:", "Gateway of last resort", "Routing entry for", "Routing Table"),
        read=routes.read,
    ),
)
