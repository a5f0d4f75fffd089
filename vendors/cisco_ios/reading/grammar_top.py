"""The statements of IOS's top level, and which of them open a mode."""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain

LIFETIME: Keywords = plain("seconds kilobytes days", "lifetime")

TOP: dict[str, Keywords | str] = {
    **plain(
        "aaa alias aqm-register-fnf archive arp authentication beep bfd boot bridge bridge-domain "
        "buffers call call-home card cdp class-map clock cns config-register control-plane "
        "controller cts dampening default device-tracking dial-peer dialer-list "
        "diagnostic do dot11 dot1x downward-compatible-config dspfarm eap enable environment epm "
        "errdisable ethernet event exception fabric facility-alarm file flow format gatekeeper "
        "gateway hw-module hypervisor identity iox isis key kron l2 l2tp-class l2vpn "
        "lacp ldap license line lldp location logging login mac mac-address-table macro map-class "
        "map-list memory-size menu mgcp mls module mpls multilink nat64 netconf netconf-yang "
        "network-clock ntp nve parameter-map parser partition password "
        "platform policy policy-map port-channel power privilege profile "
        "pseudowire-class qos radius radius-server redundancy "
        "restconf rmon rtr sampler scheduler sccp scripting security service "
        "service-routing service-template sntp snmp snmp-server spanning-tree stackwise standby "
        "storm-control subscriber switch system table-map tacacs tacacs-server telemetry template "
        "tftp-server time-range track transceiver tty udld upgrade username virtual-service "
        "vlan voice voice-card voice-port voip vpdn vpdn-group vrrp vstack vtp wccp webvpn "
        "wireless xconnect xml zone zone-pair "
    ),
    "version": "version",
    "hostname": "hostname",
    "banner": "banner",
    "archive": "archive",
    "interface": "interface",
    "access-list": {"#": "access-list"},
    "object-group": {
        "network": "object-group network",
        "service": "object-group service",
        "fqdn": "",
        "security": "",
    },
    "router": {"bgp": "router bgp", **plain("eigrp isis lisp odr ospf ospfv3 rip mobile")},
    "route-map": "route-map",
    "vrf": {"definition": IGNORED},
    "ipv6": plain("access-list router route unicast-routing cef prefix-list nd dhcp local host"),
    "crypto": {
        "isakmp": {
            "policy": "isakmp policy",
            "profile": "isakmp profile",
            "key": "isakmp key",
            "keepalive": "isakmp keepalive",
            "identity": "isakmp identity",
            "default": {"policy": "isakmp default policy"},
            "client": "isakmp client",
            **plain(
                "aggressive-mode diagnose disconnect-revoked-peers enable fragmentation "
                "invalid-spi-recovery nat nat-traversal peer xauth"
            ),
        },
        "keyring": "keyring",
        "ikev2": {
            "proposal": "ikev2 proposal",
            "policy": "ikev2 policy",
            "keyring": "ikev2 keyring",
            "profile": "ikev2 profile",
            "dpd": "ikev2 dpd",
            "client": "ikev2 other",
            "authorization": "ikev2 other",
            **plain(
                "certificate-cache cluster cookie-challenge diagnose disconnect-revoked-peers "
                "fragmentation http-url limit limits max-in-negotiation-sa max-sa name-mangler nat "
                "notification redirect window reconnect"
            ),
        },
        "ipsec": {
            "transform-set": "transform-set",
            "profile": "ipsec profile",
            "security-association": {
                "lifetime": LIFETIME,
                **plain("dummy ecn idle-time multi-sn multisn replay"),
            },
            **plain(
                "client df-bit fragmentation ipv4-deny ipv6-deny metadata "
                "nat-transparency optional "
                "server fips-mode control-plane"
            ),
        },
        "map": {
            "*": {
                "#": "crypto map",
                "local-address": "map local-address",
                "isakmp-profile": "map isakmp-profile",
                "redundancy": {"replay-interval": IGNORED},
                **plain("client gdoi isakmp ipv6"),
            },
        },
        "dynamic-map": {"*": {"#": "dynamic-map"}},
        "engine": {"compliance": {"shield": "compliance shield"}, "*": IGNORED},
        "pki": {"certificate": "pki", **plain("trustpoint server token profile")},
        "ca": {"certificate": "pki", **plain("trustpoint identity profile root")},
        **plain(
            "call eli fragmentation gdoi gkm identity key logging mib provisioning ssl "
            "ssl-load-balance tls-tunnel vpn wui xauth ctcp connect mtree logging"
        ),
    },
    "ip": {
        "route": "ip route",
        "access-list": {
            "extended": "access list",
            "standard": "standard access list",
            **plain("resequence logging log-update persistent match-local-traffic role-based fqdn"),
        },
        "vrf": {"*": IGNORED},
        "domain": {"name": "domain name", **plain("list lookup timeout retry round-robin")},
        "domain-name": "domain name",
        "nat": {
            "inside": {"source": "nat source", "destination": IGNORED},
            "outside": plain("source"),
            **plain(
                "pool translation log service settings settings-pool portmap switchover "
                "create sip-sbc piggyback-support refresh scale"
            ),
        },
        "inspect": plain(
            "name log max-incomplete one-minute tcp udp hashtable dns-timeout audit-trail alert-off"
        ),
        "dhcp": plain("pool excluded-address database bootp conflict ping use class binding limit"),
        "tcp": plain(
            "synwait-time window-size selective-ack timestamp path-mtu-discovery mss "
            "ecn keepalive queuemax intercept chunk-size"
        ),
        "flow": plain("monitor"),
        "ospf": plain("name-lookup"),
        "policy": plain("list"),
        **plain(
            "admission-control arp-inspection as-path bgp-community bootp cef classless "
            "community-list default-gateway default-network device dns domain-list "
            "domain-lookup dns-server explicit-path extcommunity-list finger flow-cache "
            "flow-export flow-top-talkers forward-protocol ftp gratuitous-arps host "
            "http icmp local multicast-routing name-server options prefix-list rcmd "
            "reflexive-list rsvp-bandwidth scp sla source-interface source-route ssh "
            "subnet-zero sockets tacacs tftp telnet vrf-list wins virtual-service"
        ),
    },
}
