"""Tunnel groups, group policies and event manager applets of the ASA, as patterns."""

from __future__ import annotations

from appliance.lab.cisco.grammar import Rule

GLOBAL_VPN: tuple[Rule, ...] = (
    Rule(pattern="event manager applet NAME", enters="applet"),
    Rule(pattern="group-policy NAME internal [from NAME]", key=3, least=2,
         action="group_policy"),
    Rule(pattern="group-policy NAME external server-group NAME password WORD", key=3),
    Rule(pattern="group-policy NAME attributes", enters="group-policy",
         action="group_attributes"),
    Rule(pattern="tunnel-group NAME type (ipsec-l2l|remote-access|ipsec-ra|webvpn)", key=3,
         least=2, action="tunnel_group"),
    Rule(pattern="tunnel-group NAME general-attributes", enters="tunnel-general",
         action="tunnel_attributes"),
    Rule(pattern="tunnel-group NAME ipsec-attributes", enters="tunnel-ipsec",
         action="tunnel_attributes"),
    Rule(pattern="tunnel-group NAME (webvpn-attributes|ppp-attributes)", enters="verbatim",
         action="tunnel_attributes"),
    Rule(pattern="tunnel-group-map LINE"),
)  # fmt: skip
VPN_MODES: dict[str, tuple[Rule, ...]] = {
    "group-policy": (
        Rule(pattern="vpn-idle-timeout (<1-35791394>|none) [LINE]", key=1),
        Rule(pattern="vpn-session-timeout (<1-35791394>|none) [LINE]", key=1),
        Rule(pattern="vpn-filter (value NAME|none)", key=1, action="vpn_filter"),
        Rule(pattern="vpn-tunnel-protocol (ikev1|ikev2|l2tp-ipsec|ssl-client|ssl-clientless) +",
             key=1, tail=" ", action="protocols"),
        Rule(pattern="(vpn-access-hours|vpn-simultaneous-logins|banner|dns-server|wins-server"
                     "|dhcp-network-scope|ip-comp|re-xauth|group-lock|pfs|ipsec-udp|ipsec-udp-port"
                     "|split-tunnel-policy|split-tunnel-network-list|default-domain|split-dns"
                     "|address-pools|ipv6-address-pools|secure-unit-authentication|backup-servers"
                     "|user-authentication|msie-proxy|client-firewall|vlan|nac-settings"
                     "|periodic-authentication|webvpn|ipv6-vpn-filter|security-group-tag) [LINE]"),
    ),
    "tunnel-general": (
        Rule(pattern="default-group-policy NAME", key=1, action="default_group_policy"),
        Rule(pattern="(address-pool|ipv6-address-pool|authentication-server-group|dhcp-server"
                     "|accounting-server-group|authorization-server-group|annotation|nat-assigned-to"
                     "-public-ip|strip-realm|strip-group|password-management|username-from-certific"
                     "ate|secondary-authentication-server-group) [LINE]"),
    ),
    "tunnel-ipsec": (
        Rule(pattern="ikev1 pre-shared-key [0=|8] KEY", key=2),
        Rule(pattern="ikev1 trust-point NAME", key=2),
        Rule(pattern="ikev1 user-authentication [LINE]", key=2),
        Rule(pattern="peer-id-validate (cert|nocheck|req)", key=1,
             hide=("peer-id-validate req",)),
        Rule(pattern="chain"),
        Rule(pattern="isakmp keepalive disable", key=2),
        Rule(pattern="isakmp keepalive [threshold (<10-3600>|infinite)] [retry <2-10>]", key=2,
             hide=("isakmp keepalive threshold 10 retry 2",), action="keepalive"),
        Rule(pattern="ikev2 remote-authentication (certificate|eap [LINE]"
                     "|pre-shared-key [0=|8] KEY)", key=3),
        Rule(pattern="ikev2 local-authentication (certificate NAME|pre-shared-key [0=|8] KEY)",
             key=3),
        Rule(pattern="ikev2 rsa-sig-hash sha1"),
    ),
    "applet": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="event none"),
        Rule(pattern="event crashinfo"),
        Rule(pattern="event timer (absolute|countdown|watchdog) time WORD", key=3,
             action="timer"),
        Rule(pattern="event syslog id LINE"),
        Rule(pattern="action <0-4294967295> cli command LINE", key=2, action="applet_action"),
        Rule(pattern="output (none|console|file (append FILE|new|overwrite FILE|rotate <2-100>))",
             key=1),
    ),
    "username": (
        Rule(pattern="(service-type|vpn-group-policy|vpn-framed-ip-address|group-lock|password"
                     "-storage|memberof|ssh|vpn-filter|vpn-tunnel-protocol) LINE"),
    ),
}  # fmt: skip
