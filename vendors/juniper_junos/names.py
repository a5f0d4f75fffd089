"""Junos's spelling of algorithms and its defaults: one table for the renderer and the parser.

Words as in Juniper's statement reference: `security ike proposal` and `security ipsec proposal`
spell the same hash their own way. A dict maps the model to the word Junos prints; `*_ALIASES` are
further words that releases print or take.
"""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf

IKE_ENCRYPTION = {
    Encryption.DES: "des-cbc",
    Encryption.TRIPLE_DES: "3des-cbc",
    Encryption.AES128: "aes-128-cbc",
    Encryption.AES192: "aes-192-cbc",
    Encryption.AES256: "aes-256-cbc",
    Encryption.AES128GCM: "aes-128-gcm",
    Encryption.AES256GCM: "aes-256-gcm",
}

IKE_AUTHENTICATION = {
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha1",
    Integrity.SHA256: "sha-256",
    Integrity.SHA384: "sha-384",
    Integrity.SHA512: "sha-512",
}
IKE_AUTHENTICATION_ALIASES = {
    "sha-1": Integrity.SHA1,
    "sha256": Integrity.SHA256,
    "sha384": Integrity.SHA384,
    "sha512": Integrity.SHA512,
}

IKE_PRF = {
    Prf.SHA1: "prf-hmac-sha1",
    Prf.SHA256: "prf-hmac-sha256",
    Prf.SHA384: "prf-hmac-sha384",
    Prf.SHA512: "prf-hmac-sha512",
}
"""`prf-algorithm` of the newest releases; without it the PRF is that of the integrity algorithm."""

GCM_PRF = {Encryption.AES128GCM: Prf.SHA256, Encryption.AES256GCM: Prf.SHA384}
"""What an IKE proposal with GCM uses as PRF, where `authentication-algorithm` does not say it."""

IPSEC_ENCRYPTION = {
    Encryption.DES: "des-cbc",
    Encryption.TRIPLE_DES: "3des-cbc",
    Encryption.AES128: "aes-128-cbc",
    Encryption.AES192: "aes-192-cbc",
    Encryption.AES256: "aes-256-cbc",
    Encryption.AES128GCM: "aes-128-gcm",
    Encryption.AES192GCM: "aes-192-gcm",
    Encryption.AES256GCM: "aes-256-gcm",
}
"""`Encryption.NULL` has no word: a proposal without `encryption-algorithm` encrypts nothing."""

IPSEC_AUTHENTICATION = {
    Integrity.MD5: "hmac-md5-96",
    Integrity.SHA1: "hmac-sha1-96",
    Integrity.SHA256: "hmac-sha-256-128",
    Integrity.SHA384: "hmac-sha-384",
    Integrity.SHA512: "hmac-sha-512",
}
IPSEC_AUTHENTICATION_ALIASES = {
    "hmac-sha-256-96": Integrity.SHA256,
    "hmac-sha-384-192": Integrity.SHA384,
    "hmac-sha-512-256": Integrity.SHA512,
}

GROUPS = (1, 2, 5, 14, 15, 16, 19, 20, 21, 24)
"""Key exchange groups, in `dh-group` and `perfect-forward-secrecy keys` with the prefix `group`."""

IKE_LIFETIME = 28800
"""Seconds; `security ike proposal` defaults to it and does not show it."""
ESP_LIFETIME = 3600
"""Seconds; that of `security ipsec proposal`. There is no default volume: it is unlimited."""
LIFETIMES = range(180, 86_401)
"""Seconds that `lifetime-seconds` takes, of both kinds of proposal."""

DPD_INTERVAL, DPD_THRESHOLD = 10, 5
"""Seconds between probes, and how many are lost before the peer is dead."""

BGP_HOLD = 90
"""Seconds; a keepalive goes out every third of it."""


def group_word(group: DhGroup) -> str:
    """The group as Junos spells it."""
    return f"group{int(group)}"


TERM = " term "
"""Between the names of a traffic selector and of its term (21.1 on); names hold no blanks."""
