"""The statements of the ASA's modes that speak of VPN."""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain

INTERFACE: dict[str, Keywords | str] = {
    "nameif": "nameif",
    "ip": {
        "address": "ip address",
        "unnumbered": "ip unnumbered",
        **plain("verify audit directed-broadcast"),
    },
    "shutdown": "shutdown",
    "description": "description",
    "tunnel": {
        "source": "tunnel source",
        "destination": "tunnel destination",
        "mode": "tunnel mode",
        "protection": {
            "ipsec": {"profile": "protection", "policy": "protection policy"},
        },
    },
    **plain(
        "security-level speed duplex vlan switchport media-type flowcontrol channel-group "
        "lacp port-channel member-interface redundant-interface management-only mac-address ipv6 "
        "ospf pim igmp rip eigrp authentication dhcp dhcprelay pppoe delay hold-time split-horizon "
        "bridge-group forward igmp fec nve-only vtep-nve segment-id mcast-group cts ddns "
        "allow-ssc-mgmt poe-port traffic-forward zone-member policy-route nat64 cluster "
        "hello-interval summary-address multicast fips power bfd isis mode isolation ip-helper "
        "proxy paired secondary zone lldp auto negotiate anyconnect path-monitoring "
        "standby lag backup carrier-delay loopback"
    ),
}

OBJECT_NETWORK: dict[str, Keywords | str] = {
    "host": "host",
    "subnet": "subnet",
    "range": "range",
    "fqdn": "fqdn",
    "nat": {"static": "nat", "dynamic": "nat", "*": plain("static dynamic", "nat")},
    "description": IGNORED,
}

NETWORK_GROUP: dict[str, Keywords | str] = {
    "network-object": {"host": "member host", "object": "member object", "*": "member"},
    "group-object": "group-object",
    "description": IGNORED,
}

SERVICE_GROUP: dict[str, Keywords | str] = {
    "service-object": "service-object",
    "port-object": "port-object",
    "protocol-object": "protocol-object",
    "group-object": "group-object",
    "description": IGNORED,
}

ICMP_GROUP: dict[str, Keywords | str] = {
    "icmp-object": "icmp-object",
    "group-object": "group-object",
    "description": IGNORED,
}

OBJECT_SERVICE: dict[str, Keywords | str] = {"service": "service", "description": IGNORED}

IKEV1_POLICY: dict[str, Keywords | str] = {
    **plain("authentication", "authentication"),
    **plain("encryption", "encryption"),
    **plain("hash", "hash"),
    **plain("group", "group"),
    **plain("lifetime", "lifetime"),
}

IKEV2_POLICY: dict[str, Keywords | str] = {
    **plain("encryption", "encryption"),
    **plain("integrity", "integrity"),
    **plain("prf", "prf"),
    **plain("group", "group"),
    **plain("lifetime", "lifetime"),
    **plain("additional-key-exchange key-exchange-method"),
}

IPSEC_PROPOSAL: dict[str, Keywords | str] = {
    "protocol": {"esp": plain("encryption", "encryption") | plain("integrity", "integrity")},
}

MAP_SET: dict[str, Keywords | str] = {
    "peer": "peer",
    "transform-set": "transform-set",
    "ikev1": {"transform-set": "transform-set", "phase1-mode": "phase1-mode"},
    "ikev2": {
        "ipsec-proposal": "ipsec-proposal",
        "pre-shared-key": "ikev2 key",
        "phase1-mode": IGNORED,
        "mode": "ikev2 mode",
        "local-identity": "local-identity",
    },
    "phase1-mode": "phase1-mode",
    "pfs": "pfs",
    "security-association": {"lifetime": plain("seconds kilobytes", "lifetime")},
    "trustpoint": "trustpoint",
    "connection-type": "connection-type",
    "nat-t-disable": "nat-t-disable",
    **plain("reverse-route inheritance tfc-packets df-bit validate-icmp-errors client-update"),
}
"""What follows `set` in a crypto map entry and in an ipsec profile."""

CRYPTO_MAP: dict[str, Keywords | str] = {
    "set": MAP_SET,
    "match": {"address": "acl"},
    "ipsec-isakmp": {"": "ipsec-isakmp", "dynamic": "dynamic", "*": "ipsec-isakmp"},
    "ipsec-manual": "ipsec-manual",
    **plain("annotate description"),
}
"""What follows name and number of a crypto map entry."""

