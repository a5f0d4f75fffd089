"""Signatures of plan files, made and checked by OpenSSH (ssh-keygen(1), `-Y sign` and `-Y verify`).

The signature of F is F.sig. It is of the bytes that were read, handed over on standard input, so
that no other file can take their place meanwhile.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Sequence

from appliance.errors import RefusedError, UsageError
from appliance.record import dataclass

NAMESPACE = "appliance-plan"
_PROGRAM = "ssh-keygen"
_SECONDS = 300.0  # somebody may have to type a passphrase
_MISSING = "install OpenSSH 8.2 or later (package openssh-client)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed: the principal in the file of allowed signers, and the key ("SHA256:...")."""

    name: str
    key: str


def sign(path: str, key: str) -> str:
    """Sign the file with a private key, or with a public one whose private key an agent has.

    Returns the signature's path. A passphrase is asked for on the terminal. Raises `RefusedError`
    with what OpenSSH says when there is no signature then.
    """
    signature = f"{path}.sig"
    if os.path.lexists(signature):
        raise RefusedError(f"{signature} is there already", hint="remove it, or name another file")
    said = _ran(("-Y", "sign", "-f", key, "-n", NAMESPACE, path), None)
    if said.returncode != 0 or not os.path.exists(signature):  # noqa: PTH110 -- as above
        raise RefusedError(
            f"it could not be signed: {_words(said)}",
            where=path,
            hint="--sign takes a private key, or a public one whose private key is in ssh-agent",
        )
    return signature


def verify(data: bytes, signature: str, signers: str) -> Signer:
    """Who has signed these bytes, of those in the file `signers` (ssh-keygen(1), ALLOWED SIGNERS).

    Raises `RefusedError` for a signature that is absent, of something else, by nobody allowed, or
    by a key whose time is over.
    """
    _readable(signature, "there is no signature", "sign it: `appliance plan --sign KEY`")
    _readable(signers, "the file of allowed signers cannot be used", "name one with --signers FILE")
    key = _signing_key(data, signature)
    said = _ran(("-Y", "find-principals", "-s", signature, "-f", signers), None)
    for name in _text(said.stdout).splitlines() if said.returncode == 0 else ():
        words = ("-Y", "verify", "-f", signers, "-I", name, "-n", NAMESPACE, "-s", signature)
        said = _ran(words, data)
        if said.returncode == 0:
            return Signer(name=name, key=key)
    raise RefusedError(
        f"it was signed with {key}, which is not allowed: {_words(said)}",
        where=signature,
        hint=f"nothing was touched; who may sign, and until when, stands in {signers}",
    )


def _signing_key(data: bytes, signature: str) -> str:
    """The fingerprint of the key that made the signature of these very bytes."""
    said = _ran(("-Y", "check-novalidate", "-n", NAMESPACE, "-s", signature), data)
    key = re.search(r"\bSHA256:[A-Za-z0-9+/]{43}", _text(said.stdout))
    if said.returncode != 0 or key is None:
        raise RefusedError(
            f"the signature is not of this plan: {_words(said)}",
            where=signature,
            hint="nothing was touched; the plan or its signature was changed, or it was signed "
            f"for something else than {NAMESPACE}",
        )
    return key[0]


def _readable(path: str, what: str, hint: str) -> None:
    try:
        status = os.stat(path)  # noqa: PTH116 -- pathlib costs 5 ms of every start
    except OSError as error:
        raise RefusedError(f"{what}: {error.strerror}", where=path, hint=hint) from None
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError(f"{what}: it is no regular file", where=path, hint=hint)
    if status.st_mode & 0o022 or status.st_uid not in {os.geteuid(), 0}:
        raise RefusedError(f"{what}: others may write it", where=path, hint=f"chmod 600 {path}")


def _ran(words: Sequence[str], data: bytes | None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(  # noqa: S603 -- a fixed program, no shell
            (_PROGRAM, *words),
            input=data,
            capture_output=True,
            env=environment,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise RefusedError(
            f"{_PROGRAM} is not installed, and signatures need it", hint=_MISSING
        ) from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"{_PROGRAM} did not end", hint="use a key without a question") from None


def _text(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _words(said: subprocess.CompletedProcess[bytes]) -> str:
    """What the program complained about, in one line."""
    text = _text(said.stderr + b"\n" + said.stdout)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if any("unknown option" in line for line in lines):
        return f"this {_PROGRAM} is too old; {_MISSING}"
    return "; ".join(lines[:3])[:300] or f"{_PROGRAM} ended with {said.returncode}"
