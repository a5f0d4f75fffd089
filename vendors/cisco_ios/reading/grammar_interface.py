"""The statements of IOS's interface mode."""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain

_IP: Keywords = {
    "address": "ip address",
    "unnumbered": "ip unnumbered",
    "mtu": "ip mtu",
    "access-group": "access-group",
    "adjust-mss": "mss",
    "tcp": {"adjust-mss": "mss", **plain("header-compression compression-connections")},
    "vrf": {"forwarding": "vrf", **plain("sitemap receive select autoclassify")},
    "nat": {**plain("enable stateful"), "inside": "nat inside", "outside": "nat outside"},
    # No short form of `route-cache`: a static route, which ends the mode where it is pasted flat.
    "route": {},
    **plain(
        "accounting admission arp audit auth-proxy authentication bandwidth-percent bgp "
        "broadcast-address cef cgmp clear-dont-fragment ddns dhcp directed-broadcast dns dvmrp "
        "eigrp flow "
        "hello-interval helper-address hold-time igmp information-reply inspect ips irdp lisp "
        "load-sharing local-proxy-arp mask-reply mfib mobile mroute-cache multicast nbar "
        "next-hop-self nhrp ospf pgm pim policy portbundle probe proxy-arp rarp-server "
        "redirects rgmp rip route-cache router rsvp rtp sap sdr security service split-horizon "
        "summary-address traffic-export trigger-authentication unreachables urd verify "
        "virtual-reassembly wccp device local-proxy sticky-arp"
    ),
}

_TUNNEL: Keywords = {
    "source": "tunnel source",
    "destination": "tunnel destination",
    "mode": "tunnel mode",
    "vrf": "tunnel vrf",
    "protection": {
        "ipsec": {
            "profile": "protection",
            "policy": {"ipv4": "protection policy"},
        },
    },
    **plain(
        "key checksum sequence-datagrams path-mtu-discovery bandwidth tos ttl flow entropy "
        "rate-limit raw route-via udlr endpoint mpls bfd"
    ),
}

_GROUP: Keywords = {"ip": "virtual ip", "name": "virtual name", "*": IGNORED, "": IGNORED}
"""An address that routers share (HSRP, VRRP)."""

INTERFACE: Keywords = {
    "ip": _IP,
    "tunnel": _TUNNEL,
    "vrf": {"forwarding": "vrf"},
    "crypto": {
        "map": {"*": "crypto map"},
        "ipsec": plain("client df-bit fragmentation ipv4-deny ipv6-deny"),
        **plain("engine gdoi ctcp ipv6"),
    },
    "description": "description",
    "shutdown": "shutdown",
    "zone-member": {"security": "zone-member"},
    **plain(
        "access-session allow-service arp atm authentication auto autodetect backup bandwidth "
        "bfd bfd-template bgp-policy "
        "bridge-group carrier-delay cdp channel-group class clns clock clockrate cts "
        "custom-queue-list dampening "
        "delay device-tracking dialer dialer-group dialer-list domain dot1q dot1x down-when-looped "
        "dsl-group dsu duplex eigrp encapsulation ethernet fair-queue flow flow-sampler "
        "flowcontrol "
        "frame-relay full-duplex glbp group-range half-duplex hold-queue if-state isdn isis "
        "keepalive l2protocol-tunnel lacp lapb lldp load-balancing load-interval logging "
        "mac-address macro max-reserved-bandwidth mdix media-type member mls mop mpls mtu "
        "multilink "
        "multilink-group nat66 nat64 negotiation network-clock nhrp ntp ospfv3 peer performance "
        "physical-layer platform port-channel power ppp pppoe pppoe-client priority-group "
        "priority-queue pvc "
        "qos "
        "random-detect rate-limit redundancy rmon routing rtp serial service-instance "
        "service-module service-policy snmp source spanning-tree speed squelch "
        "storm-control "
        "switchport synchronous tag-switching timeout traffic-shape transmit-interface trust "
        "tx-queue-limit "
        "tx-ring-limit udld uc virtual-ppp vlan-id vlan-range xconnect ipv6"
    ),
    "standby": {**_GROUP, "#": _GROUP},
    "vrrp": {"#": _GROUP, "*": IGNORED},
    "address": "virtual ip",  # below `vrrp 1 address-family ipv4`
}
