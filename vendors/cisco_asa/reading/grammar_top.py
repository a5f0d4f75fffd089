"""The statements of the ASA's top level, and which of them open a mode."""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain

LIFETIME: Keywords = plain("seconds kilobytes", "lifetime")

_ISAKMP: dict[str, Keywords | str] = {
    "policy": "ikev1 policy",
    "enable": "ikev1 enable",
    "identity": "isakmp identity",
    "key": "isakmp key",
    "nat-traversal": "nat-traversal",
    **plain("disconnect-notify am-disable ipsec-over-tcp reload-wait keepalive"),
}

_ATTRIBUTES: Keywords = {
    "type": "tunnel-group type",
    "general-attributes": "general-attributes",
    "ipsec-attributes": "ipsec-attributes",
    "webvpn-attributes": "other attributes",
    "ppp-attributes": "other attributes",
}

TOP: dict[str, Keywords | str] = {
    **plain(
        "aaa aaa-server alias allocate-interface arp asdm asp auth-prompt auto-update banner boot "
        "call-home class class-map client-update clock cluster command-alias compression conn "
        "console context coredump ctl-file ctl-provider cts ddns destination dhcp-client dhcpd "
        "dhcprelay dns dns-group dns-guard dynamic-access-policy-record dynamic-filter enable "
        "established event failover filter fips firewall fixup flow-export flow-offload fragment "
        "ftp ftp-map group-delimiter gtp-map hpm hsts http http-map icmp igmp imap4s ip ip-client "
        "ipv6 jumbo-frame key l2tp lacp lapb ldap license lisp logging mac-address "
        "mac-address-table mac-list mac-learn management-access mdm-proxy media-termination "
        "mgcp-map monitor-interface mount mroute multicast-routing nac-policy name-server netmod "
        "ntp nve onscreen-keyboard operation pager pager-lines passwd password password-policy "
        "path-monitor phone-proxy pim policy-list policy-route pop3s prefix-list "
        "privilege prompt quic quit quota radius-common-pw regex rest-api rip route-map "
        "same-security-traffic saml scansafe scep-enrollment service service-interface "
        "setup show sip-map sla smtp-server "
        "smtps snmp snmp-map snmp-server software "
        "ssh ssl storage-url subject-name-default sunrpc-server switch tcp-map telnet "
        "terminal tftp-server threat-detection time-range timeout tls-proxy tls-server track "
        "tunnel-group-map uc-ime umbrella-global url-block url-cache url-server user-alert "
        "user-identity user-statistics username virtual vpdn vpn vpn-addr-assign vpn-mode "
        "vpn-sessiondb vpn-simultaneous-logins vpnclient vpnsetup vxlan wccp web "
        "xlate zone zonelabs-integrity zero-trust "
        "app-agent aggregate-auth priority-queue config-url "
        "memory tcpproxy tls vtemplate webtype web-cache dap data-plane Cryptochecksum anyconnect "
        "ftp-server "
        "pdm vpngroup conduit floodguard outbound apply ca"  # PIX 6
    ),
    "asa": {"version": "version"},
    "pix": {"version": "version"},
    "ngfw": {"version": "other version"},
    "hostname": "hostname",
    "domain-name": "domain-name",
    "names": IGNORED,
    "name": "name",
    "interface": "interface",
    "mtu": "mtu",
    "route": "route",
    "access-list": "access-list",
    "access-group": "access-group",
    "policy-map": "policy-map",
    "service-policy": "service-policy",
    "webvpn": "webvpn",
    "nat-control": "nat-control",
    "global": "global",
    "static": "static",
    "nat": {
        "*": {
            "source": "nat",
            "after-auto": "nat",
            "#": {"source": "nat", "access-list": "old nat", "*": "old nat"},
        },
    },
    "object": {
        "network": "object network",
        "service": "object service",
        **plain("network-service"),
    },
    "object-group": {
        "network": "object-group network",
        "service": "object-group service",
        "protocol": "object-group protocol",
        "icmp-type": "object-group icmp-type",
        **plain("user security network-service", "object-group other"),
    },
    "object-group-search": IGNORED,
    "sysopt": {
        "connection": {
            "tcpmss": "tcpmss",
            **plain("permit-vpn permit-ipsec", "permit-vpn"),  # its name before 7.0
            "*": IGNORED,
        },
        **plain("noproxyarp nodnsalias radius uauth traffic"),
    },
    "group-policy": {
        "*": {"attributes": "group-policy", **plain("internal external", "group-policy kind")}
    },
    "tunnel-group": {"*": _ATTRIBUTES},
    "tunnel": IGNORED,  # only inside interfaces, and never short for the above
    "router": {"bgp": "router bgp", **plain("eigrp ospf rip isis")},
    "isakmp": _ISAKMP,
    "crypto": {
        "isakmp": _ISAKMP,
        "ikev1": _ISAKMP,
        "ikev2": {
            "policy": "ikev2 policy",
            "enable": "ikev2 enable",
            **plain(
                "cookie-challenge fragmentation limit max-sa notify redirect "
                "remote-access rsa-sig-hash trustpoint nat-traversal nat"
            ),
        },
        "ipsec": {
            "transform-set": "old transform-set",
            "ikev1": {"transform-set": "transform-set"},
            "ikev2": {"ipsec-proposal": "ipsec-proposal", **plain("sa-strength-enforcement")},
            "profile": "ipsec profile",
            "security-association": {
                "lifetime": LIFETIME,
                **plain("pmtu-aging replay idle-time"),
            },
            **plain("df-bit fragmentation fragmentation-policy inner-routing-lookup"),
        },
        "map": {"*": {"#": "crypto map", "interface": "map interface", **plain("client")}},
        "dynamic-map": {"*": {"#": "dynamic-map"}},
        "ca": {"certificate": {"chain": "pki", **plain("map")}, "*": IGNORED},
        **plain("key engine large-cert-acceleration dynamic-match"),
    },
}
