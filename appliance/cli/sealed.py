"""Opening what the journal sealed, and writing it where only its reader can see it."""

from __future__ import annotations

import os

from appliance import journal
from appliance.errors import UsageError

KEY_HELP = "the private key that snapshots open with: file:PATH, env:NAME or keyring:SERVICE/NAME"


def opened(number: int, name: str, key: str | None) -> str:
    """The whole configuration `name` (before, after) of a push.

    Raises `UsageError` where none was sealed or the key is not the right one, `SecretError` where
    the key cannot be had.
    """
    kept = journal.snapshots(number)
    if name not in kept:
        there = f"there are: {', '.join(sorted(kept))}" if kept else _NONE
        raise UsageError(f"push {number} has no sealed {name!r}", hint=there)
    if key is None:
        raise UsageError(
            f"the {name!r} of push {number} is sealed, and no key is given",
            hint=f"--key REF: {KEY_HELP}",
        )
    return journal.opened(kept[name], _private(key), number, name)


_NONE = (
    "nothing was sealed: snapshots.seal_to in the inventory was not set then; --show has the "
    "copies with keys masked"
)


def _private(key: str) -> str:
    """The text of a key in PEM form, which has many lines: other secrets may not."""
    from appliance.secrets import SOURCES, parse_ref  # noqa: PLC0415 -- only where a seal is opened

    ref = parse_ref(key)
    if ref is None or ref.scheme == "prompt":
        raise UsageError("--key takes a reference, never a key", hint=KEY_HELP)
    return SOURCES[ref.scheme](ref.path, "--key")


def write_private(path: str, text: str) -> None:
    """Make the file, for us alone. Raises `UsageError` when it is there already, or cannot be."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with open(os.open(path, flags, 0o600), "wb") as file:  # noqa: PTH123 -- by descriptor
            file.write(text.encode("utf-8", "surrogateescape"))
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="name another file") from None
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            hint="name a file in a folder that is there and may be written to",
        ) from None
