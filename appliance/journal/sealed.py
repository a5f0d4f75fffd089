"""Whole configurations, keys and all, sealed to a public key: who seals cannot read them.

HPKE in base mode (RFC 9180) with X25519, HKDF-SHA256 and ChaCha20-Poly1305. Only the public key is
on the machine that pushes, so that neither its disk nor its backups give the keys of devices away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import RefusedError, SecretError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import Suite

Seal = Callable[[int, str, str], bytes]
"""Seals the text of push `run` that has this name: (run, name, text) -> bytes."""

_LARGEST = 16 * 1024  # bytes of a file with a public key
_MAKE = (
    "openssl genpkey -algorithm X25519 -out snapshots.key; openssl pkey -in snapshots.key -pubout "
    "-out snapshots.pub; keep snapshots.key elsewhere"
)


def sealer(path: str, site: str) -> Seal:
    """What seals to the public key in the file at `path` (PEM).

    Raises `RefusedError` where that cannot be done: asked before a device is touched.
    """
    try:
        suite, key = _suite(), _public(path)
        suite.encrypt(b"", key)
    except ImportError:
        raise _refused("needs cryptography 47 or newer", site, "pip install -U cryptography") from (
            None
        )
    except OSError as error:
        raise _refused(f"{path}: {error.strerror}", site, _MAKE) from None
    except ValueError:
        raise _refused(f"{path} is no X25519 public key in PEM form", site, _MAKE) from None

    def seal(run: int, name: str, text: str) -> bytes:
        return suite.encrypt(_encoded(text), key, info=_bound(run, name))

    return seal


def opened(data: bytes, pem: str, run: int, name: str) -> str:
    """The text again, with the private key in `pem`.

    Raises `SecretError` when that is no such key, `UsageError` when it is not the one that this was
    sealed to, or the journal was altered.
    """
    from cryptography.exceptions import (  # noqa: PLC0415 -- 30 ms, and only where a seal is opened
        InvalidTag,
        UnsupportedAlgorithm,
    )
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 -- as above
        X25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 -- as above
        load_pem_private_key,
    )

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it has a pass phrase
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise SecretError(
            "this is no X25519 private key in PEM form without a pass phrase",
            hint="it begins with -----BEGIN PRIVATE KEY-----; `openssl pkey -in FILE` takes a pass "
            "phrase away",
        )
    try:
        return _decoded(_suite().decrypt(data, key, info=_bound(run, name)))
    except InvalidTag:
        raise UsageError(
            f"the {name!r} of push {run} does not open with this key",
            hint="it was sealed to another key (snapshots.seal_to at that time), or altered since",
        ) from None


def _suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import (  # noqa: PLC0415 -- 30 ms; only where sealed
        AEAD,
        KDF,
        KEM,
        Suite,
    )

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _public(path: str) -> X25519PublicKey:
    """Raises `OSError`, and `ValueError` for what is no such key."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 -- as above
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 -- as above
        X25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 -- as above
        load_pem_public_key,
    )

    with Path(path).open("rb") as file:
        data = file.read(_LARGEST)
    try:
        key = load_pem_public_key(data)
    except UnsupportedAlgorithm:
        raise ValueError(path) from None
    if not isinstance(key, X25519PublicKey):
        raise ValueError(path)  # noqa: TRY004 -- what the file holds, not what we were given
    return key


def _bound(run: int, name: str) -> bytes:
    """What a seal is bound to: nobody can exchange two texts in the journal."""
    return f"appliance/snapshot/1 {run} {name}".encode()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _refused(why: str, site: str, hint: str) -> RefusedError:
    return RefusedError(
        f"snapshots cannot be sealed: {why}",
        where=f"site {site}",
        hint=f"nothing was touched; {hint}",
    )
