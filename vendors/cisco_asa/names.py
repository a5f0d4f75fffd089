"""ASA's spelling of algorithms, its defaults and our mark: one table for the writer and the reader.

Words as in Cisco's "ASA Series Command Reference": `crypto ikev1 policy`, `crypto ikev2 policy`,
`crypto ipsec ikev1 transform-set` and `crypto ipsec ikev2 ipsec-proposal` each spell the same
algorithm their own way. A dict maps the model to the word the ASA prints; `*_ALIASES` are further
words it accepts or printed in older releases.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from appliance.model.algorithms import DhGroup, Encryption, Integrity, Prf

IKEV1_ENCRYPTION = {
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes",
    Encryption.AES192: "aes-192",
    Encryption.AES256: "aes-256",
}
IKEV1_HASH = {Integrity.MD5: "md5", Integrity.SHA1: "sha"}

IKEV2_ENCRYPTION = {
    Encryption.NULL: "null",
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes",
    Encryption.AES192: "aes-192",
    Encryption.AES256: "aes-256",
    Encryption.AES128GCM: "aes-gcm",
    Encryption.AES192GCM: "aes-gcm-192",
    Encryption.AES256GCM: "aes-gcm-256",
}
IKEV2_INTEGRITY = {
    Integrity.NONE: "null",
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha",
    Integrity.SHA256: "sha256",
    Integrity.SHA384: "sha384",
    Integrity.SHA512: "sha512",
}
IKEV2_PRF = {
    Prf.MD5: "md5",
    Prf.SHA1: "sha",
    Prf.SHA256: "sha256",
    Prf.SHA384: "sha384",
    Prf.SHA512: "sha512",
}

TRANSFORM_ENCRYPTION = {
    Encryption.NULL: "esp-null",
    Encryption.DES: "esp-des",
    Encryption.TRIPLE_DES: "esp-3des",
    Encryption.AES128: "esp-aes",
    Encryption.AES192: "esp-aes-192",
    Encryption.AES256: "esp-aes-256",
}
TRANSFORM_INTEGRITY = {
    Integrity.NONE: "esp-none",
    Integrity.MD5: "esp-md5-hmac",
    Integrity.SHA1: "esp-sha-hmac",
}

PROPOSAL_ENCRYPTION = {
    Encryption.NULL: "null",
    Encryption.DES: "des",
    Encryption.TRIPLE_DES: "3des",
    Encryption.AES128: "aes",
    Encryption.AES192: "aes-192",
    Encryption.AES256: "aes-256",
    Encryption.AES128GCM: "aes-gcm",
    Encryption.AES192GCM: "aes-gcm-192",
    Encryption.AES256GCM: "aes-gcm-256",
    Encryption.AES128GMAC: "aes-gmac",
    Encryption.AES192GMAC: "aes-gmac-192",
    Encryption.AES256GMAC: "aes-gmac-256",
}
PROPOSAL_INTEGRITY = {
    Integrity.NONE: "null",
    Integrity.MD5: "md5",
    Integrity.SHA1: "sha-1",
    Integrity.SHA256: "sha-256",
    Integrity.SHA384: "sha-384",
    Integrity.SHA512: "sha-512",
}

ENCRYPTION_ALIASES = {
    "aes-128": Encryption.AES128,
    "aes-gcm-128": Encryption.AES128GCM,
    "aes-gmac-128": Encryption.AES128GMAC,
    "esp-aes-128": Encryption.AES128,
    "aes128": Encryption.AES128,
    "aes192": Encryption.AES192,
    "aes256": Encryption.AES256,
}
HASH_ALIASES = {
    "sha1": Integrity.SHA1,
    "sha-1": Integrity.SHA1,
    "sha": Integrity.SHA1,
    "sha-256": Integrity.SHA256,
    "sha256": Integrity.SHA256,
    "sha-384": Integrity.SHA384,
    "sha384": Integrity.SHA384,
    "sha-512": Integrity.SHA512,
    "sha512": Integrity.SHA512,
    "none": Integrity.NONE,
    "esp-sha1-hmac": Integrity.SHA1,
}

GROUPS = (1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31)
"""Key exchange groups the ASA knows in some release; `capabilities` says which in which."""

SA_SECONDS, SA_KILOBYTES = 28800, 4608000
"""What `crypto ipsec security-association lifetime` is when nobody set it."""

IKE_SECONDS = 86400
"""Lifetime of the IKE SA where a policy does not say it (both versions of IKE)."""

IKE_FOREVER = 2_147_483_647
"""What `lifetime none` comes to: the longest that can be said."""

DPD_THRESHOLD, DPD_RETRY = 10, 2
"""Seconds of `isakmp keepalive` in a LAN-to-LAN tunnel-group where it is not configured."""

TCP_MSS = 1380
"""What `sysopt connection tcpmss` is when nobody set it; 0 switches it off."""

LABEL = "appliance:"
"""Our mark. In the description of a tunnel interface (`description appliance: LABEL`), and in the
first line of a crypto access list (`access-list NAME remark appliance: LABEL`)."""

DEFAULT_GROUPS = frozenset({"DefaultL2LGroup", "DefaultRAGroup", "DefaultWEBVPNGroup"})
"""Tunnel-groups that all peers and clients without their own share: never touched."""

PERMIT_VPN_OFF = (
    "sysopt connection permit-vpn is off: what comes out of the tunnel must pass the "
    "access list of the interface"
)
"""What is told of a tunnel on a box with `no sysopt connection permit-vpn`."""

GROUP_14_SINCE = (9, 13)
"""From here on a bare `set pfs` and an unset `group` mean 14, before 2 (release notes of 9.13)."""

Release = tuple[int, ...]


def release(version: str | None) -> Release | None:
    """`9.16(4)12` as (9, 16, 4, 12); None when the version is unknown or no version."""
    numbers = re.findall(r"\d+", version or "")
    return tuple(map(int, numbers[:4])) if len(numbers) > 1 else None


def default_group(version: str | None) -> DhGroup:
    """The group that the ASA takes where none is written.

    An unknown version counts as an old one: a text that hides its release (old snippets do) is
    likelier to be old, and 2 is the answer that makes a person look.
    """
    known = release(version)
    new = known is not None and known >= GROUP_14_SINCE
    return DhGroup.MODP2048 if new else DhGroup.MODP1024


def group_word(group: DhGroup) -> str:
    """The group as `set pfs` spells it."""
    return f"group{int(group)}"


def masked(network: IPv4Network) -> str:
    """A network as an access list spells it."""
    if network.prefixlen == 0:
        return "any4"
    if network.prefixlen == 32:  # noqa: PLR2004 -- a host
        return f"host {network.network_address}"
    return f"{network.network_address} {network.netmask}"
