"""The command words of the ASA that its parser knows, by mode.

From Cisco's "ASA Series Command Reference".
"""

from __future__ import annotations

from vendors.cisco.sections import Dialect
from vendors.cisco.tree import Grammar
from vendors.cisco_asa.reading.grammar_modes import (
    BGP,
    FAMILY,
    GENERAL,
    GROUP_POLICY,
    ICMP_GROUP,
    IKEV1_POLICY,
    IKEV2_POLICY,
    INTERFACE,
    IPSEC_ATTRIBUTES,
    IPSEC_PROFILE,
    IPSEC_PROPOSAL,
    NETWORK_GROUP,
    OBJECT_NETWORK,
    OBJECT_SERVICE,
    POLICY_MAP,
    SERVICE_GROUP,
    WEBVPN,
)
from vendors.cisco_asa.reading.grammar_top import TOP

GRAMMAR = Grammar(
    top=TOP,
    modes={
        "interface": INTERFACE,
        "object network": OBJECT_NETWORK,
        "object service": OBJECT_SERVICE,
        "object-group network": NETWORK_GROUP,
        "object-group service": SERVICE_GROUP,
        "object-group protocol": SERVICE_GROUP,
        "object-group icmp-type": ICMP_GROUP,
        "object-group other": {"*": ""},
        "ikev1 policy": IKEV1_POLICY,
        "ikev2 policy": IKEV2_POLICY,
        "ipsec-proposal": IPSEC_PROPOSAL,
        "ipsec profile": IPSEC_PROFILE,
        "general-attributes": GENERAL,
        "ipsec-attributes": IPSEC_ATTRIBUTES,
        "other attributes": {},
        "group-policy": GROUP_POLICY,
        "group-policy webvpn": {"*": ""},
        "router bgp": BGP,
        "bgp family": FAMILY,
        "bgp other": FAMILY,
        "pki": {"certificate": ""},
        "policy-map": POLICY_MAP,
        "webvpn": WEBVPN,
    },
    nested={
        "group-policy": {"webvpn": "group-policy webvpn"},
        "router bgp": {"family": "bgp family", "other family": "bgp other"},
    },
    strong=frozenset(
        {
            "interface",
            "access-list",
            "router bgp",
            "ikev1 policy",
            "ikev2 policy",
            "transform-set",
            "old transform-set",
            "ipsec-proposal",
            "ipsec profile",
            "lifetime",
            "crypto map",
            "map interface",
            "dynamic-map",
            "object-group network",
            "object-group service",
            "general-attributes",
            "ipsec-attributes",
            "tunnel-group type",
        }
    ),
    begins=(r"int\w*[ \t]|cry|access-l|router[ \t]+b|object-g|tunnel-g|group-pol|certificate[ \t]"),
    sections=(
        r"int\w*[ \t]|router[ \t]|crypto[ \t]+ikev[12][ \t]+pol|object(?:-group)?[ \t]"
        r"|crypto[ \t]+ipsec[ \t]+(?:ikev2|profile)|tunnel-group[ \t]+\S+[ \t]+\S+-attr"
        r"|group-policy[ \t]+\S+[ \t]+attr"
    ),
    swallows=frozenset({"cer"}),
)

DIALECT = Dialect(
    grammar=GRAMMAR,
    alone=frozenset(
        {
            "shutdown",
            "pfs",
            "nat-t-disable",
            "responder-only",
            "ebgp-multihop",
            "activate",
            "webvpn",
            "family",
            "other family",
            "description",
            "ipsec-isakmp",
            "local certificate",
            "remote certificate",
            "no vpn-filter",
            "inspect icmp",
            "nat",
            "fqdn",
        }
    ),
    verbatim=frozenset({"ikev1 key", "local key", "remote key", "ikev2 key", "description"}),
)
