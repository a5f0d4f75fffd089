"""Which public key each device showed when a person trusted it: one small file a device.

One file a site makes a lookup independent of how many sites there are; a shared known_hosts file
is read whole for each connection, which is quadratic over a fleet.
"""

from __future__ import annotations

import base64
import binascii
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from appliance import xdg
from appliance.errors import ConnectError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.session import Target

CERTIFICATE = "x509"
"""Type word of a pinned TLS certificate (DER), beside the key types of SSH."""


def jump(host: str, port: int) -> str:
    """The name under which a jump host is pinned: once for all sites behind it."""
    return f"jump host {host}:{port}"


def directory() -> Path:
    """Where the keys are kept: `$XDG_STATE_HOME/appliance/known_hosts`."""
    return Path(xdg.folder("XDG_STATE_HOME")) / "known_hosts"


def lookup(site: str, host: str, port: int = 22) -> str | None:
    """The pinned key of a device ("ssh-ed25519 AAAA..."), or None when nobody trusted it yet.

    Raises `ConnectError` when the file is not only ours to write, or damaged.
    """
    try:
        path = _file(site)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(_file(site), error.strerror or str(error)) from None
    with open(descriptor, encoding="ascii", errors="replace") as file:  # noqa: PTH123 -- by number
        status = os.fstat(descriptor)
        if status.st_mode & 0o022 or status.st_uid not in (os.getuid(), 0):
            raise _unusable(path, "others may write it")
        lines = file.read().splitlines()
    for line in lines:
        name, _, key = line.partition(" ")
        if name == f"[{host}]:{port}":
            return checked(key, where=str(path))
    return None


def pin(site: str, host: str, port: int, key: str) -> Path:
    """Trust this key, and no other, for the device from now on; returns the file it went to.

    Raises `ConnectError` for what is no key, and where no file can be written.
    """
    key = checked(key, where=site)
    try:
        path = _file(site)
        _write(path, f"[{host}]:{port} {key}\n")
    except OSError as error:
        raise ConnectError(
            f"the host key cannot be kept: {error.strerror}",
            where=site,
            hint="make the folder yours, or make room, or point XDG_STATE_HOME elsewhere",
        ) from None
    return path


def _write(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False) as file:
        file.write(line)  # 0600 by tempfile's own promise
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def fingerprint(key: str) -> str:
    """The key as people compare it: "SHA256:" and base64 without padding, as OpenSSH shows it.

    That of a certificate is in hexadecimal digits, as `certutil` and `openssl` show it.
    """
    digest = sha256(_blob(checked(key))).digest()
    if key.startswith(f"{CERTIFICATE} "):
        return "SHA256:" + digest.hex().upper()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def checked(key: str, *, where: str = "") -> str:
    """The key as type and base64 without its comment. Raises `ConnectError` for anything else."""
    words = key.split()[:2]
    blob = _blob(" ".join(words))
    if len(words) != 2 or not _names_itself(words[0], blob):  # noqa: PLR2004 -- type, blob
        raise ConnectError(
            "not a public host key",
            where=where,
            hint='it must read like "ssh-ed25519 AAAA..."; `appliance trust` pins a key anew',
        )
    return " ".join(words)


def _names_itself(kind: str, blob: bytes) -> bool:
    """A host key begins with its type (RFC 4253, 6.6), a certificate is an ASN.1 SEQUENCE."""
    if kind == CERTIFICATE:
        return blob[:1] == b"\x30"
    size = int.from_bytes(blob[:4], "big")
    return bool(size) and blob[4 : 4 + size] == kind.encode()


def _blob(key: str) -> bytes:
    try:
        return base64.b64decode(key.partition(" ")[2], validate=True)
    except (binascii.Error, ValueError):
        return b""


def offers(target: Target) -> tuple[str, ...]:
    """The public keys a server shows, strongest first, without logging in there.

    It is `Driver.offers` of every vendor that speaks SSH. Raises `ConnectError` when there is no
    SSH server or no algorithm in common.
    """
    from appliance.session.greeting import shown_keys  # noqa: PLC0415 -- paramiko loads slowly

    return shown_keys(target)


def _file(site: str) -> Path:
    return directory() / quote(site, safe="").replace(".", "%2E")


def _unusable(path: Path, why: str) -> ConnectError:
    return ConnectError(
        f"the host key file cannot be used: {why}",
        where=str(path),
        hint="look at it, then `chmod 600` it or remove it and run `appliance trust` again",
    )
