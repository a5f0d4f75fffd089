"""What was read live, as a folder of exports that the importer reads to the same expectation."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from appliance.azure.live.reader import Piece
from appliance.azure.tree import fold
from appliance.errors import UsageError

LIST = ".appliance-export"
"""Names the files of the last save: those, and nothing of others', give way to the next one."""
_PRIVATE, _PUBLIC = 0o600, 0o644
_PART = ".part"
_KEYS = frozenset({"sharedkey"})
_NEVER = frozenset({"authorizationkey", "radiusserversecret", "psk"})
"""Secrets that no expectation needs."""


def save(pieces: Sequence[Piece], folder: str | os.PathLike[str], *, keys: bool) -> list[Path]:
    """Write each resource to a file of its own in `folder`, dated when it was read.

    Keys are left out unless `keys`; files with one are for their owner only. Files of an earlier
    save that are not written again are removed. Raises `UsageError` for a folder that holds
    exports of another origin, since they would be read with these, and where nothing can be
    written.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        before = _before(target)
        files = _named(pieces)
        for name, piece in files.items():
            _write(target / name, piece, keys=keys)
        for name in before - set(files):
            (target / name).unlink(missing_ok=True)
        (target / LIST).write_text("".join(f"{name}\n" for name in sorted(files)))
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror or 'unknown reason'}",
            where=str(target),
            hint="name a folder that is yours",
        ) from error
    return [target / name for name in files]


def _before(target: Path) -> set[str]:
    """The files of the last save. Raises `UsageError` when there are others."""
    known = target / LIST
    ours = set(known.read_text().split("\n")) - {""} if known.is_file() else set[str]()
    ours = {name for name in ours if name == Path(name).name}
    inside = [each.name for each in target.iterdir() if not each.name.endswith(_PART)]
    others = set(inside) - {*ours, LIST}
    if others:
        raise UsageError(
            f"the folder holds other files ({', '.join(sorted(others)[:3])})",
            where=str(target),
            hint="name an empty folder, or that of an earlier --save",
        )
    return ours


def _named(pieces: Sequence[Piece]) -> Mapping[str, Piece]:
    """A file name for each: kind and name, with the resource group where that is not enough."""
    named: dict[str, Piece] = {}
    for piece in pieces:
        parts = piece.id.strip("/").split("/")
        kind, name = parts[-2], parts[-1]
        plain = _plain(f"{kind}-{name}.json")
        if plain in {each.casefold() for each in named}:
            plain = _plain(f"{'-'.join(parts[1:])}.json")
        named[plain] = piece
    return named


def _plain(name: str) -> str:
    """A file name that every system takes."""
    return "".join(mark if mark.isalnum() or mark in "-_." else "_" for mark in name.casefold())


def _write(path: Path, piece: Piece, *, keys: bool) -> None:
    """The file is there as a whole or not at all, and never open to others for a moment."""
    value = _without(piece.value, _NEVER if keys else _NEVER | _KEYS)
    mode = _PRIVATE if keys and _holds(value, _KEYS) else _PUBLIC
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    part = path.with_name(f".{path.name}{_PART}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    os.utime(part, (piece.read_at, piece.read_at))
    part.replace(path)


def _without(value: object, secret: frozenset[str]) -> object:
    """A copy without the members of these names. What only says that nothing was read stays."""
    if isinstance(value, list):
        return [_without(each, secret) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without(inner, secret)
        for name, inner in cast(dict[str, object], value).items()
        if fold(name) not in secret or _says_nothing(inner)
    }


def _says_nothing(value: object) -> bool:
    return isinstance(value, str) and value.startswith("<")


def _holds(value: object, names: frozenset[str]) -> bool:
    if isinstance(value, list):
        return any(_holds(each, names) for each in value)
    if not isinstance(value, dict):
        return False
    return any(fold(name) in names or _holds(inner, names) for name, inner in value.items())
