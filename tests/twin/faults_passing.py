"""Faults in who the ends are, and in which traffic gets through."""

from __future__ import annotations

from tests.twin.texts import ASA, IOS, JUNOS, PRIVATE, RRAS, SWAN, Fault, Form, cut, swap

_NO_POLICY = "its interfaces propose any-to-any"
_OTHER = "192.0.2.99"
_PEER = swap(r"198\.51\.100\.7", _OTHER)

ENDS = (
    Fault(
        name="another peer",
        kind="no-answer",
        first="remote.addresses",
        by=dict.fromkeys((IOS, ASA, JUNOS, RRAS, SWAN), _PEER),
    ),
    Fault(
        name="our identity",
        kind="identity",
        first="local.identity",
        by={
            IOS: swap(
                "^( match identity remote .*)$",
                r"\1\n identity local address 192.0.2.3",
                r"\1\n identity local fqdn branch.example",
            ),
            ASA: swap(
                "^crypto ikev2 enable outside$",
                r"crypto isakmp identity key-id 192.0.2.3\ncrypto ikev2 enable outside",
            ),
            JUNOS: swap(
                "^(set security ike gateway site-a-1) address .*$",
                r"\g<0>\n\1 local-identity inet 192.0.2.3",
                r"\g<0>\n\1 local-identity hostname branch.example",
            ),
            RRAS: "a server calls itself by its own address: there is no setting",
            SWAN: swap(
                r"local \{\n      auth = psk\n", "local {\n      auth = psk\n      id = 192.0.2.3\n"
            ),
        },
    ),
    Fault(
        name="identity expected of Azure",
        kind="identity",
        first="remote.identity",
        by={
            IOS: swap(
                "match identity remote address .*$",
                "match identity remote address 192.0.2.3 255.255.255.255",
            ),
            ASA: "it compares with the tunnel group's name, which is the peer's address",
            JUNOS: swap(
                "^(set security ike gateway site-a-1) address .*$",
                r"\g<0>\n\1 remote-identity inet 192.0.2.3",
            ),
            RRAS: "a server expects the address that it dials: there is no setting",
            SWAN: swap(r"\b(id|id-1) = 198\.51\.100\.7$", r"\1 = 192.0.2.3"),
        },
    ),
    Fault(
        name="identity behind NAT",
        kind="identity",
        first="local.identity",
        form=Form.NAT,
        by={
            IOS: cut(r"^ identity local address .*\n"),
            ASA: "it can only say its private address, which Azure is taken to accept: not proven",
            JUNOS: cut(r"^set security ike gateway site-a-1 local-identity .*\n"),
            RRAS: "its own address is no part of what a server shows of its interfaces",
            SWAN: swap(
                r"    version = 2\n    remote_addrs(.*\n(?:.*\n)*?)      id = 203.0.113.10\n",
                rf"    version = 2\n    local_addrs = {PRIVATE}\n    remote_addrs\1",
            ),
        },
    ),
    Fault(
        name="Azure's IKE kept out",
        kind="no-answer",
        first="permits",
        by={
            IOS: swap(
                r"^( ip address 203\.0\.113\.10 .*\n)!\n",
                r"\1 ip access-group OUT in\n!\nip access-list extended OUT\n"
                rf" permit udp host {_OTHER} any eq isakmp\n"
                rf" permit udp host {_OTHER} any eq non500-isakmp\n!\n",
            ),
            ASA: swap(
                "^crypto ikev2 enable outside$",
                r"crypto ikev2 enable outside\n"
                r"access-list OUT extended deny udp any any eq isakmp\n"
                r"access-group OUT in interface outside control-plane",
            ),
            JUNOS: cut(
                r"^set security zones security-zone untrust interfaces \S+ host-inbound.*\n"
            ),
            RRAS: "the server's firewall is not read",
            SWAN: "the host's packet filter is not read",
        },
    ),
)

