"""The crypto commands of IOS and IOS-XE and the modes they open, as patterns.

Cisco IOS Security Command Reference; the weak words marked `~` went with IOS-XE 17.11.1.
The order of a mode's rules is the order IOS prints them in.
"""

from __future__ import annotations

from appliance.lab.cisco.grammar import Rule

_IKE_GROUPS = "(~1|~2|~5|14|15|16|19|20|21|~24)"
_PFS_GROUPS = "(~group1|~group2|~group5|group14|group15|group16|group19|group20|group21|~group24)"
_AES_BITS = "[128=|192|256]"
_CIPHER = f"(~esp-3des|~esp-des|esp-aes {_AES_BITS}|~esp-null|esp-seal)"
_HASH = "(~esp-md5-hmac|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac|esp-sha512-hmac)"
_AH = "(~ah-md5-hmac|ah-sha-hmac|ah-sha256-hmac|ah-sha384-hmac|ah-sha512-hmac)"
_LIFETIME = "set security-association lifetime"
_LIFETIMES = (
    Rule(pattern=f"{_LIFETIME} kilobytes (<2560-4294967295>|disable)", key=4),
    Rule(pattern=f"{_LIFETIME} seconds <120-2592000>", key=4),
    Rule(pattern=f"{_LIFETIME} days <1-30>", key=4),
    Rule(pattern="set security-association replay (disable|window-size <64-1024>)", key=3),
    Rule(pattern="set security-association idle-time <60-86400> [default]", key=3),
    Rule(pattern="set security-association dummy (pps <0-25>|seconds <1-3600>)", key=3),
)  # fmt: skip
_ESP = (
    Rule(pattern="set transform-set WORD +", key=2, tail=" ", action="transform_sets"),
    Rule(pattern=f"set pfs [{_PFS_GROUPS}]", key=2, action="pfs"),
)

GLOBAL_CRYPTO: tuple[Rule, ...] = (
    Rule(pattern="crypto ikev2 proposal WORD", enters="ikev2-proposal", action="ikev2_proposal"),
    Rule(pattern="crypto ikev2 policy WORD", enters="ikev2-policy", action="ikev2_policy"),
    Rule(pattern="crypto ikev2 keyring WORD", enters="ikev2-keyring"),
    Rule(pattern="crypto ikev2 profile WORD", enters="ikev2-profile", action="ikev2_profile"),
    Rule(pattern="crypto ikev2 nat keepalive <5-3600>", key=4),
    Rule(pattern="crypto ikev2 dpd <10-3600> <2-60> (on-demand|periodic)", key=3),
    Rule(pattern="crypto ikev2 fragmentation [mtu <68-1500>]", key=3),
    Rule(pattern="crypto ikev2 (limit|cookie-challenge|window|http-url|redirect|reconnect"
                 "|authorization|name-mangler|certificate-cache|diagnose|disconnect-revoked-peers)"
                 " [LINE]", key=3),
    Rule(pattern="crypto logging (session|ikev2|ezvpn) [LINE]", key=3),
    Rule(pattern="crypto keyring WORD [vrf WORD]", key=3, enters="keyring", tail=" "),
    Rule(pattern="crypto isakmp policy <1-10000>", enters="isakmp-policy"),
    Rule(pattern="crypto isakmp key [0=|6] WORD (address IP [MASK]|hostname WORD) [no-xauth]",
         action="isakmp_key", least=6, tail="   "),
    Rule(pattern="crypto isakmp identity (address|hostname|dn)", key=3,
         hide=("crypto isakmp identity address",)),
    Rule(pattern="crypto isakmp invalid-spi-recovery"),
    Rule(pattern="crypto isakmp aggressive-mode disable"),
    Rule(pattern="crypto isakmp keepalive <10-3600> [<2-60>] [periodic|on-demand=]", key=3),
    Rule(pattern="crypto isakmp nat keepalive <5-3600>", key=4),
    Rule(pattern="crypto isakmp enable", hide=("crypto isakmp enable",), sticky=True),
    Rule(pattern="crypto isakmp profile WORD", enters="isakmp-profile", action="isakmp_profile"),
    Rule(pattern="crypto ipsec security-association lifetime kilobytes"
                 " (<2560-4294967295>|disable)", key=5,
         hide=("crypto ipsec security-association lifetime kilobytes 4608000",)),
    Rule(pattern="crypto ipsec security-association lifetime seconds <120-2592000>", key=5,
         hide=("crypto ipsec security-association lifetime seconds 3600",)),
    Rule(pattern="crypto ipsec security-association replay (disable|window-size <64-1024>)", key=4),
    Rule(pattern="crypto ipsec security-association idle-time <60-86400>", key=4),
    Rule(pattern=f"crypto ipsec transform-set WORD"
                 f" ([{_AH}] ({_CIPHER} [{_HASH}]|{_HASH})|{_AH}"
                 f"|esp-gcm {_AES_BITS}|~esp-gmac {_AES_BITS})",
         key=4, enters="transform-set", tail=" "),
    Rule(pattern="crypto ipsec nat-transparency (udp-encapsulation|spi-matching)", key=3),
    Rule(pattern="crypto ipsec df-bit (clear|set|copy)", key=3),
    Rule(pattern="crypto ipsec fragmentation (before-encryption|after-encryption)", key=3),
    Rule(pattern="crypto ipsec profile WORD", enters="ipsec-profile"),
    Rule(pattern="crypto dynamic-map WORD <1-65535>", enters="crypto-map"),
    Rule(pattern="crypto map WORD local-address IFACE", key=4),
    Rule(pattern="crypto map WORD <1-65535> (ipsec-isakmp|ipsec-manual|gdoi)"
                 " [(dynamic WORD [discover]|profile WORD)]",
         key=4, least=3, enters="crypto-map", tail=" ", action="crypto_map"),
    Rule(pattern="crypto map WORD <1-65535>", key=4, least=3, enters="crypto-map",
         action="crypto_map"),
    Rule(pattern="crypto map WORD (client|isakmp|redundancy|gdoi) LINE"),
)  # fmt: skip

