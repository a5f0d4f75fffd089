"""The command words of IOS and IOS-XE that its parser knows, by mode.

From Cisco's "Security Command Reference" and "Interface and Hardware Component Command Reference".
"""

from __future__ import annotations

from vendors.cisco.keywords import IGNORED, plain
from vendors.cisco.tree import Grammar
from vendors.cisco_ios.reading.grammar_interface import INTERFACE
from vendors.cisco_ios.reading.grammar_modes import (
    ACCESS_LIST,
    BGP,
    CRYPTO_MAP,
    FAMILY,
    IKEV2_PEER,
    IKEV2_POLICY,
    IKEV2_PROFILE,
    IKEV2_PROPOSAL,
    IPSEC_PROFILE,
    ISAKMP_POLICY,
    ISAKMP_PROFILE,
    KEYRING,
    NETWORK_GROUP,
    ROUTE_MAP,
    SERVICE_GROUP,
    TEMPLATE,
)
from vendors.cisco_ios.reading.grammar_top import TOP

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
            "responder-only",
            "virtual ip",
            "nat inside",
            "nat outside",
            "match acl",
            "match other",
        ]
    )
    | {"match address", "key address", "crypto map", "keyring named", "other family"}
    | {"match certificate"}
)
"""Statements that are complete without anything behind the words that name them."""

GRAMMAR = Grammar(
    top=TOP,
    modes={
        "interface": INTERFACE,
        "isakmp policy": ISAKMP_POLICY,
        "isakmp profile": ISAKMP_PROFILE,
        "keyring": KEYRING,
        "ikev2 proposal": IKEV2_PROPOSAL,
        "ikev2 policy": IKEV2_POLICY,
        "ikev2 keyring": {"peer": "peer", "description": IGNORED},
        "ikev2 peer": IKEV2_PEER,
        "ikev2 profile": IKEV2_PROFILE,
        "transform-set": {"mode": plain("tunnel transport", "mode"), **plain("esn")},
        "ipsec profile": IPSEC_PROFILE,
        "crypto map": CRYPTO_MAP,
        "dynamic-map": CRYPTO_MAP,
        "access list": ACCESS_LIST,
        "standard access list": ACCESS_LIST,
        "object-group network": NETWORK_GROUP,
        "object-group service": SERVICE_GROUP,
        "router bgp": BGP,
        "bgp family": FAMILY,
        "bgp other": FAMILY,
        "bgp template": TEMPLATE,
        "route-map": ROUTE_MAP,
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
        r"int\w*[ \t]|router[ \t]|cry\w*[ \t]+"
        r"(?:isa\w*[ \t]+p|ike|ips\w*[ \t]+p|map[ \t]+\S+[ \t]+\d)"
    ),
)
