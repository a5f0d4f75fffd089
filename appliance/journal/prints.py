"""What is kept of keys: whether two are the same can be told from it, on this machine alone."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from appliance.errors import RefusedError
from appliance.journal.folder import state_directory
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnels

_BYTES = 32
_SHOWN = 16


HIDDEN = "hidden"
"""In place of a fingerprint: there is a key, and the device does not show it."""


def prints(tunnels: Tunnels) -> dict[str, str | None]:
    """For each tunnel by name a keyed fingerprint of its key, or `HIDDEN`; None without a key.

    HMAC-SHA256 under a random value of this machine, cut short: no key can be guessed from it
    without that value. Raises `RefusedError` when the value cannot be kept.
    """
    secret = _secret()
    return {tunnel.name: _print(secret, tunnel.psk) for tunnel in tunnels}


def print_of(key: Secret) -> str | None:
    """The fingerprint of one key. Raises as `prints` does."""
    return _print(_secret(), key)


def machine() -> str:
    """Stands for the random value: fingerprints compare only where it is the same.

    Raises `RefusedError` as `prints` does.
    """
    return hmac.new(_secret(), b"\0whose fingerprints these are", "sha256").hexdigest()[:_SHOWN]


def _print(secret: bytes, key: Secret | Hidden | None) -> str | None:
    if not isinstance(key, Secret):
        return None if key is None else HIDDEN
    return hmac.new(secret, key.reveal().encode(), "sha256").hexdigest()[:_SHOWN]


def _secret() -> bytes:
    try:
        path = state_directory() / "journal.key"
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise RefusedError(
            f"the journal's own key cannot be kept: {error.strerror}",
            where=str(error.filename),
            hint="make room, or point XDG_STATE_HOME elsewhere",
        ) from error
    if len(found) < _BYTES:
        raise RefusedError(
            "the journal's own key is damaged: it is too short to keep a secret",
            where=str(path),
            hint="put it back from a backup; or remove it: what was kept of keys so far then "
            "compares with nothing",
        )
    return found


def _make(path: Path) -> None:
    """Whole or not at all, and once: two pushes may begin at the same moment."""
    beside = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(beside, flags, 0o600), "wb") as file:  # noqa: PTH123 -- by descriptor
        file.write(os.urandom(_BYTES))
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave an empty value under its name
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
