"""IOS's spelling of algorithms: one table for the renderer and the parser.

Words as in Cisco's "Security Command Reference": `crypto isakmp policy`, `crypto ikev2 proposal`
and `crypto ipsec transform-set` each spell the same algorithm their own way. A dict maps the model
to the word IOS prints; `*_ALIASES` are further words it accepts.
"""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity

ISAKMP_ENCRYPTION = {
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes",
    Encryption.AES192: "aes 192",
    Encryption.AES256: "aes 256",
}
ISAKMP_ENCRYPTION_ALIASES = {"aes 128": Encryption.AES128}

ISAKMP_HASH = {
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha",
    Integrity.SHA256: "sha256",
    Integrity.SHA384: "sha384",
    Integrity.SHA512: "sha512",
}
ISAKMP_HASH_ALIASES = {"sha1": Integrity.SHA1}

IKEV2_ENCRYPTION = {
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes-cbc-128",
    Encryption.AES192: "aes-cbc-192",
    Encryption.AES256: "aes-cbc-256",
    Encryption.AES128GCM: "aes-gcm-128",
    Encryption.AES256GCM: "aes-gcm-256",
}

IKEV2_INTEGRITY = {
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha1",
    Integrity.SHA256: "sha256",
    Integrity.SHA384: "sha384",
    Integrity.SHA512: "sha512",
}
IKEV2_INTEGRITY_ALIASES = {"sha": Integrity.SHA1}

TRANSFORM_ENCRYPTION = {
    Encryption.NULL: "esp-null",
    Encryption.DES: "esp-des",
    Encryption.TRIPLE_DES: "esp-3des",
    Encryption.SEAL: "esp-seal",
    Encryption.AES128: "esp-aes",
    Encryption.AES192: "esp-aes 192",
    Encryption.AES256: "esp-aes 256",
    Encryption.AES128GCM: "esp-gcm",
    Encryption.AES192GCM: "esp-gcm 192",
    Encryption.AES256GCM: "esp-gcm 256",
    Encryption.AES128GMAC: "esp-gmac",
    Encryption.AES192GMAC: "esp-gmac 192",
    Encryption.AES256GMAC: "esp-gmac 256",
}
TRANSFORM_ENCRYPTION_ALIASES = {
    "esp-aes 128": Encryption.AES128,
    "esp-gcm 128": Encryption.AES128GCM,
    "esp-gmac 128": Encryption.AES128GMAC,
}

TRANSFORM_INTEGRITY = {
    Integrity.MD5: "esp-md5-hmac",
    Integrity.SHA1: "esp-sha-hmac",
    Integrity.SHA256: "esp-sha256-hmac",
    Integrity.SHA384: "esp-sha384-hmac",
    Integrity.SHA512: "esp-sha512-hmac",
}
TRANSFORM_AH = {
    Integrity.MD5: "ah-md5-hmac",
    Integrity.SHA1: "ah-sha-hmac",
    Integrity.SHA256: "ah-sha256-hmac",
    Integrity.SHA384: "ah-sha384-hmac",
    Integrity.SHA512: "ah-sha512-hmac",
}

GROUPS = (1, 2, 5, 14, 15, 16, 19, 20, 21, 24)
"""Key exchange groups IOS knows in `group` and (with the prefix `group`) in `set pfs`."""


def group_word(group: DhGroup) -> str:
    """The group as `set pfs` spells it."""
    return f"group{int(group)}"


def configured_policy(name: str) -> bool:
    """Whether it is one that people set: IOS takes 1 to 10000, those built in are higher."""
    return name.isdigit() and int(name) <= 10_000  # noqa: PLR2004 -- as said


TWO_KEYS = "two keys"
"""`psk form` of a keyring's peer with other keys for its two ends, as Azure cannot have."""

NAMED_BY = "ike profile by"
"""What leads to the IKE profile, where it is not the ipsec profile or the map entry."""

ACL_FORM = "acl form"
"""The pairs of a crypto access list, a line each, that have no entry to themselves: IOS takes out
whole entries as they stand, so that these are neither written nor taken out one by one."""
