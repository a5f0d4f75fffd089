"""The crypto commands of the ASA and the modes they open, as patterns.

Cisco Secure Firewall ASA command reference; the words marked `~` went with 9.15(1).
The order of a mode's rules is the order the ASA prints them in.
"""

from __future__ import annotations

from appliance.lab.cisco.grammar import Rule

_PFS = "(~group1|~group2|group5|group14|group15|group16|group19|group20|group21|~group24)"
_ESP = "(~esp-3des|esp-aes|esp-aes-192|esp-aes-256|~esp-des|~esp-null)"
_ESP_HASH = "(~esp-md5-hmac|esp-none|esp-sha-hmac)"
_ENTRY = "crypto (map|dynamic-map) NAME <1-65535>"
_LIFETIME = "set security-association lifetime"
# Statements of one crypto map entry, each a line of its own, in the order they are printed.
MAP: tuple[Rule, ...] = (
    Rule(pattern=f"{_ENTRY} match address NAME", key=6, least=6, action="map_list"),
    Rule(pattern=f"{_ENTRY} set pfs [{_PFS}]", key=6, action="map_pfs"),
    Rule(pattern=f"{_ENTRY} set connection-type"
                 " (answer-only|bidirectional|originate-only)", key=6),
    Rule(pattern=f"{_ENTRY} set peer IP +", key=6, tail=" ", action="map_peer"),
    Rule(pattern=f"{_ENTRY} set ikev1 phase1-mode (main|aggressive) [group1|group2|group5]",
         key=7),
    Rule(pattern=f"{_ENTRY} set ikev1 transform-set NAME +", key=7, action="map_sets"),
    Rule(pattern=f"{_ENTRY} set ikev2 pre-shared-key KEY", key=7),
    Rule(pattern=f"{_ENTRY} set ikev2 mode (tunnel|transport|transport-require)", key=7),
    Rule(pattern=f"{_ENTRY} set ikev2 ipsec-proposal NAME +", key=7, action="map_proposals"),
    Rule(pattern=f"{_ENTRY} {_LIFETIME} seconds <120-214783647> [kilobytes <10-2147483647>]",
         key=8, action="map_lifetime"),
    Rule(pattern=f"{_ENTRY} {_LIFETIME} kilobytes (<10-2147483647>|unlimited)"
                 " [seconds <120-214783647>]", key=8, action="map_lifetime"),
    Rule(pattern=f"{_ENTRY} set nat-t-disable", key=6),
    Rule(pattern=f"{_ENTRY} set reverse-route [dynamic]", key=6),
    Rule(pattern=f"{_ENTRY} set trustpoint NAME [chain]", key=6),
    Rule(pattern=f"{_ENTRY} set (df-bit|validate-icmp-errors|tfc-packets|inheritance) [LINE]",
         key=6),
    Rule(pattern="crypto map NAME <1-65535> ipsec-isakmp dynamic NAME", key=5),
    Rule(pattern="crypto map NAME interface WORD", least=5, action="map_interface"),
)  # fmt: skip

