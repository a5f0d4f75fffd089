"""Interfaces, routes, BGP, access lists and management commands of IOS, as patterns.

The order of a mode's rules is the order IOS prints them in.
"""

from __future__ import annotations

from appliance.lab.cisco.grammar import Rule

_NET = "(any|host IP|object-group WORD|IP IP)"
_PORT = "[(eq WORD +|neq WORD|lt WORD|gt WORD|range WORD WORD)]"
_ACE = (
    f"(permit|deny) (ip|tcp|udp|icmp|esp|ahp|gre|ospf|eigrp|igmp|pim|object-group WORD|<0-255>)"
    f" {_NET} {_PORT} {_NET} {_PORT} [LINE]"
)
_STANDARD_ACE = "(permit|deny) (any|host IP|IP [IP]) [log]"

GLOBAL_NETWORK: tuple[Rule, ...] = (
    Rule(pattern="hostname WORD", key=1, action="hostname"),
    Rule(pattern="vrf definition WORD", enters="vrf"),
    Rule(pattern="ip vrf WORD", enters="vrf"),
    Rule(pattern="enable (secret|password) [level <1-15>] WORD [WORD]", key=2, action="secret"),
    Rule(pattern="username WORD [privilege <0-15>] [(secret|password) WORD [WORD]"
                 "|nopassword]", key=2,
         action="secret"),
    Rule(pattern="archive", enters="archive"),
    Rule(pattern="object-group network WORD", enters="object-group"),
    Rule(pattern="interface IFACE", enters="interface", action="interface"),
    Rule(pattern="router bgp AS", enters="bgp", action="bgp"),
    Rule(pattern="ip route [vrf WORD] IP MASK (IFACE [dhcp] [IP]|IP) [<1-255>] [tag <1-4294967295>]"
                 " [name WORD] [permanent] [track <1-1000>]", least=4, action="route"),
    Rule(pattern="ip access-list standard WORD", enters="standard-acl", action="acl_type"),
    Rule(pattern="ip access-list extended WORD", enters="extended-acl", action="acl_type"),
    Rule(pattern=f"access-list (<100-199>|<2000-2699>) {_ACE}", action="numbered_entry"),
    Rule(pattern=f"access-list (<1-99>|<1300-1999>) {_STANDARD_ACE}", action="numbered_entry"),
    Rule(pattern="access-list <1-2699> remark LINE", action="numbered_entry"),
    Rule(pattern="access-list <1-2699>", action="numbered_entry", least=2),
    Rule(pattern="ip prefix-list WORD [seq <1-4294967294>] (permit|deny) PREFIX [ge <1-32>]"
                 " [le <1-32>]", least=3, action="prefix_list"),
    Rule(pattern="ip prefix-list WORD description LINE", key=4),
    Rule(pattern="route-map WORD [(permit|deny)] [<0-65535>]", enters="route-map", least=2,
         action="route_map"),
    Rule(pattern="bfd-template single-hop WORD", enters="bfd-template"),
    Rule(pattern="line (con|console=con|vty|aux) <0-924> [<0-924>]", enters="line"),
)  # fmt: skip

