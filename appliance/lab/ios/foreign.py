"""Statements IOS has and the lab does not understand: recognised by their words, kept as typed."""

from __future__ import annotations

# What a person may type at `(config)#` although the lab does not understand it: kept as typed.
# Where a word leads to a whole family, the second words that exist.
_PLAUSIBLE_TEXT = (
    "aaa alias arp bfd boot boot-end-marker boot-start-marker bridge buffers call card cdp class-"
    "map clock control-plane cts device-tracking diagnostic dial-peer dot1x eigrp epm errdisable "
    "event exception flow ipv6 kron key l2tp-class l2vpn lacp license lldp logging login mac mac-"
    "address-table memory mls monitor mpls multilink netconf-yang no ntp parameter-map parser "
    "password pfr platform policy-map privilege process pseudowire-class qos radius radius-server "
    "redundancy resource restconf rmon route-map route-tag scheduler security service snmp snmp-"
    "server spanning-tree standby subscriber tacacs tacacs-server telemetry template tftp-server "
    "time-range track transceiver udld version vlan voice vpdn vtp wireless zone zone-pair"
)
PLAUSIBLE = frozenset(_PLAUSIBLE_TEXT.split())
FAMILIES = {
    "crypto": frozenset(
        [
            "ca",
            "call",
            "eli",
            "engine",
            "gdoi",
            "identity",
            "key",
            "mib",
            "pki",
            "provisioning",
            "ssl",
            "vpn",
            "wui",
            "xauth",
        ]
    ),
    "ip": frozenset(
        [
            "admission",
            "alg",
            "arp",
            "as-path",
            "auth-proxy",
            "bgp-community",
            "bootp",
            "cef",
            "classless",
            "community-list",
            "ddns",
            "default-gateway",
            "default-network",
            "device",
            "dhcp",
            "dns",
            "domain",
            "domain-list",
            "domain-lookup",
            "domain-name",
            "extcommunity-list",
            "finger",
            "flow",
            "flow-cache",
            "flow-export",
            "forward-protocol",
            "ftp",
            "gratuitous-arps",
            "host",
            "http",
            "icmp",
            "igmp",
            "inspect",
            "local",
            "mroute",
            "multicast",
            "multicast-routing",
            "name-server",
            "nat",
            "nbar",
            "nhrp",
            "options",
            "pim",
            "port-map",
            "prefix-list",
            "radius",
            "rcmd",
            "routing",
            "rsvp",
            "scp",
            "sla",
            "source-route",
            "ssh",
            "subnet-zero",
            "tacacs",
            "telnet",
            "tftp",
            "urlfilter",
            "vpn",
            "wccp",
        ]
    ),
    "object-group": frozenset(("service", "ip", "security", "v6-network", "v6-service")),
    "router": frozenset(("ospf", "eigrp", "rip", "isis", "ospfv3", "lisp")),
}
# The same below an interface.
_INTERFACE_WORDS_TEXT = (
    "arp auto bfd cdp channel-group channel-protocol delay dialer dialer-group duplex "
    "encapsulation fair-queue flowcontrol glbp hold-queue ipv6 isdn isis lacp lldp load-interval "
    "logging mac-address macsec media-type mop mpls nat no ntp peer power ppp pppoe pppoe-client "
    "random-detect rate-limit service-policy snmp spanning-tree speed standby switchport traffic-"
    "shape trust vlan vrrp xconnect zone-member"
)
INTERFACE_WORDS = frozenset(_INTERFACE_WORDS_TEXT.split())
# Words that begin statements at the top as well: what follows them below an interface.
INTERFACE_SECOND_WORDS = {
    "cdp": frozenset(("enable", "tlv")),
    "lacp": frozenset(("port-priority", "rate", "max-bundle")),
    "lldp": frozenset(("transmit", "receive", "med-tlv-select")),
    "logging": frozenset(("event",)),
    "ntp": frozenset(("broadcast", "disable", "multicast")),
    "snmp": frozenset(("trap", "ifindex")),
}
_INTERFACE_IP_WORDS_TEXT = (
    "accounting arp authentication bandwidth-percent broadcast-address cef dhcp directed-"
    "broadcast eigrp flow hello-interval helper-address hold-time igmp inspect load-sharing "
    "local-proxy-arp mask-reply mroute-cache multicast nbar next-hop-self nhrp ospf pim proxy-arp "
    "redirects rip route-cache rsvp split-horizon summary-address traffic-export unreachables "
    "urlfilter verify vrf wccp"
)
INTERFACE_IP_WORDS = frozenset(_INTERFACE_IP_WORDS_TEXT.split())
# Sections the lab keeps as typed but that have lines of their own below them.
OPENERS = (
    "aaa group server", "class-map", "control-plane", "crypto pki trustpoint",
    "crypto pki certificate", "event manager applet", "flow exporter", "flow monitor",
    "flow record", "ip access-list role-based", "ip dhcp pool", "ip sla", "ip vrf",
    "ipv6 access-list",
    "ipv6 router", "key chain", "kron", "parameter-map", "policy-map", "radius server",
    "redundancy", "route-map", "router eigrp", "router ospf", "router ospfv3", "router rip",
    "router isis", "tacacs server", "telemetry", "template", "time-range", "track", "vlan", "zone",
    "zone-pair", "bfd-template", "crypto ikev2 authorization", "crypto isakmp client",
    "crypto identity", "crypto gdoi", "crypto call", "crypto provisioning", "voice", "dial-peer",
    "object-group service",
)  # fmt: skip


def opens_section(text: str) -> bool:
    """Whether a statement the lab does not understand has lines of its own below it."""
    return any(text == opener or text.startswith(f"{opener} ") for opener in OPENERS)


def plausible(mode: str, words: tuple[str, ...]) -> bool:
    """Whether a statement the lab does not understand is one that IOS has in this mode."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if mode == "verbatim":
        return True
    if mode == "interface":
        allowed = INTERFACE_SECOND_WORDS.get(first)
        if allowed is not None:
            return second in allowed
        return first in INTERFACE_WORDS or (first == "ip" and second in INTERFACE_IP_WORDS)
    if mode != "config":
        return False
    return first in PLAUSIBLE or second in FAMILIES.get(first, frozenset())
