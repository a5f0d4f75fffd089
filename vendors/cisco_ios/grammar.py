"""The command words of IOS and IOS-XE that its parser knows, by mode.

From Cisco's "Security Command Reference" and "Interface and Hardware Component Command Reference".
Statements that are known and say nothing about a VPN are `IGNORED`: everything else in a VPN
section is reported as unrecognized.
"""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain
from vendors.cisco.tree import Grammar
from vendors.cisco_ios.grammar_interface import INTERFACE

_LIFETIME: Keywords = plain("seconds kilobytes days", "lifetime")

_TOP: dict[str, Keywords | str] = {
    **plain(
        "aaa alias aqm-register-fnf archive arp authentication beep bfd boot bridge bridge-domain "
        "buffers call call-home card cdp class-map clock cns config-register control-plane "
        "controller cts dampening default default-value device-tracking dial-peer dialer-list "
        "diagnostic do dot11 dot1x downward-compatible-config dspfarm eap enable environment epm "
        "errdisable ethernet event exception fabric facility-alarm file flow format gatekeeper "
        "gateway hw-module hypervisor identity iox isis key key-string kron l2 l2tp-class l2vpn "
        "lacp ldap license line lldp location logging login mac mac-address-table macro map-class "
        "map-list memory-size menu mgcp mls module mpls multilink nat64 netconf netconf-yang "
        "network-clock network-object ntp nve parameter-map parser partition password peer "
        "platform policy policy-map port-channel power prefix-list privilege process profile "
        "pseudowire-class qos queue-limit radius radius-server random-detect redundancy regexp "
        "remark restconf rmon rtr sampler scheduler sccp scripting security service "
        "service-routing service-template sntp snmp snmp-server spanning-tree stackwise standby "
        "storm-control subscriber switch system table-map tacacs tacacs-server telemetry template "
        "tftp-server time-range track transceiver tty udld upgrade username virtual-service "
        "vlan voice voice-card voice-port voip vpdn vpdn-group vrrp vstack vtp wccp webvpn "
        "wireless xconnect xml zone zone-pair quit using building current last nvram"
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
    "route-map": IGNORED,
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
                "lifetime": _LIFETIME,
                **plain("dummy ecn idle-time multi-sn multisn replay"),
            },
            **plain(
                "client df-bit fragmentation ipv4-deny ipv6-deny metadata nat-transparency optional "
                "server fips-mode control-plane"
            ),
        },
        "map": {
            "*": {
                "#": "crypto map",
                "local-address": "map local-address",
                "isakmp-profile": "map isakmp-profile",
                **plain("client gdoi isakmp redundancy ipv6"),
            },
        },
        "dynamic-map": {"*": {"#": "dynamic-map"}},
        "pki": {"certificate": "pki", **plain("trustpoint server token profile")},
        "ca": {"certificate": "pki", **plain("trustpoint identity profile root")},
        **plain(
            "call eli engine fragmentation gdoi gkm identity key logging mib provisioning ssl "
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
            "inside": plain("source destination"),
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

_ISAKMP_POLICY = {
    "encryption": "encryption",
    "encr": "encryption",
    **{word: word for word in ("hash", "authentication", "group", "lifetime")},
}

_ISAKMP_PROFILE: Keywords = {
    "keyring": "keyring",
    "match": {
        "identity": {
            "address": {"ipv6": "", "*": "match address"},
            **plain("group host user user-fqdn", "match identity"),
        },
        "certificate": "match certificate",
    },
    "keepalive": "keepalive",
    "self-identity": "self-identity",
    "local-address": "local-address",
    **plain(
        "vrf description client isakmp virtual-template initiate ca accounting qos-group aaa "
        "rsa-pubkey security-policy nhrp"
    ),
}

_KEYRING: Keywords = {
    "pre-shared-key": {
        "address": {"ipv6": "", "*": "key address"},
        "hostname": "",
    },
    "local-address": "local-address",
    **plain("rsa-pubkey description"),
}

_IKEV2_PROPOSAL = {
    "encryption": "encryption",
    "integrity": "integrity",
    "prf": "prf",
    "group": "group",
    "description": IGNORED,
    "dh-group": "group",
}

_IKEV2_POLICY: Keywords = {
    "match": {"fvrf": "match fvrf", "address": {"local": "match address local"}},
    "proposal": "proposal",
    "description": IGNORED,
}

_IKEV2_PEER: Keywords = {
    "address": "address",
    "pre-shared-key": "pre-shared-key",
    "identity": plain("address fqdn email key-id", "identity"),
    **plain("hostname description ppk"),
}

_IKEV2_PROFILE: Keywords = {
    "match": {
        "fvrf": "match fvrf",
        "address": {"local": "match address local"},
        "identity": {"remote": "match identity remote"},
        "certificate": "match certificate",
    },
    "identity": {"local": "identity local"},
    "authentication": {"local": "authentication local", "remote": "authentication remote"},
    "keyring": {"local": "keyring", "aaa": "keyring aaa", "ppk": "", "*": "keyring named"},
    "lifetime": {"certificate": "", "#": "lifetime"},
    "dpd": "dpd",
    **plain(
        "aaa accounting anyconnect anyconnect-profile auto-tunnel config-exchange config-mode "
        "description dynamic initial-contact ivrf nat pki ppk reconnect redirect shutdown "
        "virtual-template"
    ),
}

_SET: dict[str, Keywords | str] = {
    "transform-set": "transform-set",
    "pfs": "pfs",
    "security-association": {
        "lifetime": _LIFETIME,
        **plain("idle-time replay ecn dfbit df-bit dummy level multi-sn multisn"),
    },
    "isakmp-profile": "isakmp-profile",
    "ikev2-profile": "ikev2-profile",
    **plain("identity nat mixed-mode reverse-route df-bit"),
}

_IPSEC_PROFILE: Keywords = {
    "set": _SET,
    **plain("description responder-only reverse-route redundancy dialer"),
}

_CRYPTO_MAP: Keywords = {
    "set": {
        **_SET,
        "peer": "peer",
        **plain("ip group"),
    },
    "match": {"address": {"ipv6": "ipv6", "*": "acl"}},
    "description": "description",
    **plain("reverse-route qos dialer"),
}

_ACE = {"permit": "entry", "deny": "entry", "remark": IGNORED}
_ACCESS_LIST: Keywords = {**_ACE, "#": _ACE, **plain("evaluate dynamic", "other")}

_NETWORK_GROUP: Keywords = {
    "host": "host",
    "range": "range",
    "group-object": "group-object",
    "any": "any",
    "description": IGNORED,
    "*": "member",
}
_SERVICE_GROUP: Keywords = {
    "group-object": "group-object",
    "description": IGNORED,
    "*": "service",
}

_NEIGHBOR: Keywords = {
    word: word
    for word in [
        "remote-as",
        "peer-group",
        "ebgp-multihop",
        "update-source",
        "timers",
        "shutdown",
        "local-as",
        "inherit",
    ]
} | plain(
    "activate additional-paths advertise advertise-map advertisement-interval "
    "allowas-in allow-policy as-override capability cluster-id default-originate description "
    "disable-connected-check distribute-list dmzlink-bw dont-capability-negotiate fall-over "
    "filter-list ha-mode inter-as-hybrid log-neighbor-changes maximum-prefix next-hop-self "
    "next-hop-unchanged oad password path-attribute peer-group prefix-list remove-private-as "
    "route-map route-reflector-client route-server-client send-community send-label slow-peer "
    "soft-reconfiguration soo suppress-signaling-protocol translate-update transport "
    "ttl-security unsuppress-map version weight"
)
_NEIGHBOR = {**_NEIGHBOR, "peer-group": "peer-group", "timers": "neighbor-timers"}

_FAMILY: dict[str, Keywords | str] = {
    "neighbor": {"*": _NEIGHBOR},
    "network": "network",
    "timers": {"bgp": "timers"},
    "bgp": IGNORED,
    **plain(
        "redistribute maximum-paths no aggregate-address distance default-information "
        "synchronization auto-summary default-metric distribute-list table-map summary "
        "import export advertise snmp scope mpls"
    ),
}
_BGP: Keywords = {
    **_FAMILY,
    "address-family": {
        "ipv4": {
            "": "family",
            "unicast": "family",
            "vrf": "family",
            **plain("multicast mdt tunnel flowspec", "other family"),
        },
        "*": "other family",
    },
    "template": plain("peer-session peer-policy", "template"),
}
_TEMPLATE: Keywords = {**_NEIGHBOR}

ALONE = (
    frozenset(
        [
            "shutdown",
            "pfs",
            "ebgp-multihop",
            "peer-group",
            "acl",
            "member",
            "any",
            "service",
            "mode",
            "lifetime",
            "family",
            "template",
            "other",
            "description",
            "ipv6",
        ]
    )
    | {"match address", "key address", "crypto map", "keyring named", "other family"}
    | {"match certificate"}
)
"""Statements that are complete without anything behind the words that name them."""

GRAMMAR = Grammar(
    top=_TOP,
    modes={
        "interface": INTERFACE,
        "isakmp policy": _ISAKMP_POLICY,
        "isakmp profile": _ISAKMP_PROFILE,
        "keyring": _KEYRING,
        "ikev2 proposal": _IKEV2_PROPOSAL,
        "ikev2 policy": _IKEV2_POLICY,
        "ikev2 keyring": {"peer": "peer", "description": IGNORED},
        "ikev2 peer": _IKEV2_PEER,
        "ikev2 profile": _IKEV2_PROFILE,
        "transform-set": {"mode": plain("tunnel transport", "mode"), **plain("esn")},
        "ipsec profile": _IPSEC_PROFILE,
        "crypto map": _CRYPTO_MAP,
        "dynamic-map": _CRYPTO_MAP,
        "access list": _ACCESS_LIST,
        "standard access list": _ACCESS_LIST,
        "object-group network": _NETWORK_GROUP,
        "object-group service": _SERVICE_GROUP,
        "router bgp": _BGP,
        "bgp family": _FAMILY,
        "bgp other": _FAMILY,
        "bgp template": _TEMPLATE,
        "archive": plain("path log write-memory maximum time-period rollback"),
        "isakmp client": plain(
            "key pool acl dns wins domain netmask save-password split-dns "
            "include-local-lan max-users max-logins pfs banner group-lock "
            "backup-gateway firewall browser-proxy configuration crypto"
        ),
        "ikev2 other": {},
        "pki": plain("certificate"),
    },
    nested={
        "ikev2 keyring": {"peer": "ikev2 peer"},
        "router bgp": {
            "family": "bgp family",
            "other family": "bgp other",
            "template": "bgp template",
        },
    },
    strong=frozenset(
        {
            "interface",
            "access-list",
            "router bgp",
            "isakmp policy",
            "isakmp profile",
            "isakmp key",
            "isakmp keepalive",
            "keyring",
            "ikev2 proposal",
            "ikev2 policy",
            "ikev2 keyring",
            "ikev2 profile",
            "ikev2 dpd",
            "transform-set",
            "ipsec profile",
            "lifetime",
            "crypto map",
            "map local-address",
            "map isakmp-profile",
            "dynamic-map",
            "access list",
            "standard access list",
            "object-group network",
            "object-group service",
            "ip route",
        }
    ),
    begins=(
        r"int\w*[ \t]|cry|access-l|router[ \t]+b|object-g|ip[ \t]+(?:ro|acc)|banner[ \t]|"
        r"certificate[ \t]|key-string|archive"
    ),
    sections=(
        r"int\w*[ \t]|router[ \t]|cry\w*[ \t]+(?:isa\w*[ \t]+p|ike|ips\w*[ \t]+p|map[ \t]+\S+[ \t]+\d)"
    ),
)
