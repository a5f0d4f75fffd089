"""Interfaces, objects, access lists, NAT, routes and BGP of the ASA, as patterns.

The order of a mode's rules is the order the ASA prints them in.
"""

from __future__ import annotations

from appliance.lab.cisco.grammar import Rule

_NET = "(any|any4|any6|host IP|object-group NAME|object NAME|interface WORD|NETWORK)"
_PORT = "[(eq WORD|neq WORD|lt WORD|gt WORD|range WORD WORD|object-group NAME)]"
_PROTOCOL = ("(ip|tcp|udp|icmp|icmp6|esp|ah|gre|ospf|eigrp|igmp|pim|sctp|<0-255>|object-group NAME"
             "|object NAME)")  # fmt: skip
_TAIL = "[log [LINE]|inactive|time-range WORD [inactive]]"
GLOBAL_NETWORK: tuple[Rule, ...] = (
    Rule(pattern="hostname WORD", key=1),
    Rule(pattern="domain-name WORD", key=1),
    Rule(pattern="enable password WORD [encrypted|pbkdf2] [level <1-15>]", key=2, action="secret"),
    Rule(pattern="names"),
    Rule(pattern="name IP NAME [description LINE]", key=2, least=2),
    Rule(pattern="interface IFACE", enters="interface", action="interface"),
    Rule(pattern="banner (asdm|exec|login|motd) [LINE]", least=2),
    Rule(pattern="object network NAME", enters="object"),
    Rule(pattern="object-group network NAME", enters="object-group"),
    Rule(pattern="access-list NAME [line <1-2147483647>] [extended=] (permit|deny)"
                 f" {_PROTOCOL} {_NET} {_PORT} {_NET} {_PORT} [WORD] {_TAIL}", action="ace"),
    Rule(pattern="access-list NAME [line <1-2147483647>] remark LINE", action="ace"),
    Rule(pattern="access-list NAME standard (permit|deny) (any|any4|host IP|NETWORK)",
         action="ace"),
    Rule(pattern="pager lines <0-2147483647>", key=2),
    Rule(pattern="mtu WORD <64-9198>", key=2, action="needs_nameif"),
    Rule(pattern="nat PAIR [<1-2147483647>|after-auto [<1-2147483647>]]"
                 " source (static|dynamic) (any|NAME)"
                 " (any|interface|pat-pool NAME|NAME) [interface]"
                 " [destination static (any|interface|NAME) (any|NAME)]"
                 " [service (any|NAME) (any|NAME)] [net-to-net] [dns]"
                 " [unidirectional] [no-proxy-arp] [route-lookup] [inactive] [description LINE]",
         action="nat"),
    Rule(pattern="access-group NAME (in|out) interface WORD [per-user-override] [control-plane]",
         action="access_group"),
    Rule(pattern="access-group NAME global", key=3),
    Rule(pattern="router bgp AS", enters="bgp", action="bgp"),
    Rule(pattern="route WORD IP MASK IP [<1-255>] [track <1-500>|tunneled]", least=4, tail=" ",
         action="route"),
    Rule(pattern="sysopt connection tcpmss <0-65535>", key=3,
         hide=("sysopt connection tcpmss 1380",)),
    Rule(pattern="sysopt connection tcpmss minimum <0-65535>", key=4,
         hide=("sysopt connection tcpmss minimum 0",)),
    Rule(pattern="sysopt connection permit-vpn", hide=("sysopt connection permit-vpn",),
         sticky=True),
    Rule(pattern="sysopt connection (preserve-vpn-flows|reclassify-vpn|timewait)"),
    Rule(pattern="sysopt noproxyarp WORD"),
    Rule(pattern="username NAME attributes", enters="username", action="user"),
    Rule(pattern="username NAME (nopassword|password WORD [encrypted|pbkdf2])"
                 " [privilege <0-15>]", key=2, least=2, action="secret"),
    Rule(pattern="aaa authentication (ssh|telnet|serial|enable|http) console NAME [NAME]", key=4,
         tail=" "),
    Rule(pattern="aaa authorization exec NAME [auto-enable]", key=3, tail=" "),
    Rule(pattern="terminal width <0-511>", key=2, hide=("terminal width 80",)),
    Rule(pattern="prompt (hostname|context|priority|state|domain|management-ip|cluster-unit) +",
         key=1, tail=" "),
)  # fmt: skip

