"""Which SSH algorithms are offered: today's always, old ones only for a device that names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.errors import RefusedError

# GCM first: paramiko compares HMACs byte by byte in Python, an AEAD cipher needs none.
CIPHERS = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
MACS = (
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
)
HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
# SHA-1 signatures and exchanges, CBC and short MACs: RFC 9142 and RFC 8758 retire them.
OLD: Mapping[str, tuple[str, ...]] = {
    "kex": (
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ),
    "keys": ("ssh-rsa",),
    "ciphers": ("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
_KINDS = {"kex": "key exchange", "keys": "host key", "ciphers": "cipher", "macs": "MAC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one side proposes, by kind, in order of preference."""

    kex: tuple[str, ...]
    keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """The algorithms of one kind: kex, keys, ciphers or macs."""
        return {"kex": self.kex, "keys": self.keys, "ciphers": self.ciphers, "macs": self.macs}[
            kind
        ]


def offer(
    kex: tuple[str, ...], legacy: tuple[str, ...], *, pinned: str | None = None, where: str = ""
) -> Offer:
    """What we propose: today's algorithms, then the named old ones, the pinned key's type first.

    `kex` are the library's own exchanges. Raises `RefusedError` for a name that is not known.
    """
    known = {name for names in OLD.values() for name in names}
    unknown = [name for name in legacy if name not in known]
    if unknown:
        raise RefusedError(
            f"unknown old SSH algorithm {', '.join(unknown)}",
            where=where,
            hint=f"known ones: {', '.join(sorted(known))}",
        )
    old = {kind: tuple(n for n in names if n in legacy) for kind, names in OLD.items()}
    keys = sorted(HOST_KEYS + old["keys"], key=lambda name: not _signs(name, pinned))
    return Offer(
        kex=tuple(name for name in kex if name not in OLD["kex"]) + old["kex"],
        keys=tuple(keys),
        ciphers=CIPHERS + old["ciphers"],
        macs=MACS + old["macs"],
    )


def _signs(algorithm: str, key_type: str | None) -> bool:
    return algorithm == key_type or (key_type == "ssh-rsa" and algorithm.startswith("rsa-sha2-"))


def missing(ours: Offer, theirs: Offer) -> tuple[str, str]:
    """Why two offers do not meet, and what to do: (message, hint), both empty when they do."""
    gaps = [kind for kind in _KINDS if not set(ours.of(kind)) & set(theirs.of(kind))]
    if not gaps:
        return "", ""
    message = "; ".join(
        f"the device offers only {', '.join(theirs.of(kind)) or 'nothing'} as {_KINDS[kind]}"
        for kind in gaps
    )
    ways = {kind: [name for name in OLD[kind] if name in theirs.of(kind)][:1] for kind in gaps}
    if not all(ways.values()):
        return message, "update the SSH server of this device; none of these can be used"
    names = ", ".join(name for way in ways.values() for name in way)
    return message, (
        f"better configure the device for current algorithms; to allow the old ones for this one "
        f"device, give it `legacy: [{names}]`"
    )
