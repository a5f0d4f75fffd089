"""strongSwan's keywords of algorithms: one table for the renderer and the parser.

Words as in "IKEv2 Cipher Suites" and "IKEv1 Cipher Suites" of strongSwan's documentation. A
proposal is its keywords, joined by dashes, in any order. A dict maps the model to the word we
write; `*_ALIASES` are further words that mean the same.
"""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf

ENCRYPTION = {
    Encryption.NULL: "null",
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes128",
    Encryption.AES192: "aes192",
    Encryption.AES256: "aes256",
    Encryption.AES128GCM: "aes128gcm16",
    Encryption.AES192GCM: "aes192gcm16",
    Encryption.AES256GCM: "aes256gcm16",
    Encryption.AES128GMAC: "aes128gmac",
    Encryption.AES192GMAC: "aes192gmac",
    Encryption.AES256GMAC: "aes256gmac",
}
ENCRYPTION_ALIASES = {
    "aes": Encryption.AES128,
    **{
        f"aes{size}gcm{tag}": Encryption(f"aes{size}gcm")
        for size in (128, 192, 256)
        for tag in ("", 128)
    },
}

INTEGRITY = {
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha1",
    Integrity.SHA256: "sha256",
    Integrity.SHA384: "sha384",
    Integrity.SHA512: "sha512",
}
INTEGRITY_ALIASES = {
    "sha": Integrity.SHA1,
    "sha2_256": Integrity.SHA256,
    "sha2_384": Integrity.SHA384,
    "sha2_512": Integrity.SHA512,
}

PRF = {prf: f"prf{prf.value}" for prf in Prf}

GROUPS = {
    DhGroup.MODP768: "modp768",
    DhGroup.MODP1024: "modp1024",
    DhGroup.MODP1536: "modp1536",
    DhGroup.MODP2048: "modp2048",
    DhGroup.MODP3072: "modp3072",
    DhGroup.MODP4096: "modp4096",
    DhGroup.MODP6144: "modp6144",
    DhGroup.MODP8192: "modp8192",
    DhGroup.ECP256: "ecp256",
    DhGroup.ECP384: "ecp384",
    DhGroup.ECP521: "ecp521",
    DhGroup.MODP1024_160: "modp1024s160",
    DhGroup.MODP2048_224: "modp2048s224",
    DhGroup.MODP2048_256: "modp2048s256",
    DhGroup.CURVE25519: "curve25519",
    DhGroup.CURVE448: "curve448",
}
GROUP_ALIASES = {"x25519": DhGroup.CURVE25519, "x448": DhGroup.CURVE448}

WITHOUT_MEANING = frozenset({"esn", "noesn", "none", "modpnone"})
"""Words that say nothing the model holds: sequence numbers, and that there is no group."""

# What `default` stands for, as charon 5.9.8 lists it in its log (`configured proposals`) with the
# plugins that distributions load; what the model has no name for (CTR, CCM, Camellia, ChaCha20,
# Brainpool) is left out. Older ones have no AEAD proposal for ESP in it.
_DEFAULT_GROUPS = (
    "curve25519-curve448-ecp256-ecp384-ecp521-modp3072-modp4096-modp6144-modp8192-modp2048"
)
_DEFAULT_PRFS = "prfsha256-prfsha384-prfsha512-prfsha1"
DEFAULT_IKE = (
    f"aes128-aes192-aes256-3des-sha256-sha384-sha512-sha1-{_DEFAULT_PRFS}-{_DEFAULT_GROUPS}",
    f"aes128gcm16-aes192gcm16-aes256gcm16-{_DEFAULT_PRFS}-{_DEFAULT_GROUPS}",
)
DEFAULT_ESP = (
    "aes128gcm16-aes192gcm16-aes256gcm16",
    "aes128-aes192-aes256-sha256-sha384-sha512-sha1",
)
DEFAULT_AH = ("sha256-sha384-sha512-sha1",)

WORDS: dict[str, Encryption | Integrity | Prf | DhGroup] = {
    **{word: cipher for cipher, word in ENCRYPTION.items()},
    **ENCRYPTION_ALIASES,
    **{word: hash_ for hash_, word in INTEGRITY.items()},
    **INTEGRITY_ALIASES,
    **{word: prf for prf, word in PRF.items()},
    **{word: group for group, word in GROUPS.items()},
    **GROUP_ALIASES,
}
"""Every keyword that the model has a meaning for."""

# Lifetimes in seconds, from swanctl.conf(5) and ipsec.conf(5).
IKE_REKEY_SECONDS = 4 * 3_600
ESP_REKEY_SECONDS = 3_600
LEGACY_IKE_SECONDS = 3 * 3_600
LEGACY_ESP_SECONDS = 3_600
LEGACY_DPD_SECONDS = 30
LEGACY_DPD_TIMEOUT_SECONDS = 150
