"""Cryptographic algorithms by their IANA meaning; no vendor's spelling lives here.

Numbers are those of the IANA registry "IKEv2 Parameters" (RFC 7296, section 3.3.2); the values
of the string enums are the tokens used in JSON documents, reports and the inventory.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Strength(IntEnum):
    """How far an algorithm can be trusted today; ordered, so that `min` finds the weakest link."""

    WEAK = 0
    ACCEPTABLE = 1
    STRONG = 2


class IkeVersion(IntEnum):
    """Version of the IKE protocol."""

    V1 = 1
    V2 = 2


class Encryption(StrEnum):
    """Cipher of an IKE SA or a child SA, with its key length."""

    NULL = "null"
    DES = "des"
    TRIPLE_DES = "3des"
    SEAL = "seal"
    AES128 = "aes128"
    AES192 = "aes192"
    AES256 = "aes256"
    AES128GCM = "aes128gcm"
    AES192GCM = "aes192gcm"
    AES256GCM = "aes256gcm"
    AES128GMAC = "aes128gmac"
    AES192GMAC = "aes192gmac"
    AES256GMAC = "aes256gmac"

    @property
    def aead(self) -> bool:
        """Whether the cipher authenticates by itself, so that no integrity transform goes along."""
        return self.value.endswith(("gcm", "gmac"))

    @property
    def strength(self) -> Strength:
        """GMAC and NULL leave the payload readable, whatever else they do."""
        weak = self in _WEAK_CIPHERS or self.value.endswith("gmac")
        return Strength.WEAK if weak else Strength.STRONG


_WEAK_CIPHERS = frozenset({Encryption.NULL, Encryption.DES, Encryption.TRIPLE_DES, Encryption.SEAL})


class Integrity(StrEnum):
    """Integrity transform; `NONE` goes with an AEAD cipher."""

    NONE = "none"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    @property
    def strength(self) -> Strength:
        """`NONE` is judged with its cipher, never alone."""
        return _HASH_STRENGTH.get(self.value, Strength.STRONG)


class Prf(StrEnum):
    """Pseudo-random function of an IKE SA."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    @property
    def strength(self) -> Strength:
        """HMAC-SHA1 as a PRF is not broken, but no longer recommended (RFC 8247)."""
        return _HASH_STRENGTH.get(self.value, Strength.STRONG)


_HASH_STRENGTH = {"md5": Strength.WEAK, "sha1": Strength.ACCEPTABLE}


class DhGroup(IntEnum):
    """Key exchange method by IANA number; the member's name tells its kind and size."""

    MODP768 = 1
    MODP1024 = 2
    MODP1536 = 5
    MODP2048 = 14
    MODP3072 = 15
    MODP4096 = 16
    MODP6144 = 17
    MODP8192 = 18
    ECP256 = 19
    ECP384 = 20
    ECP521 = 21
    MODP1024_160 = 22
    MODP2048_224 = 23
    MODP2048_256 = 24
    CURVE25519 = 31
    CURVE448 = 32

    @property
    def strength(self) -> Strength:
        """Groups 22-24 have subgroups of doubtful origin (RFC 8247, section 2.4)."""
        if self in _WEAK_GROUPS:
            return Strength.WEAK
        return Strength.ACCEPTABLE if self is DhGroup.MODP2048_256 else Strength.STRONG


_WEAK_GROUPS = frozenset(
    {DhGroup.MODP768, DhGroup.MODP1024, DhGroup.MODP1536, DhGroup.MODP1024_160}
)
