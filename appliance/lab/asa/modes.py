"""The modes of the ASA's command line: prompts, grammars, and the order of its sections."""

from __future__ import annotations

from functools import cache

from appliance.lab.asa.rules_crypto import CRYPTO_MODES, GLOBAL_CRYPTO
from appliance.lab.asa.rules_network import GLOBAL_NETWORK, NETWORK_MODES
from appliance.lab.asa.rules_vpn import GLOBAL_VPN, VPN_MODES
from appliance.lab.asa.words import KINDS
from appliance.lab.cisco.grammar import Grammar, Rule

RULES: dict[str, tuple[Rule, ...]] = {
    "config": (*GLOBAL_NETWORK, *GLOBAL_CRYPTO, *GLOBAL_VPN),
    **CRYPTO_MODES,
    **NETWORK_MODES,
    **VPN_MODES,
    "verbatim": (),
}
PROMPTS = {
    "config": "config",
    "interface": "config-if",
    "object": "config-network-object",
    "object-group": "config-network-object-group",
    "ipsec-proposal": "config-ipsec-proposal",
    "ipsec-profile": "config-ipsec-profile",
    "ikev2-policy": "config-ikev2-policy",
    "ikev1-policy": "config-ikev1-policy",
    "group-policy": "config-group-policy",
    "tunnel-general": "config-tunnel-general",
    "tunnel-ipsec": "config-tunnel-ipsec",
    "username": "config-username",
    "applet": "config-applet",
    "bgp": "config-router",
    "bgp-af": "config-router-af",
    "verbatim": "config-sub",
}
# The sections in the order `show running-config` has them.
SECTIONS = (
    "hostname", "domain-name", "enable", "service-module", "license", "xlate", "passwd", "names",
    "name", "no mac-address", "ip local", "interface", "banner", "boot", "ftp", "clock", "dns",
    "dns-group", "same-security-traffic", "object", "object-group", "access-list", "pager",
    "logging", "flow-export", "mtu", "ip verify", "ip audit", "failover", "no failover",
    "no monitor-interface", "monitor-interface", "icmp", "asdm", "no asdm", "arp", "no arp", "nat",
    "access-group", "ipv6", "prefix-list", "as-path", "route-map", "router bgp", "router", "route",
    "timeout", "aaa-server", "user-identity", "aaa", "http", "no http", "snmp-server",
    "no snmp-server", "sysopt", "no sysopt", "crypto ipsec ikev1", "crypto ipsec ikev2",
    "crypto ipsec profile", "crypto ipsec security-association", "crypto ipsec",
    "crypto dynamic-map", "crypto map", "crypto ca", "crypto isakmp", "no crypto isakmp",
    "crypto ikev2 policy", "crypto ikev2", "crypto ikev1 enable", "crypto ikev1 policy",
    "crypto ikev1", "crypto", "sla", "track", "telnet", "no telnet", "ssh", "no ssh", "console",
    "management-access", "dhcpd", "threat-detection", "no threat-detection", "ntp", "ssl",
    "webvpn", "group-policy", "dynamic-access-policy-record", "username", "tunnel-group",
    "tunnel-group-map", "class-map", "policy-map", "service-policy", "smtp-server",
    "event manager", "prompt", "privilege", "no call-home", "call-home", "jumbo-frame", "hpm",
    "terminal", "zz",
)  # fmt: skip
_RANKS = {tuple(section.split()): rank for rank, section in enumerate(SECTIONS)}
LAST = len(SECTIONS)


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
    return _RANKS[("zz",)]
