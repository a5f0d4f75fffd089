"""The statements of IOS's crypto, access list and routing modes.

Statements that are known and say nothing about a VPN are `IGNORED`: everything else in a VPN
section is reported as unrecognized.
"""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, Keywords, plain
from vendors.cisco_ios.reading.grammar_top import LIFETIME

ISAKMP_POLICY = {
    "encryption": "encryption",
    "encr": "encryption",
    **{word: word for word in ("hash", "authentication", "group", "lifetime")},
}

ISAKMP_PROFILE: Keywords = {
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
    "initiate": "initiate",
    **plain(
        "vrf description client isakmp virtual-template ca accounting qos-group aaa "
        "rsa-pubkey security-policy nhrp"
    ),
}

KEYRING: Keywords = {
    "pre-shared-key": {
        "address": {"ipv6": "", "*": "key address"},
        "hostname": "",
    },
    "local-address": "local-address",
    # An RSA key has a mode of its own, of these two statements.
    **plain("rsa-pubkey address key-string description"),
}

IKEV2_PROPOSAL = {
    "encryption": "encryption",
    "integrity": "integrity",
    "prf": "prf",
    "group": "group",
    "description": IGNORED,
    "dh-group": "group",
}

IKEV2_POLICY: Keywords = {
    "match": {"fvrf": "match fvrf", "address": {"local": "match address local"}},
    "proposal": "proposal",
    "description": IGNORED,
}

IKEV2_PEER: Keywords = {
    "address": "address",
    "pre-shared-key": "pre-shared-key",
    "identity": plain("address fqdn email key-id", "identity"),
    **plain("hostname description ppk"),
}

IKEV2_PROFILE: Keywords = {
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
        "description dynamic initial-contact ivrf nat pki ppk reconnect redirect virtual-template"
    ),
    "shutdown": "shutdown",
}

_SET: dict[str, Keywords | str] = {
    "transform-set": "transform-set",
    "pfs": "pfs",
    "security-association": {
        "lifetime": LIFETIME,
        **plain("idle-time replay ecn dfbit df-bit dummy level multi-sn multisn"),
    },
    "isakmp-profile": "isakmp-profile",
    "ikev2-profile": "ikev2-profile",
    **plain("identity nat mixed-mode reverse-route df-bit security-policy"),
}

IPSEC_PROFILE: Keywords = {
    "set": _SET,
    "responder-only": "responder-only",
    **plain("description reverse-route redundancy dialer"),
}

CRYPTO_MAP: Keywords = {
    "set": {
        **_SET,
        "peer": "peer",
        "ip": {"access-group": "access-group"},
        **plain("group"),
    },
    "match": {"address": {"ipv6": "ipv6", "*": "acl"}},
    "description": "description",
    **plain("reverse-route qos dialer"),
}

ROUTE_MAP: Keywords = {
    "match": {
        "ip": {"address": {"prefix-list": "match other", "*": "match acl"}, "*": "match other"},
        "interface": "match interface",
        "*": "match other",
    },
    **plain("set description continue"),
}

_ACE = {"permit": "entry", "deny": "entry", "remark": IGNORED}
ACCESS_LIST: Keywords = {**_ACE, "#": _ACE, **plain("evaluate dynamic", "other")}

NETWORK_GROUP: Keywords = {
    "host": "host",
    "range": "range",
    "group-object": "group-object",
    "any": "any",
    "description": IGNORED,
    "*": "member",
}
SERVICE_GROUP: Keywords = {
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
_NEIGHBOR = {
    **_NEIGHBOR,
    "peer-group": "peer-group",
    "timers": "neighbor-timers",
    # A neighbour may have one of each; what the model knows of a session is in the first kind.
    "inherit": {"peer-session": "inherit", "peer-policy": IGNORED},
}

FAMILY: dict[str, Keywords | str] = {
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
BGP: Keywords = {
    **FAMILY,
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
TEMPLATE: Keywords = {**_NEIGHBOR}
