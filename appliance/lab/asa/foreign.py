"""Statements that an ASA has and the lab keeps as typed, without understanding them."""

from __future__ import annotations

_PLAUSIBLE = """
aaa aaa-server access-list app-agent arp arp-inspection as-path asdm banner bfd bfd-template
blocks boot call-home capture checkheaps class-map client-update clock cluster community-list
compression console coredump crypto ctl-file ddns dhcp-client dhcpd dhcprelay dns dns-group
dynamic-access-policy-config dynamic-access-policy-record dynamic-filter dynamic-map enable eou
established event failover file filter firewall flow-export flow-offload fragment ftp ftp-map
global group-policy gtp-map h225-map hostscan hpm http http-map icmp imap4s ip ipv6 jumbo-frame
key ldap license lisp logging mac-address mac-learn management-access mdm-proxy
media-termination mgcp-map migrate monitor-interface mount mroute mtu multicast-routing
nac-policy ntp object object-group object-group-search pager passwd password-policy phone-proxy
pim policy-list policy-map pop3s prefix-list priority-queue privilege prompt quit quota regex
reload-wait resource rest-api route-map router same-security-traffic scansafe security-group
service service-interface service-module service-policy setup sla smartnet smtp-server smtps
snmp snmp-map snmp-server ssh ssl static sunrpc-server sysopt tcp-map telnet terminal
tftp-server threat-detection time-range timeout tls-proxy track trustpoint tunnel-group-map
umbrella-global url-block url-cache url-server user-identity user-statistics username vpdn vpn
vpn-addr-assign vpn-sessiondb vpnclient vpnsetup vxlan wccp webvpn xlate zone
"""
PLAUSIBLE = frozenset(_PLAUSIBLE.split())
# Of these families the lab knows every statement: what is not known is wrong.
_KNOWN = (
    "access-list", "object network", "object-group network", "username", "enable", "mtu",
    "group-policy", "event manager", "router bgp", "sysopt", "terminal", "prompt", "pager",
)  # fmt: skip
_OTHER_CRYPTO = (["ca"], ["key"], ["engine"], ["large-cert-acceptance"])
# Statements that have lines of their own below them.
_OPENERS = (
    "aaa-server", "call-home", "class-map", "crypto ca trustpoint", "crypto ca trustpool",
    "crypto ca certificate chain", "crypto ca certificate map", "crypto key", "dns server-group",
    "group-policy", "ldap attribute-map", "object-group service", "object-group protocol",
    "object-group icmp-type", "object-group user", "object-group security", "object service",
    "policy-map", "route-map", "router ospf", "router eigrp", "router rip", "router isis",
    "sla monitor", "tcp-map", "time-range", "tls-proxy", "webvpn", "bfd-template", "zone",
    "ipv6 router", "ipv6 dhcp", "user-identity domain", "vpn load-balancing", "cluster group",
    "priority-queue", "threat-detection rate", "interface", "hpm", "umbrella-global", "dhcp",
    "license smart",
)  # fmt: skip
_NEGATIVE = (
    "no mac-address", "no failover", "no monitor-interface", "no asdm", "no arp", "no http",
    "no snmp-server", "no threat-detection", "no call-home", "no telnet", "no ssh", "no logging",
    "no pager", "no service", "no ssl", "no xlate", "no sysopt", "no ipv6", "no ftp", "no vpn",
    "no jumbo-frame", "no crypto",
)  # fmt: skip


def opens_section(text: str) -> bool:
    """Whether a statement the lab does not understand has lines of its own below it."""
    return any(text == opener or text.startswith(f"{opener} ") for opener in _OPENERS)


def plausible(text: str) -> bool:
    """Whether a top-level statement the lab does not understand is one that an ASA has."""
    words = text.lower().split()
    known = any(text.startswith(family) for family in _KNOWN)
    if words[:1] == ["crypto"] and words[1:2] not in _OTHER_CRYPTO:
        return False
    return bool(words) and not known and " | " not in text and words[0] in PLAUSIBLE


def kept_negative(text: str) -> bool:
    """Whether the ASA prints this `no` statement, being on by default."""
    return text.startswith(_NEGATIVE)
