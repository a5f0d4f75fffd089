"""Short names for secrets, by which two can be told apart and neither be found out.

They are keyed with a random key that never leaves this machine: without it nobody can try a list
of likely keys against the fingerprints in a report.
"""

# On the way of commands that should start fast, and pathlib costs 2 ms:
# ruff: noqa: PTH103, PTH108, PTH118, PTH120

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from functools import cache

from appliance.errors import SecretError
from appliance.model.secret import Secret
from appliance.secrets.private import read_private
from appliance.xdg import folder

_KEY_BYTES = 32
_SHOWN_DIGITS = 16


def fingerprint(secret: Secret) -> str:
    """`hmac:` and 16 hex digits, the same for the same secret on this machine.

    Raises `SecretError` when the machine's key is damaged or open to others. Where there is no
    place to keep one (a read-only home), fingerprints hold for this process only.
    """
    digest = hmac.new(_key(_key_file()), secret.reveal().encode(), "sha256").hexdigest()
    return f"hmac:{digest[:_SHOWN_DIGITS]}"


def _key_file() -> str:
    try:
        return os.path.join(folder("XDG_STATE_HOME"), "fingerprint.key")
    except FileNotFoundError:
        return ""  # no place to keep one


@cache
def _key(path: str) -> bytes:
    fresh = os.urandom(_KEY_BYTES)
    try:
        return _read(path)
    except OSError:
        pass
    try:
        _create(path, fresh)
        return _read(path)
    except OSError:
        return fresh


def _read(path: str) -> bytes:
    key = read_private(path, limit=_KEY_BYTES)
    if len(key) != _KEY_BYTES:
        raise SecretError(
            f"{path} is damaged",
            hint="remove it: a new one is made, and older fingerprints no longer compare",
        )
    return key


def _create(path: str, key: bytes) -> None:
    """Write the key beside its place and link it there: whoever is first wins, whole."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    draft = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
