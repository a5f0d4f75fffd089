"""How IOS, and in parts the ASA, spells addresses, algorithms and times on its `show` screens.

Words as in Cisco's "Security Command Reference", pages of `show crypto ikev2 sa`, `show crypto
isakmp sa` and `show crypto ipsec sa`. They differ from those of the configuration: the key length
of a transform stands before the cipher (`esp-256-aes`), and a hash has its truncated length
appended (`SHA96` is HMAC-SHA1-96).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from appliance.model.algorithms import DhGroup, Encryption, Integrity

_CIPHERS = {
    "des": Encryption.DES,
    "3des": Encryption.TRIPLE_DES,
    "null": Encryption.NULL,
    "seal": Encryption.SEAL,
}
_SIZED = {
    "aes": {
        "128": Encryption.AES128,
        "192": Encryption.AES192,
        "256": Encryption.AES256,
    },
    "gcm": {
        "128": Encryption.AES128GCM,
        "192": Encryption.AES192GCM,
        "256": Encryption.AES256GCM,
    },
    "gmac": {
        "128": Encryption.AES128GMAC,
        "192": Encryption.AES192GMAC,
        "256": Encryption.AES256GMAC,
    },
}
_HASHES = {
    "none": Integrity.NONE,
    "n/a": Integrity.NONE,
    "md5": Integrity.MD5,
    "md596": Integrity.MD5,
    "sha": Integrity.SHA1,
    "sha1": Integrity.SHA1,
    "sha96": Integrity.SHA1,
    "sha256": Integrity.SHA256,
    "sha384": Integrity.SHA384,
    "sha512": Integrity.SHA512,
}
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def address(text: str | None) -> IPv4Address | None:
    """An IPv4 address; None for anything else (IPv6, a name) and for 0.0.0.0, which is nobody."""
    try:
        found = IPv4Address(text or "")
    except ValueError:
        return None
    return None if found.is_unspecified else found


def network(text: str) -> IPv4Network | None:
    """`10.0.0.0/255.0.0.0`, `10.0.0.0/8` or an address alone; None when it is no network."""
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def span(first: str, last: str) -> tuple[IPv4Network, ...]:
    """The networks that make up a range of addresses; none when the range is impossible."""
    try:
        return tuple(summarize_address_range(IPv4Address(first), IPv4Address(last)))
    except ValueError:
        return ()


def cipher(name: str | None, size: str | None = None) -> Encryption | None:
    """`AES-CBC` and 256, `AES-GCM` and 256, `3DES`; None when the size of an AES key is untold."""
    parts = (name or "").lower().split("-")
    family = next((part for part in ("gcm", "gmac", "aes") if part in parts), None)
    if family is None:
        return _CIPHERS.get(parts[0])
    return _SIZED[family].get(size or "")


def integrity(name: str | None) -> Integrity | None:
    """`SHA96`, `SHA256`, `None`, `sha`; None when the name is unknown or untold."""
    return _HASHES.get((name or "").lower())


def group(number: str | None) -> DhGroup | None:
    """The key exchange group of an IANA number; 0 and numbers we do not know are None."""
    try:
        return DhGroup(int(number or 0))
    except ValueError:
        return None


def transform(text: str) -> tuple[Encryption | None, Integrity | None]:
    """Cipher and integrity of a transform as the SA shows it: `esp-256-aes esp-sha256-hmac`.

    A plain `esp-aes` or `esp-gcm` has 128 bits. Combined ciphers have integrity NONE.
    """
    words = re.findall(r"[a-z0-9]+", text.lower())
    size = next((word for word in words if word in ("128", "192", "256")), "128")
    family = next((word for word in words if word in _SIZED), None)
    plain = (_CIPHERS[word] for word in words if word in _CIPHERS)
    encryption = next(plain, None) if family is None else _SIZED[family][size]
    hashed = re.search(r"(?:esp|ah)-(\w+)-hmac", text.lower())
    if hashed is not None:
        return encryption, integrity(hashed[1])
    return encryption, Integrity.NONE if encryption is not None and encryption.aead else None


def seconds(text: str | None) -> int | None:
    """A time span in seconds: `00:02:37`, `1d02h`, `7w0d`; None for words such as `never`."""
    clock = re.fullmatch(r"(\d+):(\d\d):(\d\d)", text or "")
    if clock is not None:
        hours, minutes, rest = map(int, clock.groups())
        return hours * 3_600 + minutes * 60 + rest
    if not re.fullmatch(r"(?:\d+[ywdhms])+", text or ""):
        return None
    return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([ywdhms])", text or ""))