TRAFFIC = (
    Fault(
        name="missing route",
        kind="leak",
        first="routes",
        by={
            IOS: cut(r"^ip route 10\.21\.0\.0 .*\n"),
            ASA: cut(r"^route \S+ 10\.21\.0\.0 .*\n"),
            JUNOS: cut(r"^set routing-options static route 10\.21\.0\.0/16 .*\n"),
            RRAS: swap(r', "10\.21\.0\.0/16:100"', ""),
            SWAN: cut(r"^\[Route\]\nDestination=10\.21\.0\.0/16\n"),
        },
    ),
    Fault(
        name="own rules stop a pair",
        kind="traffic",
        first="passes",
        by={
            IOS: "no rules between its networks and a tunnel interface are read",
            ASA: "traffic of a tunnel passes (permit-vpn), and NAT leaves its interface alone",
            JUNOS: (
                *cut(r"^set security policies .* site-a-1-out match source-address net-10\.11.*\n"),
                *cut(r"^set security policies .* policy site-a-1-in .*\n"),
            ),
            RRAS: "the server's firewall is not read",
            SWAN: "the host's packet filter is not read",
        },
    ),
    Fault(
        name="missing NAT exemption",
        kind="traffic",
        first="passes",
        form=Form.POLICY,
        by={
            IOS: "address translation is not read",
            ASA: swap(
                r"^nat \(inside,outside\) 1 source static .*$",
                "nat (inside,outside) after-auto source dynamic any interface",
            ),
            JUNOS: "its tunnels have zones, and translation goes by zones",
            RRAS: _NO_POLICY,
            SWAN: "the host's packet filter is not read",
        },
    ),
    Fault(
        name="denied prefix let through",
        kind="let-through",
        first="routes",
        breaking=False,
        by={
            IOS: swap(r"^(ip route )10\.21\.0\.0( .*)$", r"\g<0>\n\g<1>198.19.0.0\2"),
            ASA: swap(r"^(route \S+ )10\.21\.0\.0( .*)$", r"\g<0>\n\g<1>198.19.0.0\2"),
            JUNOS: "the policies between zones decide, not the route",
            RRAS: swap(r'"10\.21\.0\.0/16:100"', '"10.21.0.0/16:100", "198.19.0.0/16:100"'),
            SWAN: swap(
                r"^Destination=10\.21\.0\.0/16$",
                "Destination=10.21.0.0/16\n\n[Route]\nDestination=198.19.0.0/16",
            ),
        },
    ),
    Fault(
        name="MSS or MTU",
        kind="traffic",
        first="interface.mss",
        breaking=False,
        by={
            IOS: (*cut(r"^ ip tcp adjust-mss .*\n"), *swap("adjust-mss 1350$", "adjust-mss 1460")),
            ASA: (*cut(r"^sysopt connection tcpmss .*\n"), *swap("tcpmss 1350$", "tcpmss 1460")),
            JUNOS: (*cut(r"^set security flow tcp-mss .*\n"), *swap("mss 1350$", "mss 1420")),
            RRAS: "Windows gives its interfaces their MTU by itself: there is no setting",
            SWAN: "see MTU of the interface",
        },
    ),
    Fault(
        name="MTU of the interface",
        kind="traffic",
        first="interface.mtu",
        breaking=False,
        by={
            **dict.fromkeys((IOS, ASA, JUNOS), "see MSS or MTU"),
            RRAS: "Windows gives its interfaces their MTU by itself: there is no setting",
            SWAN: (*cut(r"^MTUBytes=.*\n"), *swap("MTUBytes=1390", "MTUBytes=1500")),
        },
    ),
)

_SRX_TS4 = r"^set security ipsec vpn site-a-1 traffic-selector ts4 .*\n"
SELECTORS = (
    Fault(
        name="selector missing",
        kind="leak",
        first="selectors",
        form=Form.POLICY,
        by={
            IOS: cut(r"^ permit ip 10\.11\.0\.0 0\.0\.255\.255 10\.21.*\n"),
            ASA: cut(r"(?<=-remote\n) network-object 10\.20.*\n"),
            JUNOS: cut(_SRX_TS4),
            RRAS: _NO_POLICY,
            SWAN: cut(r"^      10-11-0-0-16_10-21-0-0-16 \{\n(?:        .*\n)+      \}\n"),
        },
    ),
    Fault(
        name="selector too many",
        kind="selectors",
        first="selectors",
        form=Form.POLICY,
        by={
            IOS: swap(
                r"^ permit ip 10\.11\.0\.0 (.*) 10\.21.*$",
                r"\g<0>\n permit ip 10.12.0.0 \1 10.21.0.0 0.0.255.255",
            ),
            ASA: swap(
                r"^ network-object 10\.11.*$", r"\g<0>\n network-object 10.12.0.0 255.255.0.0"
            ),
            JUNOS: swap(
                r"^(set security ipsec vpn site-a-1 traffic-selector) ts4 local-ip .*$",
                r"\g<0>\n\1 ts5 local-ip 10.12.0.0/16\n\1 ts5 remote-ip 10.21.0.0/16",
            ),
            RRAS: _NO_POLICY,
            SWAN: swap(
                r"^      10-11-0-0-16_10-21-0-0-16 (\{\n        local_ts = )10\.11\.0\.0/16"
                r"(\n(?:        .*\n)+      \}\n)",
                r"\g<0>      more \g<1>10.12.0.0/16\2",
            ),
        },
    ),
    Fault(
        name="selector wider",
        kind="selectors",
        first="selectors",
        form=Form.POLICY,
        by={
            IOS: swap(r"permit ip 10\.10\.0\.0 0\.0\.255\.255", "permit ip 10.10.0.0 0.1.255.255"),
            ASA: swap(r"^ network-object 10\.10.*$", " network-object 10.8.0.0 255.252.0.0"),
            JUNOS: swap(r"local-ip 10\.10\.0\.0/16", "local-ip 10.10.0.0/15"),
            RRAS: _NO_POLICY,
            SWAN: swap(r"local_ts = 10\.10\.0\.0/16", "local_ts = 10.10.0.0/15"),
        },
    ),
    Fault(
        name="selector narrower",
        kind="selectors",
        first="selectors",
        form=Form.POLICY,
        by={
            IOS: swap(r"permit ip 10\.10\.0\.0 0\.0\.255\.255", "permit ip 10.10.0.0 0.0.0.255"),
            ASA: swap(r"^ network-object 10\.10.*$", " network-object 10.10.0.0 255.255.255.0"),
            JUNOS: swap(r"local-ip 10\.10\.0\.0/16", "local-ip 10.10.0.0/24"),
            RRAS: _NO_POLICY,
            SWAN: swap(r"local_ts = 10\.10\.0\.0/16", "local_ts = 10.10.0.0/24"),
        },
    ),
)