IPSEC_PROFILE: dict[str, Keywords | str] = {
    "set": MAP_SET,
    "responder-only": "responder-only",
    **plain("description"),
}

GENERAL: dict[str, Keywords | str] = {
    "default-group-policy": "default-group-policy",
    **plain(
        "accounting-server-group address-pool annotation authenticated-session-username "
        "authentication-attr-from-server authentication-server-group authorization-dn-attributes "
        "authorization-required authorization-server-group dhcp-server ipv6-address-pool "
        "nat-assigned-to-public-ip override-account-disable "
        "override-svc-download password-management "
        "scep-enrollment secondary-authentication-server-group secondary-username-from-certificate "
        "secondary-pre-fill-username strip-group strip-realm username-from-certificate "
        "username-from-certificate-choice secondary-username-from-certificate-choice description "
        "saml"
    ),
}

IPSEC_ATTRIBUTES: dict[str, Keywords | str] = {
    "pre-shared-key": "ikev1 key",
    "ikev1": {
        "pre-shared-key": "ikev1 key",
        "trust-point": "trust-point",
        **plain("radius-sdi-xauth user-authentication user-auth-mode"),
    },
    "ikev2": {
        "local-authentication": {
            "pre-shared-key": "local key",
            "certificate": "local certificate",
            "*": "local certificate",
        },
        "remote-authentication": {
            "pre-shared-key": "remote key",
            "certificate": "remote certificate",
            **plain("eap", "remote certificate"),
        },
        **plain("mobike-rrc rsa-sig-hash route"),
    },
    "isakmp": {"keepalive": "keepalive", **plain("ikev1-user-authentication")},
    "trust-point": "trust-point",
    "virtual-template": "virtual-template",
    **plain(
        "peer-id-validate chain annotation authorization-dn-attributes authorization-required "
        "radius-sdi-xauth client-update eap-aggregate "
        "local-identity-from-cryptomap description"
    ),
}

GROUP_POLICY: dict[str, Keywords | str] = {
    "vpn-tunnel-protocol": "vpn-tunnel-protocol",
    "vpn-filter": {"value": "vpn-filter", "none": "no vpn-filter"},
    "webvpn": "webvpn",
    **plain(
        "address-pools anyconnect anyconnect-custom auth-prompt backup-servers banner "
        "client-access-rule client-bypass-protocol client-firewall default-domain "
        "deny-message dhcp-network-scope dns-server filter fw group-lock gateway-fqdn "
        "homepage html-content-filter ip-comp ip-phone-bypass ipsec-udp ipsec-udp-port "
        "ipv6-address-pools ipv6-split-tunnel-policy ipv6-vpn-filter keep-alive-ignore leap-bypass "
        "msie-proxy nac nac-default-acl nac-reval-period nac-settings nac-sq-period nem "
        "password-storage periodic-authentication pfs "
        "re-xauth scep-forwarding-url secure-unit-authentication "
        "security-group-tag smartcard-removal-disconnect split-dns split-tunnel-all-dns "
        "split-tunnel-network-list split-tunnel-policy svc user-authentication "
        "user-authentication-idle-timeout vlan vpn-access-hours vpn-group-policy vpn-idle-timeout "
        "vpn-session-timeout vpn-simultaneous-logins wins-server "
        "intercept-dhcp url-list description "
        "customization"
    ),
}

BGP: dict[str, Keywords | str] = {
    "address-family": {"ipv4": "family", **plain("ipv6 vpnv4", "other family")},
    "timers": {"bgp": "timers"},
    **plain("bgp"),
}

_NEIGHBOR: dict[str, Keywords | str] = {
    "remote-as": "remote-as",
    "activate": "activate",
    "ebgp-multihop": "ebgp-multihop",
    "timers": "neighbor-timers",
    "shutdown": "shutdown",
    "update-source": "update-source",
    "local-as": "local-as",
    "*": IGNORED,
}

FAMILY: dict[str, Keywords | str] = {
    "neighbor": {"*": _NEIGHBOR},
    "network": "network",
    "timers": {"bgp": "timers"},
    "*": IGNORED,
}

POLICY_MAP: dict[str, Keywords | str] = {
    "inspect": {"icmp": {"": "inspect icmp", "*": IGNORED}, "*": IGNORED},
    **plain("class description match parameters police priority queue-limit set shape"),
    "*": IGNORED,
}

WEBVPN: dict[str, Keywords | str] = {"enable": "enable", "*": IGNORED}
