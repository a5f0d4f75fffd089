"""Private files in the user's cache folder: what was worked out before, kept to start faster.

Nothing here is ever needed: what cannot be read, trusted or written counts as not there. No secret
is ever written here. Changes are noticed by size, times, inode and CRC-32; that is no protection
against forgery and need not be: whoever can write these files can write the program as well.
"""

# Every command starts through here, and pathlib costs 2 ms, hashlib (OpenSSL) 3:
# ruff: noqa: PTH103, PTH105, PTH108, PTH116, PTH118, PTH120, PTH208

from __future__ import annotations

import marshal
import os
import stat
import sys
from zlib import crc32

from appliance import xdg

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_HERE = os.path.dirname(__file__)


def digest(data: bytes) -> str:
    """Eight hexadecimal digits that change with the data, all but surely."""
    return f"{crc32(data):08x}"


def pack(value: object) -> bytes:
    """Plain values (text, numbers, lists, mappings) as one word; json would cost 1.6 ms to load."""
    return marshal.dumps(value).hex().encode()  # type: ignore[arg-type]  # plain, as said


def unpack(word: bytes) -> object:
    """The value again. Check its digest first: marshal trusts what it is given.

    Raises `ValueError` for what `pack` cannot have written.
    """
    try:
        return marshal.loads(bytes.fromhex(word.decode()))  # noqa: S302 -- our own file, see above
    except (EOFError, TypeError) as error:
        raise ValueError("damaged") from error


def stamp(status: os.stat_result) -> str:
    """What tells a file from the one that stood there before, in one word."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


def code(*packages: str) -> str:
    """A word that changes when the code in these folders of ours does."""
    stamps = [sys.version]
    for package in packages:
        folder = os.path.join(_HERE, package)
        for name in sorted(os.listdir(folder)):
            if name.endswith((".py", ".json")):
                status = os.stat(os.path.join(folder, name))
                stamps.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return digest("\n".join(stamps).encode())


def read(name: str) -> bytes:
    """The content kept under this name; raises `OSError` when others can have written it."""
    with opened(name) as stream:
        return stream.read()


def opened(name: str) -> BinaryIO:
    """The same as a stream, for who wants a part of it only."""
    file = _file(name)
    if not _safe_folder(os.path.dirname(file)):
        raise PermissionError(file)
    stream = os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb")
    status = os.fstat(stream.fileno())
    ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
    if not ours or status.st_mode & _OTHERS:
        stream.close()
        raise PermissionError(file)
    return stream


def write(name: str, data: bytes) -> None:
    """Keep this under the name, in the place of what was there; not when that is not possible."""
    try:
        target = _file(name)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        if _safe_folder(os.path.dirname(target)):
            _replace(target, data)
    except OSError:
        return


def _replace(target: str, data: bytes) -> None:
    """Write beside the target and rename: readers see the old file or the new one, whole."""
    draft = f"{target}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(draft, target)
    except OSError:
        os.unlink(draft)
        raise


def _file(name: str) -> str:
    return os.path.join(xdg.folder("XDG_CACHE_HOME"), name)


def _safe_folder(folder: str) -> bool:
    status = os.lstat(folder)
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not writable