_NEIGHBOR_GROUP = "(IP|WORD)"
_NEIGHBOR: tuple[Rule, ...] = (
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} peer-group [WORD]", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} remote-as AS", key=3, least=2, action="neighbor"),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} local-as AS [LINE]", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} description LINE", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} shutdown", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} password [0|6|7] WORD", key=3, least=2),
    Rule(
        pattern=f"neighbor {_NEIGHBOR_GROUP} ebgp-multihop [<1-255>]",
        key=3,
        least=2,
        action="multihop",
    ),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} disable-connected-check", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} ttl-security hops <1-254>", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} update-source IFACE", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} fall-over [LINE]", key=3, least=2),
    Rule(
        pattern=f"neighbor {_NEIGHBOR_GROUP} timers <0-65535> <0-65535> [<0-65535>]", key=3, least=2
    ),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} (version|transport) LINE", key=3, least=2),
)
FAMILY: tuple[Rule, ...] = (
    Rule(pattern="bgp (redistribute-internal|dampening|aggregate-timer) [LINE]", key=2),
    Rule(pattern="network IP [mask MASK] [route-map WORD] [backdoor]", least=2, action="network"),
    Rule(pattern="aggregate-address IP MASK [LINE]", key=3),
    Rule(pattern="redistribute (connected|static|ospf <1-65535>|eigrp <1-65535>|rip) [LINE]"),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} activate", key=3, least=2, sticky=True),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} (send-community|next-hop-self|default-originate"
                 "|remove-private-as|allowas-in|as-override|soo|weight|maximum-prefix|unsuppress-map"
                 "|route-reflector-client|advertise-map) [LINE]", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} soft-reconfiguration inbound", key=3, least=2),
    Rule(pattern=f"neighbor {_NEIGHBOR_GROUP} (prefix-list|route-map|distribute-list|filter-list)"
                 " WORD (in|out)", least=2, action="one_way"),
    Rule(pattern="default-information originate"),
    Rule(pattern="default-metric <1-4294967295>", key=1),
    Rule(pattern="maximum-paths <1-32>", key=1),
    Rule(pattern="maximum-paths (ibgp|eibgp) <1-32>", key=2),
    Rule(pattern="distance bgp <1-255> <1-255> <1-255>", key=2),
    Rule(pattern="(auto-summary|synchronization)", key=1),
)  # fmt: skip
_PROCESS: tuple[Rule, ...] = (
    Rule(pattern="bgp router-id (IP|interface IFACE)", key=2),
    Rule(pattern="bgp log-neighbor-changes", key=2),
    Rule(pattern="bgp asnotation dot", key=2),
    Rule(pattern="bgp default ipv4-unicast", sticky=True, hide=("bgp default ipv4-unicast",)),
    Rule(pattern="bgp (graceful-restart|bestpath|always-compare-med|deterministic-med|listen"
                 "|confederation|cluster-id|maxas-limit|nopeerup-delay|fast-external-fallover"
                 "|enforce-first-as|scan-time|update-delay|default) [LINE]"),
    Rule(pattern="timers bgp <0-65535> <0-65535> [<0-65535>]", key=2),
    Rule(pattern="template LINE"),
    *_NEIGHBOR,
)  # fmt: skip
_ADDRESS_FAMILY = (
    Rule(pattern="address-family ipv4 [unicast=|multicast|mdt]", enters="bgp-af", action="family"),
    Rule(pattern="address-family ipv4 [unicast=] vrf WORD", enters="bgp-vrf-af"),
    Rule(pattern="address-family (ipv6|vpnv4|vpnv6|l2vpn|nsap|rtfilter) [LINE]",
         enters="bgp-other-af"),
)  # fmt: skip
_LEAVE_FAMILY = Rule(pattern="exit-address-family", action="leave")

