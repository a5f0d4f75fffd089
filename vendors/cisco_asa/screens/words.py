"""How the ASA spells algorithms and times on its `show` screens.

Words as in Cisco's "ASA Series Command Reference", pages of `show vpn-sessiondb`, `show crypto
ikev1 sa` and `show crypto ipsec sa`. The key length stands behind the cipher (`AES256`,
`esp-aes-256`), and is left away for AES with 128 bits.
"""

from __future__ import annotations

import re

from appliance.model.algorithms import Encryption, Integrity

_PLAIN = {"des": Encryption.DES, "3des": Encryption.TRIPLE_DES, "null": Encryption.NULL}
_AES = re.compile(r"aes(?:-?cbc)?(?:-?(gcm|gmac))?[- ]?\(?(128|192|256)?\)?")
_HASHES = {
    "none": Integrity.NONE,
    "n/a": Integrity.NONE,
    "null": Integrity.NONE,
    "md5": Integrity.MD5,
    "sha": Integrity.SHA1,
    "sha1": Integrity.SHA1,
    "sha-1": Integrity.SHA1,
    "sha256": Integrity.SHA256,
    "sha-256": Integrity.SHA256,
    "sha384": Integrity.SHA384,
    "sha-384": Integrity.SHA384,
    "sha512": Integrity.SHA512,
    "sha-512": Integrity.SHA512,
}
_UNITS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


def cipher(name: str | None) -> Encryption | None:
    """`AES256`, `aes-256`, `AES-GCM-256`, `3DES`; None for what is unknown or untold."""
    lower = (name or "").strip().lower()
    found = _AES.fullmatch(lower)
    if found is None:
        return _PLAIN.get(lower)
    return Encryption(f"aes{found[2] or 128}{found[1] or ''}")


def integrity(name: str | None) -> Integrity | None:
    """`SHA1`, `SHA`, `SHA256`; `none` and `N/A` go with GCM; None for what is unknown or untold."""
    return _HASHES.get((name or "").strip().lower())


def transform(text: str) -> tuple[Encryption | None, Integrity | None]:
    """Cipher and integrity of a transform: `esp-aes-256 esp-sha-256-hmac no compression`."""
    encryption: Encryption | None = None
    hashed: Integrity | None = None
    for word in text.lower().split():
        kind, _, rest = word.partition("-")
        if kind != "esp":
            continue
        if rest.endswith("-hmac") or rest == "none":
            hashed = integrity(rest.removesuffix("-hmac"))
        else:
            encryption = cipher(rest)
    if hashed is None and encryption is not None and encryption.aead:
        hashed = Integrity.NONE
    return encryption, hashed


def seconds(text: str | None) -> int | None:
    """A duration in seconds: `0h:02m:01s`, `5d 21h:51m:09s`; None when it is none."""
    if not re.fullmatch(r"(?:\d+[ywdhms][ :]*)+", text or ""):
        return None
    return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+)([ywdhms])", text or ""))


def counted(text: str | None, kind: str) -> str | None:
    """What `IKEv2: (1)AES256  IPsec: (1)AES256` says of one kind; a plain word is for all."""
    told = text or ""
    if "(" not in told:
        return told.strip() or None
    found = re.search(rf"\b{kind}\w*:\s*\(\d+\)(\S+)", told, re.IGNORECASE)
    return None if found is None else found[1]