GLOBAL_CRYPTO: tuple[Rule, ...] = (
    Rule(pattern="crypto ipsec ikev1 transform-set NAME mode transport", key=6,
         action="transform_mode"),
    Rule(pattern=f"crypto ipsec ikev1 transform-set NAME {_ESP} [{_ESP_HASH}]", key=5, least=5,
         tail=" ", action="transform_set"),
    Rule(pattern="crypto ipsec ikev2 ipsec-proposal NAME", enters="ipsec-proposal",
         action="ipsec_proposal"),
    Rule(pattern="crypto ipsec profile NAME", enters="ipsec-profile"),
    Rule(pattern="crypto ipsec security-association lifetime seconds <120-214783647>", key=5,
         hide=("crypto ipsec security-association lifetime seconds 28800",)),
    Rule(pattern="crypto ipsec security-association lifetime kilobytes"
                 " (<10-2147483647>|unlimited)", key=5,
         hide=("crypto ipsec security-association lifetime kilobytes 4608000",)),
    Rule(pattern="crypto ipsec security-association replay (disable|window-size <64-1024>)",
         key=4),
    Rule(pattern="crypto ipsec security-association pmtu-aging (infinite|<1-30>)", key=4),
    Rule(pattern="crypto ipsec df-bit (clear-df|copy-df|set-df) WORD"),
    Rule(pattern="crypto ipsec fragmentation (after|before)-encryption WORD"),
    Rule(pattern="crypto ipsec inner-routing-lookup"),
    *MAP,
    Rule(pattern="crypto isakmp identity (address|auto|hostname|key-id WORD)", key=3,
         hide=("crypto isakmp identity auto",)),
    Rule(pattern="crypto isakmp disconnect-notify"),
    Rule(pattern="crypto isakmp reload-wait"),
    Rule(pattern="crypto isakmp nat-traversal [<10-3600>]", key=3,
         hide=("crypto isakmp nat-traversal", "crypto isakmp nat-traversal 20"), sticky=True),
    Rule(pattern="crypto ikev2 policy <1-65535>", enters="ikev2-policy", action="ikev2_policy"),
    Rule(pattern="crypto ikev2 (cookie-challenge|limit|fragmentation|remote-access"
                 "|redirect|rekey) [LINE]", key=3),
    Rule(pattern="crypto ikev2 notify invalid-selectors"),
    Rule(pattern="crypto ikev2 enable WORD [client-services [port <1-65535>]]", key=4, least=4,
         action="enable_ike"),
    Rule(pattern="crypto (ikev1|isakmp=ikev1) enable WORD", key=4, least=4, action="enable_ike"),
    Rule(pattern="crypto (ikev1|isakmp=ikev1) am-disable"),
    Rule(pattern="crypto ikev1 (limit|ipsec-over-tcp) [LINE]", key=3),
    Rule(pattern="crypto (ikev1|isakmp=ikev1) policy <1-65535>", enters="ikev1-policy",
         action="ikev1_policy"),
)  # fmt: skip

_IKE_GROUPS = "(~1|~2|5|14|15|16|19|20|21|~24)"
CRYPTO_MODES: dict[str, tuple[Rule, ...]] = {
    "ipsec-proposal": (
        Rule(pattern="protocol esp encryption (~3des|aes|aes-192|aes-256|aes-gcm|aes-gcm-192"
                     "|aes-gcm-256|~aes-gmac|~aes-gmac-192|~aes-gmac-256|~des|~null) +", key=3,
             action="protocol"),
        Rule(pattern="protocol esp integrity (~md5|sha-1|sha-256|sha-384|sha-512|null) +", key=3,
             action="protocol"),
    ),
    "ipsec-profile": (
        Rule(pattern="set ikev1 transform-set NAME +", key=3, action="profile_sets"),
        Rule(pattern="set ikev2 ipsec-proposal NAME +", key=3, action="profile_proposals"),
        Rule(pattern=f"set pfs [{_PFS}]", key=2, action="profile_pfs"),
        Rule(pattern="set security-association lifetime kilobytes (<10-2147483647>|unlimited)",
             key=4),
        Rule(pattern="set security-association lifetime seconds <120-214783647>", key=4),
        Rule(pattern="set reverse-route [dynamic]", key=2),
        Rule(pattern="set trustpoint NAME [chain]", key=2),
        Rule(pattern="set ikev2 local-identity LINE", key=3),
        Rule(pattern="responder-only"),
    ),
    "ikev2-policy": (
        Rule(pattern="encryption (~3des|aes|aes-192|aes-256|aes-gcm|aes-gcm-192|aes-gcm-256"
                     "|~des|~null) +", key=1),
        Rule(pattern="integrity (~md5|sha|sha256|sha384|sha512|null) +", key=1),
        Rule(pattern=f"group {_IKE_GROUPS} +", key=1, action="group"),
        Rule(pattern="prf (~md5|sha|sha256|sha384|sha512) +", key=1),
        Rule(pattern="lifetime seconds (<120-2147483647>|none)", key=2),
    ),
    "ikev1-policy": (
        Rule(pattern="authentication (crack|pre-share|rsa-sig)", key=1),
        Rule(pattern="encryption (~3des|aes|aes-192|aes-256|~des)", key=1),
        Rule(pattern="hash (~md5|sha)", key=1),
        Rule(pattern="group (~1|~2|5|14)", key=1, action="group"),
        Rule(pattern="lifetime (<120-2147483647>|none)", key=1),
    ),
}  # fmt: skip
