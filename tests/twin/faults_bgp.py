"""Faults in BGP over the tunnel: who the two speakers are, and how they reach each other."""

from __future__ import annotations

from tests.twin.texts import ASA, IOS, JUNOS, RRAS, SWAN, Fault, Form, cut, swap

_NONE = "charon speaks no BGP"
_NO_APIPA = "an IPsec interface has no address of its own"
_UNLED = dict.fromkeys((IOS, ASA, RRAS), "bgp")
"""There a peer is a tunnel's by the route that leads to it."""
_NEIGHBOR = r"\b(neighbor) 10\.20\.255\.30\b"

BGP = (
    Fault(
        name="our AS number",
        kind="bgp",
        first="bgp.local_asn",
        form=Form.BGP,
        by={
            **dict.fromkeys((IOS, ASA), swap("^router bgp 65050$", "router bgp 65051")),
            JUNOS: swap("local-as 65050$", "local-as 65051"),
            RRAS: swap('"LocalASN": 65050', '"LocalASN": 65051'),
            SWAN: _NONE,
        },
    ),
    Fault(
        name="Azure's AS number",
        kind="bgp",
        first="bgp.peers.asn",
        form=Form.BGP,
        by={
            **dict.fromkeys((IOS, ASA), swap("remote-as 65515$", "remote-as 65516")),
            JUNOS: swap("peer-as 65515$", "peer-as 65516"),
            RRAS: swap('"PeerASN": 65515', '"PeerASN": 65516'),
            SWAN: _NONE,
        },
    ),
    Fault(
        name="Azure's BGP address",
        kind="bgp",
        first="bgp.peers.address",
        elsewhere=_UNLED,
        form=Form.BGP,
        by={
            **dict.fromkeys((IOS, ASA, JUNOS), swap(_NEIGHBOR, r"\1 10.20.255.31")),
            RRAS: swap('"PeerIPAddress": "10.20.255.30"', '"PeerIPAddress": "10.20.255.31"'),
            SWAN: _NONE,
        },
    ),
    Fault(
        name="Azure's APIPA address",
        kind="bgp",
        first="bgp.peers.address",
        elsewhere=_UNLED,
        form=Form.APIPA,
        by={
            **dict.fromkeys(
                (IOS, ASA, JUNOS),
                swap(r"\b(neighbor) 169\.254\.21\.1\b", r"\1 169.254.21.5", r"\1 169.254.22.1"),
            ),
            RRAS: _NO_APIPA,
            SWAN: _NONE,
        },
    ),
    Fault(
        name="our BGP address",
        kind="bgp",
        first="bgp.peers.local_address",
        form=Form.BGP,
        by={
            **dict.fromkeys(
                (IOS, ASA), swap(r"^ ip address 10\.10\.0\.1 ", " ip address 10.10.0.2 ")
            ),
            JUNOS: swap(r"local-address 10\.10\.0\.1$", "local-address 10.10.0.2"),
            RRAS: swap('"LocalIPAddress": "10.10.0.1"', '"LocalIPAddress": "10.10.0.2"'),
            SWAN: _NONE,
        },
    ),
    Fault(
        name="missing host route for BGP",
        kind="bgp",
        first="routes",
        elsewhere=_UNLED,
        form=Form.BGP,
        by={
            IOS: cut(r"^ip route 10\.20\.255\.30 .*\n"),
            ASA: cut(r"^route \S+ 10\.20\.255\.30 .*\n"),
            JUNOS: cut(r"^set routing-options static route 10\.20\.255\.30/32 .*\n"),
            RRAS: swap(r'"IPv4Subnet": \["10\.20\.255\.30/32:100"\]', '"IPv4Subnet": []'),
            SWAN: _NONE,
        },
    ),
    Fault(
        name="missing multihop",
        kind="bgp",
        first="bgp.peers.multihop",
        form=Form.BGP,
        by={
            **dict.fromkeys((IOS, ASA), cut(r"^ +neighbor \S+ ebgp-multihop 2\n")),
            JUNOS: cut(r"^set protocols bgp group site-a neighbor \S+ multihop .*\n"),
            RRAS: "there is no such setting, and none is needed",
            SWAN: _NONE,
        },
    ),
    Fault(
        name="our source of BGP",
        kind="bgp",
        first="bgp.peers.local_address",
        form=Form.BGP,
        by={
            IOS: "the tunnel borrows the loopback's address, which then is the source anyway",
            ASA: cut(r"^ +neighbor \S+ update-source .*\n"),
            JUNOS: "the tunnel has the loopback's address, which then is the source anyway",
            RRAS: "a peer is not made without an address of ours",
            SWAN: _NONE,
        },
    ),
    Fault(
        name="prefix not announced",
        kind="traffic",
        first="bgp.networks",
        form=Form.BGP,
        by={
            **dict.fromkeys((IOS, ASA), cut(r"^ +network 10\.11\.0\.0 .*\n")),
            JUNOS: cut(r"^set policy-options .* route-filter 10\.11\.0\.0/16 .*\n"),
            RRAS: swap(r'"10\.10\.0\.0/16", "10\.11\.0\.0/16"', '"10.10.0.0/16"'),
            SWAN: _NONE,
        },
    ),
)
