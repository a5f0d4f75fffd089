"""Reading files that nobody else may read."""

# Commands that need no secret load this too, and pathlib costs 2 ms:
# ruff: noqa: PTH116

from __future__ import annotations

import os
import stat

from appliance.errors import SecretError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_private(path: str, *, limit: int, where: str = "") -> bytes:
    """The bytes of a file of ours that is closed to all others; at most `limit` of them.

    A symbolic link is followed when it belongs to us or root, as systemd's and Kubernetes' do.
    Raises `SecretError` when the file or its link is not private, and `OSError` when there is none.
    """
    _owned(os.stat(path, follow_symlinks=False), path, where)
    with open(path, "rb", opener=_opened) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise SecretError(f"{path} is no regular file", where=where, hint="name a file")
        _owned(status, path, where)
        if status.st_mode & _OTHERS:
            mode = stat.S_IMODE(status.st_mode)
            raise SecretError(
                f"{path} is open to others (mode {mode:04o})",
                where=where,
                hint=f"chmod 600 {path}, and replace the secret if others had access",
            )
        data = file.read(limit + 1)
    if len(data) > limit:
        raise SecretError(
            f"{path} is larger than {limit} bytes", where=where, hint="one secret only"
        )
    return data


def _opened(path: str, flags: int) -> int:
    """Without O_NONBLOCK a named pipe would keep us waiting for its writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def _owned(status: os.stat_result, path: str, where: str) -> None:
    if status.st_uid not in {os.geteuid(), 0}:
        raise SecretError(
            f"{path} belongs to another user",
            where=where,
            hint=f"chown it to yourself: chown $USER {path}",
        )