NETWORK_MODES: dict[str, tuple[Rule, ...]] = {
    "interface": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="encapsulation dot1q=dot1Q <1-4094> [native] [second-dot1q (<1-4094>|any)]",
             key=1),
        Rule(pattern="vrf forwarding WORD", key=2, action="forwarding"),
        Rule(pattern="ip vrf forwarding WORD", key=3, action="forwarding"),
        Rule(pattern="bandwidth <1-200000000>", key=1),
        Rule(pattern="mtu <64-18000>", key=1, hide=("mtu 1500",)),
        Rule(pattern="ip address IP MASK secondary", least=2, action="host_mask"),
        Rule(pattern="ip address (IP MASK|dhcp|negotiated)", key=2, standing="no ip address",
             action="host_mask"),
        Rule(pattern="ip unnumbered IFACE", key=2, action="unnumbered"),
        Rule(pattern="ip access-group WORD (in|out)", least=3, action="access_group"),
        Rule(pattern="ip mtu <68-9976>", key=2),
        Rule(pattern="ip nat (inside|outside)", key=2),
        Rule(pattern="ip virtual-reassembly [LINE]", key=2),
        Rule(pattern="ip tcp adjust-mss <500-1460>", key=3),
        Rule(pattern="ip policy route-map WORD", key=3),
        Rule(pattern="ip ospf (cost <1-65535>|LINE)"),
        Rule(pattern="keepalive <0-32767> [<1-255>]", key=1),
        Rule(pattern="shutdown", key=1),
        Rule(pattern="tunnel source (IFACE|IP|dynamic)", key=2),
        Rule(pattern="tunnel mode (ipsec (ipv4 [v6-overlay]|ipv6|dual-overlay)|ipip|mpls LINE"
                     "|gre (ip|multipoint|ipv6)|ipv6ip [6rd|6to4|isatap])",
             key=2, hide=("tunnel mode gre ip",)),
        Rule(pattern="tunnel destination (IP|dynamic|WORD)", key=2),
        Rule(pattern="tunnel key <0-4294967295>", key=2),
        Rule(pattern="tunnel path-mtu-discovery [LINE]", key=2),
        Rule(pattern="tunnel vrf WORD", key=2),
        Rule(pattern="tunnel (bandwidth|tos|ttl|checksum|sequence-datagrams|endpoint|route-via"
                     "|rekey|udlr|flow|csum|entropy|raw-udp) [LINE]", key=2),
        Rule(pattern="tunnel protection ipsec profile WORD [shared] [ikev2-profile WORD]"
                     " [isakmp-profile WORD]", key=3, action="protection"),
        Rule(pattern="tunnel protection ipsec policy ipv4 WORD", key=5),
        Rule(pattern="negotiation auto", key=1, sticky=True),
        Rule(pattern="crypto map WORD [redundancy LINE]", key=2, action="map_binding"),
        Rule(pattern="crypto ipsec (df-bit|fragmentation) WORD", key=3),
        Rule(pattern="bfd interval <50-9999> min_rx <50-9999> multiplier <3-50>", key=2),
        Rule(pattern="bfd template WORD", key=2),
    ),
    "route-map": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="match ip address (prefix-list WORD +|WORD +)"),
        Rule(pattern="match ip (next-hop|route-source) LINE"),
        Rule(pattern="match (as-path|community|interface|metric|tag|source-protocol) LINE"),
        Rule(pattern="set local-preference <0-4294967295>", key=2),
        Rule(pattern="set (as-path|community|metric|weight|ip|origin|tag) LINE", key=2),
        Rule(pattern="continue [<1-65535>]", key=1),
    ),
    "bfd-template": (
        Rule(pattern="interval (min-tx <50-9999> min-rx <50-9999>|both <50-9999>)"
                     " multiplier <3-50>", key=1),
    ),
    "bgp": (*_PROCESS, *FAMILY, *_ADDRESS_FAMILY),
    "bgp-af": (*FAMILY, *_NEIGHBOR, _LEAVE_FAMILY),
    "bgp-vrf-af": (Rule(pattern="bgp router-id (IP|interface IFACE)", key=2),
                   *_NEIGHBOR, *FAMILY, _LEAVE_FAMILY),
    "bgp-other-af": (Rule(pattern="neighbor LINE"), Rule(pattern="network LINE"),
                     Rule(pattern="redistribute LINE"), Rule(pattern="maximum-paths LINE"),
                     _LEAVE_FAMILY),
    "extended-acl": (
        Rule(pattern=f"[<1-2147483647>] {_ACE}", action="entry"),
        Rule(pattern="[<1-2147483647>] remark LINE", action="entry"),
        Rule(pattern="[<1-2147483647>] evaluate WORD", action="entry"),
        Rule(pattern="<1-2147483647>", action="entry"),
    ),
    "standard-acl": (
        Rule(pattern=f"[<1-2147483647>] {_STANDARD_ACE}", action="entry"),
        Rule(pattern="[<1-2147483647>] remark LINE", action="entry"),
        Rule(pattern="<1-2147483647>", action="entry"),
    ),
    "object-group": (
        Rule(pattern="description LINE", key=1, tail=""),
        Rule(pattern="host (IP|WORD)"),
        Rule(pattern="IP MASK", action="member"),
        Rule(pattern="range IP IP"),
        Rule(pattern="group-object WORD"),
        Rule(pattern="any"),
    ),
    "archive": (
        Rule(pattern="log config", enters="archive-log"),
        Rule(pattern="path LINE", key=1),
        Rule(pattern="maximum <1-14>", key=1),
        Rule(pattern="write-memory", key=1),
        Rule(pattern="time-period <1-525600>", key=1),
        Rule(pattern="rollback filter adaptive", key=1),
    ),
    "archive-log": (
        Rule(pattern="logging (enable|size <1-1000>|persistent LINE)", key=2),
        Rule(pattern="notify syslog [LINE]", key=2),
        Rule(pattern="hidekeys", key=1),
        Rule(pattern="record rc", key=1),
    ),
    "vrf": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="rd WORD", key=1),
        Rule(pattern="route-target (import|export|both) WORD"),
        Rule(pattern="address-family (ipv4|ipv6)", enters="vrf-af"),
    ),
    "vrf-af": (
        Rule(pattern="route-target (import|export|both) WORD"),
        Rule(pattern="import LINE"),
        Rule(pattern="export LINE"),
        _LEAVE_FAMILY,
    ),
    "line": (
        Rule(pattern="access-class WORD (in|out) [vrf-also]", key=1),
        Rule(pattern="exec-timeout <0-35791> [<0-2147483>]", key=1),
        Rule(pattern="privilege level <0-15>", key=2),
        Rule(pattern="password LINE", key=1),
        Rule(pattern="logging synchronous [LINE]", key=2),
        Rule(pattern="login [local|authentication WORD]", key=1),
        Rule(pattern="length <0-512>", key=1),
        Rule(pattern="width <0-512>", key=1),
        Rule(pattern="stopbits (1|1.5|2)", key=1),
        Rule(pattern="transport (input|output|preferred) LINE", key=2),
        Rule(pattern="(session-timeout|absolute-timeout|history|rotary|autocommand|speed"
                     "|authorization|accounting|monitor|stopbits|escape-character|modem|flowcontrol)"
                     " [LINE]", key=1),
    ),
    "verbatim": (),
}  # fmt: skip