_NEIGHBOR: tuple[Rule, ...] = (
    Rule(pattern="neighbor IP remote-as AS", key=3, least=2, action="neighbor"),
    Rule(pattern="neighbor IP local-as AS [LINE]", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP description LINE", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP password [0|7] WORD", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP ebgp-multihop [<1-255>]", key=3, least=2, action="multihop"),
    Rule(pattern="neighbor IP update-source NAME", key=3, least=2, action="update_source"),
    Rule(pattern="neighbor IP disable-connected-check", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP ttl-security hops <1-254>", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP transport path-mtu-discovery [disable]", key=3, least=2,
         action="known"),
    Rule(pattern="neighbor IP timers <0-65535> <0-65535> [<0-65535>]", key=3, least=2,
         action="known"),
    Rule(pattern="neighbor IP fall-over bfd [LINE]", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP shutdown", key=3, least=2, action="known"),
    Rule(pattern="neighbor IP activate", key=3, least=2, sticky=True, action="known"),
    Rule(pattern="neighbor IP (prefix-list|route-map|distribute-list|filter-list) NAME (in|out)",
         least=2, action="known"),
    Rule(pattern="neighbor IP (advertise-map|default-originate|maximum-prefix|next-hop-self"
                 "|remove-private-as|send-community|weight|version|ha-mode|advertisement-interval)"
                 " [LINE]", key=3, least=2, action="known"),
)  # fmt: skip
NETWORK_MODES: dict[str, tuple[Rule, ...]] = {
    "interface": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="(speed|duplex|channel-group|media-type|lacp|flowcontrol|mac-address|vlan"
                     "|member-interface|port-channel) LINE", key=1),
        Rule(pattern="management-only [individual]", key=1),
        Rule(pattern="shutdown"),
        Rule(pattern="nameif WORD", key=1, action="nameif"),
        Rule(pattern="zone-member NAME", key=1),
        Rule(pattern="cts manual", enters="verbatim"),
        Rule(pattern="security-level <0-100>", key=1),
        Rule(pattern="ip address IP [MASK] [standby IP]", key=2, tail=" ", action="ip_address"),
        Rule(pattern="ip address dhcp [setroute]", key=2, tail=" "),
        Rule(pattern="ip unnumbered WORD", key=2, action="unnumbered"),
        Rule(pattern="(ipv6|ospf|bfd|policy-route|flow|pim|igmp|dhcp|authentication|delay|rip"
                     "|nve-only|mac|hello-interval|hold-time) LINE"),
        Rule(pattern="tunnel source interface WORD", key=2, action="tunnel_source"),
        Rule(pattern="tunnel destination IP", key=2, action="on_tunnel"),
        Rule(pattern="tunnel mode ipsec (ipv4|ipv6)", key=2, action="on_tunnel"),
        Rule(pattern="tunnel protection ipsec profile NAME", key=2, action="protection"),
        Rule(pattern="tunnel protection ipsec policy NAME", key=4, action="on_tunnel"),
    ),
    "object": (
        Rule(pattern="host IP", action="definition"),
        Rule(pattern="subnet NETWORK", action="definition"),
        Rule(pattern="range IP IP", action="definition"),
        Rule(pattern="fqdn [v4|v6] WORD", action="definition"),
        Rule(pattern="description LINE", key=1),
        Rule(pattern="nat PAIR (static|dynamic) LINE", key=1),
    ),
    "object-group": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="network-object (host IP|object NAME|NETWORK)", action="member"),
        Rule(pattern="group-object NAME", action="member"),
    ),
    "bgp": (
        Rule(pattern="bgp asnotation dot", key=2),
        Rule(pattern="bgp router-id (IP|cluster-pool)", key=2),
        Rule(pattern="bgp (always-compare-med|bestpath|default|deterministic-med|enforce-first-as"
                     "|fast-external-fallover|graceful-restart|inject-map|maxas-limit|nexthop"
                     "|redistribute-internal|scan-time|suppress-inactive|transport|aggregate-timer"
                     "|update-delay) [LINE]", key=2, sticky=True),
        Rule(pattern="bgp log-neighbor-changes", sticky=True),
        Rule(pattern="timers bgp <0-65535> <0-65535> [<0-65535>]", key=2),
        Rule(pattern="address-family ipv4 [unicast]", enters="bgp-af", action="family"),
        Rule(pattern="address-family ipv6 [unicast]", enters="verbatim"),
    ),
    "bgp-af": (
        *_NEIGHBOR,
        Rule(pattern="bgp (aggregate-timer|dampening|inject-map|nexthop|redistribute-internal"
                     "|scan-time|suppress-inactive) [LINE]", key=2),
        Rule(pattern="network IP [mask MASK] [route-map NAME]", least=2),
        Rule(pattern="aggregate-address IP MASK [LINE]", key=3),
        Rule(pattern="redistribute (connected|static|ospf <1-65535>|eigrp <1-65535>|rip) [LINE]"),
        Rule(pattern="maximum-paths [ibgp] <1-8>", key=1),
        Rule(pattern="distance bgp <1-255> <1-255> <1-255>", key=2),
        Rule(pattern="default-information originate"),
        Rule(pattern="table-map NAME [filter]", key=1),
        Rule(pattern="auto-summary", sticky=True),
        Rule(pattern="synchronization", sticky=True),
        Rule(pattern="exit-address-family", action="leave"),
    ),
}  # fmt: skip
