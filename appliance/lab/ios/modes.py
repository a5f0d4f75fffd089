"""The modes of the IOS command line: their prompts, their grammars, and IOS's order of sections."""

from __future__ import annotations

from functools import cache

from appliance.lab.cisco.grammar import Grammar, Rule
from appliance.lab.ios.rules_crypto import CRYPTO_MODES, GLOBAL_CRYPTO
from appliance.lab.ios.rules_network import GLOBAL_NETWORK, NETWORK_MODES
from appliance.lab.ios.words import KINDS

RULES: dict[str, tuple[Rule, ...]] = {
    "config": (*GLOBAL_CRYPTO, *GLOBAL_NETWORK),
    **CRYPTO_MODES,
    **NETWORK_MODES,
}
# IOS cuts the mode's name when the prompt grows too long; these are its own spellings.
PROMPTS = {
    "config": "config",
    "ikev2-proposal": "config-ikev2-proposal",
    "ikev2-policy": "config-ikev2-policy",
    "ikev2-keyring": "config-ikev2-keyring",
    "ikev2-peer": "config-ikev2-keyring-peer",
    "ikev2-profile": "config-ikev2-profile",
    "keyring": "conf-keyring",
    "isakmp-policy": "config-isakmp",
    "isakmp-profile": "conf-isa-prof",
    "transform-set": "cfg-crypto-trans",
    "ipsec-profile": "ipsec-profile",
    "crypto-map": "config-crypto-map",
    "interface": "config-if",
    "bgp": "config-router",
    "bgp-af": "config-router-af",
    "bgp-vrf-af": "config-router-af",
    "bgp-other-af": "config-router-af",
    "extended-acl": "config-ext-nacl",
    "standard-acl": "config-std-nacl",
    "object-group": "config-network-group",
    "archive": "config-archive",
    "archive-log": "config-archive-log-cfg",
    "route-map": "config-route-map",
    "bfd-template": "config-bfd",
    "vrf": "config-vrf",
    "vrf-af": "config-vrf-af",
    "line": "config-line",
    "verbatim": "config-sub",
}
# The sections in the order `show running-config` has them.
SECTIONS = (
    "version", "service", "platform", "hostname", "boot-start-marker", "boot", "boot-end-marker",
    "vrf", "ip vrf", "card", "security", "logging", "enable", "aaa", "clock", "ip domain",
    "ip name-server", "ip dhcp", "ip nbar", "ip host", "login", "ipv6", "multilink", "parser",
    "flow", "key", "password", "crypto pki", "license", "memory", "diagnostic", "archive",
    "username", "spanning-tree", "redundancy", "object-group", "crypto ikev2 proposal",
    "crypto ikev2 policy",
    "crypto ikev2 keyring", "crypto ikev2 profile", "crypto ikev2", "crypto logging", "vlan",
    "track", "cdp", "lldp", "class-map", "policy-map", "crypto keyring", "crypto isakmp policy",
    "crypto isakmp key", "crypto isakmp", "crypto isakmp profile",
    "crypto ipsec security-association", "crypto ipsec transform-set", "crypto ipsec",
    "crypto ipsec profile", "crypto dynamic-map", "crypto map", "crypto", "interface", "router",
    "ip forward-protocol", "ip http", "ip nat", "ip route", "ip ssh", "ip access-list",
    "ip prefix-list", "ip sla", "ip", "kron", "access-list", "route-map", "tftp-server", "tacacs",
    "radius", "snmp-server", "control-plane", "banner", "alias", "line", "exception",
    "scheduler", "ntp", "event", "netconf-yang", "restconf", "telemetry", "end",
)  # fmt: skip
_RANKS = {tuple(section.split()): rank for rank, section in enumerate(SECTIONS)}


@cache
def grammar(mode: str, *, weak: bool) -> Grammar:
    """The grammar of one mode; `weak` says whether the release still takes weak algorithms."""
    return Grammar(RULES[mode], KINDS, weak=weak)


def rank_of(words: tuple[str, ...]) -> int:
    """Where a section stands in the running configuration, from its first words."""
    for size in range(min(3, len(words)), 0, -1):
        rank = _RANKS.get(words[:size])
        if rank is not None:
            return rank
    return _RANKS[("ip",)]
