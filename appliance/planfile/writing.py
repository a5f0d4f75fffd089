"""Writes plan files: JSON for their user alone, never over anything that is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping

from appliance.errors import RefusedError, UsageError
from appliance.planfile.document import SCHEMA, Line, PlanFile
from appliance.planfile.words import written


def write(file: PlanFile, path: str) -> None:
    """Into a new file, on disk when this returns.

    Raises `RefusedError` where something is there already, `UsageError` where nothing can be.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise RefusedError(
            f"{path} is there already, and may be what somebody approved",
            hint="remove it (and its .sig), or name another file",
        ) from None
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            hint="name a file in a folder that is there and may be written to",
        ) from error
    with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 -- by descriptor
        stream.write(text(file))
        stream.flush()
        os.fsync(stream.fileno())


def text(file: PlanFile) -> str:
    """The file's text; equal values give equal bytes."""
    return json.dumps(document(file), indent=1, ensure_ascii=False) + "\n"


def document(file: PlanFile) -> dict[str, object]:
    """The file as JSON values."""
    device = {name: getattr(file.device, name) for name in file.device.__slots__}
    return {
        "schema": SCHEMA,
        "site": file.site,
        "driver": file.driver,
        "device": device,
        "tool": file.tool,
        "who": file.who,
        "made": written(file.made),
        "expires": written(file.expires),
        "change": _lines(file.change),
        "bounces": list(file.bounces),
        "rollback": _lines(file.rollback),
        "gates": list(file.gates),
        "intent": {"hash": whole(file.intent), "parts": dict(file.intent)},
        "observed": {"hash": whole(file.observed), "parts": dict(file.observed)},
        "keys": {
            "machine": file.keys.machine,
            "running": dict(file.keys.running),
            "target": dict(file.keys.target),
            "sent": dict(file.keys.sent),
        },
        "rehearsal": file.rehearsal,
    }


def whole(digests: Mapping[str, str]) -> str:
    """One SHA-256 for all parts."""
    return f"sha256:{sha256(json.dumps(sorted(digests.items())).encode())}"


def sha256(data: bytes) -> str:
    """Its digest as hex digits."""
    return hashlib.sha256(data).hexdigest()


def _lines(lines: tuple[Line, ...]) -> list[dict[str, str]]:
    return [{"command": line.command, "why": line.why} for line in lines]
