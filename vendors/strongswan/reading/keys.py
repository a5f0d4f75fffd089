"""Which key charon takes for a connection: the one that fits the peer best, then ourselves."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from fnmatch import fnmatchcase

from appliance.model.masked import masked
from appliance.model.secret import Hidden, Secret
from vendors.strongswan.reading.conn import SharedKey

_EXACT, _PATTERN, _ANYBODY, _NO = 3, 2, 1, 0
_ANY = frozenset({"%any", "%any4", "0.0.0.0", "*"})  # noqa: S104 -- wildcards, no address to bind


class Keyring:
    """The keys of a host, found by whose they are."""

    def __init__(self, keys: Iterable[SharedKey]) -> None:
        self.keys = tuple(keys)
        self._exact: dict[str, list[int]] = {}
        self._loose: list[int] = []
        for number, key in enumerate(self.keys):
            owners = [plain(owner) for owner in key.ids]
            for owner in owners:
                self._exact.setdefault(owner, []).append(number)
            if not owners or any(owner in _ANY or "*" in owner for owner in owners):
                self._loose.append(number)

    def choose(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> SharedKey | None:
        """The key for a peer; None when no key is for either end (libstrongswan, mem_cred)."""
        best: SharedKey | None = None
        score = (_NO, _NO)
        own = {number for one in (*ours, *theirs) for number in self._exact.get(plain(one), ())}
        for number in sorted(own.union(self._loose)):
            key = self.keys[number]
            fits = (_fits(key.ids, theirs), _fits(key.ids, ours))
            if fits > score:
                best, score = key, fits
        return best


def _fits(owners: tuple[str, ...], ids: tuple[str, ...]) -> int:
    if not owners:
        return _ANYBODY
    return max((_match(owner, one) for owner in owners for one in ids), default=_NO)


def _match(owner: str, identity: str) -> int:
    owner, identity = plain(owner), plain(identity)
    if owner in _ANY:
        return _ANYBODY
    if owner == identity:
        return _EXACT
    return _PATTERN if "*" in owner and fnmatchcase(identity, owner) else _NO


_PREFIXES = ("fqdn:", "dns:", "email:", "rfc822:", "userfqdn:", "keyid:", "ipv4:", "@")


def plain(identity: str) -> str:
    """An identity without the mark of its kind, as two of them are compared."""
    identity = identity.strip().lower()
    prefix = next((prefix for prefix in _PREFIXES if identity.startswith(prefix)), "")
    return identity.removeprefix(prefix)


def decoded(value: str) -> Secret | Hidden:
    """The key of a configured value: text, or bytes as 0x hexadecimal or 0s Base64.

    Bytes that are no text stay in the form they are written in: nobody could type them.
    """
    if masked(value):
        return Hidden("it was taken out of the text before that was saved")
    if len(value) <= 2:  # noqa: PLR2004 -- the prefix alone is no encoding
        return Secret(value)
    try:
        if value[:2].lower() == "0x":
            return Secret(bytes.fromhex(value[2:].replace(":", "")).decode())
        if value[:2].lower() == "0s":
            return Secret(base64.b64decode(value[2:], validate=False).decode())
    except (binascii.Error, ValueError):
        pass
    return Secret(value)


def encoded(key: str) -> str:
    """A key so that `decoded` gives it back: Base64 where it looks like something else."""
    if key[:2].lower() in ("0x", "0s") or masked(key):
        return "0s" + base64.b64encode(key.encode()).decode()
    return key