CRYPTO_MODES: dict[str, tuple[Rule, ...]] = {
    "ikev2-proposal": (
        Rule(pattern="encryption (aes-cbc-256|aes-cbc-192|aes-cbc-128|aes-gcm-256|aes-gcm-128"
                     "|~3des|~des) +", key=1, tail=" "),
        Rule(pattern="prf (~md5|sha1|sha256|sha384|sha512) +", key=1, tail=" "),
        Rule(pattern="integrity (~md5|sha1|sha256|sha384|sha512) +", key=1, tail=" "),
        Rule(pattern=f"group {_IKE_GROUPS} +", key=1),
        Rule(pattern="description LINE", key=1),
    ),
    "ikev2-policy": (
        Rule(pattern="match fvrf (any|WORD)", key=2, tail=" "),
        Rule(pattern="match address local IP", tail=" "),
        Rule(pattern="proposal WORD +", action="policy_proposals"),
    ),
    "ikev2-keyring": (
        Rule(pattern="peer WORD", enters="ikev2-peer"),
    ),
    "ikev2-peer": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="address (IP [MASK]|IPV6)", key=1),
        Rule(pattern="hostname WORD", key=1),
        Rule(pattern="identity (address IP|fqdn [domain] WORD|email WORD|key-id WORD)"),
        Rule(pattern="pre-shared-key (local|remote) [0=|6|hex] WORD", key=2),
        Rule(pattern="pre-shared-key [0=|6|hex] WORD", key=1),
    ),
    "ikev2-profile": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="match fvrf (any|WORD)", key=2),
        Rule(pattern="match address local (interface IFACE|IP)", action="repeated_ok"),
        Rule(pattern="match identity remote (address IP [MASK]|address IPV6|any"
                     "|fqdn [domain] WORD|email WORD|key-id WORD)", tail=" "),
        Rule(pattern="match certificate WORD"),
        Rule(pattern="identity local (address IP|fqdn WORD|email WORD|key-id WORD|dn)", key=2),
        Rule(pattern="authentication remote (pre-share [key [0=|6] WORD]|rsa-sig|ecdsa-sig)"),
        Rule(pattern="authentication local (pre-share [key [0=|6] WORD]|rsa-sig|ecdsa-sig)", key=2),
        Rule(pattern="keyring local WORD", key=2),
        Rule(pattern="keyring aaa WORD [LINE]", key=2),
        Rule(pattern="pki trustpoint WORD [sign|verify]"),
        Rule(pattern="lifetime <120-86400>", key=1, hide=("lifetime 86400",)),
        Rule(pattern="dpd <10-3600> <2-60> (on-demand|periodic)", key=1),
        Rule(pattern="nat keepalive <5-900>", key=2),
        Rule(pattern="nat force-encap", key=2),
        Rule(pattern="ivrf WORD", key=1),
        Rule(pattern="virtual-template <1-200> [LINE]", key=1),
        Rule(pattern="redirect gateway auth"),
        Rule(pattern="no-config-exchange request", key=1),
        Rule(pattern="(aaa|anyconnect|config-mode|initial-contact|reconnect|shutdown|config-exchange)"
                     " [LINE]", key=1),
    ),
    "keyring": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="local-address (IFACE [WORD]|IP [WORD])", key=1),
        Rule(pattern="pre-shared-key address IP [MASK] key [0=|6] WORD", action="keyring_key",
             least=3),
        Rule(pattern="pre-shared-key hostname WORD key [0=|6] WORD", key=3),
        Rule(pattern="rsa-pubkey LINE"),
    ),
    "isakmp-policy": (
        Rule(pattern=f"encryption=encr (~des|~3des|aes {_AES_BITS})", key=1, hide=("encr des",)),
        Rule(pattern="hash (~md5|sha|sha256|sha384|sha512)", key=1, hide=("hash sha",)),
        Rule(pattern="authentication (pre-share|rsa-sig|rsa-encr|ecdsa-sig)", key=1,
             hide=("authentication rsa-sig",)),
        Rule(pattern=f"group {_IKE_GROUPS}", key=1, hide=("group 1",)),
        Rule(pattern="lifetime <60-86400>", key=1, hide=("lifetime 86400",)),
    ),
    "isakmp-profile": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="vrf WORD", key=1),
        Rule(pattern="keyring WORD", key=1),
        Rule(pattern="self-identity (address|fqdn|user-fqdn WORD|dn)", key=1),
        Rule(pattern="ca trust-point WORD"),
        Rule(pattern="match identity (address IP [MASK] [WORD]|host [domain] WORD"
                     "|user [domain] WORD|group WORD)", action="mask_shown", tail=" "),
        Rule(pattern="match certificate WORD"),
        Rule(pattern="keepalive <10-3600> [retry <2-60>]", key=1),
        Rule(pattern="initiate mode aggressive", key=2),
        Rule(pattern="local-address (IFACE [WORD]|IP [WORD])", key=1),
        Rule(pattern="qos-group <1-1023>", key=1),
        Rule(pattern="virtual-template <1-200>", key=1),
        Rule(pattern="(accounting|client|isakmp) LINE"),
    ),
    "transform-set": (
        Rule(pattern="mode (tunnel|transport) [require]", key=1, standing="mode tunnel"),
        Rule(pattern="esn", key=1),
    ),
    "ipsec-profile": (
        Rule(pattern="description LINE", key=1),
        *_LIFETIMES,
        Rule(pattern="set identity WORD", key=2),
        *_ESP,
        Rule(pattern="set isakmp-profile WORD", key=2, action="isakmp_reference"),
        Rule(pattern="set ikev2-profile WORD", key=2, action="ikev2_reference"),
        Rule(pattern="set mixed-mode", key=2),
        Rule(pattern="set reverse-route (distance|tag|gateway) WORD", key=3),
        Rule(pattern="reverse-route [LINE]", key=1),
        Rule(pattern="redundancy WORD [LINE]", key=1),
        Rule(pattern="responder-only", key=1),
    ),
    "crypto-map": (
        Rule(pattern="description LINE", key=1),
        Rule(pattern="set peer (IP|WORD) [default]", action="map_peer"),
        *_LIFETIMES,
        Rule(pattern="set ip access-group WORD (in|out)", action="access_group"),
        *_ESP,
        Rule(pattern="set isakmp-profile WORD", key=2, action="isakmp_reference"),
        Rule(pattern="set ikev2-profile WORD", key=2, action="ikev2_reference"),
        Rule(pattern="set identity WORD", key=2),
        Rule(pattern="set reverse-route (distance|tag|gateway) WORD", key=3),
        Rule(pattern="set nat demux", key=2),
        Rule(pattern="match address WORD", key=2),
        Rule(pattern="reverse-route [static] [remote-peer IP]", key=1),
        Rule(pattern="qos pre-classify", key=2),
    ),
}  # fmt: skip
