"""Where secrets come from: one function for each kind of reference, given its path and a place."""

from __future__ import annotations

import os
import sys

from appliance.errors import SecretError
from appliance.secrets.private import read_private

_FILE_LIMIT = 16 * 1024


def from_environment(name: str, where: str) -> str:
    """The value of an environment variable."""
    value = os.environ.get(name)
    if value is None:
        raise SecretError(
            f"the environment variable {name} is not set",
            where=where,
            hint=f"set it before the command (read -rs {name} && export {name}), "
            "or write file:PATH in the inventory",
        )
    return value


def from_file(path: str, where: str) -> str:
    """The text of a private file, without one line break at its end."""
    try:
        data = read_private(path, limit=_FILE_LIMIT, where=where)
    except FileNotFoundError:
        raise SecretError(
            f"{path} does not exist",
            where=where,
            hint=f"write the secret there, for your eyes only: (umask 077; cat > {path})",
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bad path"
        raise SecretError(f"{path}: {reason}", where=where, hint="check the path") from None
    # Not strict: the error of a strict decoder carries the bytes, and so the secret, along.
    text = data.decode("utf-8", "replace")
    if "\ufffd" in text:
        raise SecretError(f"{path} is no UTF-8 text", where=where, hint="save it as UTF-8")
    return text.removesuffix("\n").removesuffix("\r")


def from_prompt(_: str, where: str) -> str:
    """What the operator types, unseen."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise SecretError(
            "there is no terminal to ask at",
            where=where,
            hint="run it in a terminal, or write env:NAME or file:PATH in the inventory",
        )
    from getpass import getpass  # noqa: PLC0415 -- termios, for the few who are asked

    try:
        return getpass(f"{where or 'Secret'}: ")
    except EOFError:
        raise SecretError("nothing was typed", where=where, hint="try again") from None


def from_keyring(path: str, where: str) -> str:
    """The entry SERVICE/NAME of the system's key ring."""
    service, _, name = path.partition("/")
    try:
        import keyring  # noqa: PLC0415 -- an extra, and slow to import
        from keyring.errors import KeyringError  # noqa: PLC0415 -- as above
    except ImportError:
        raise SecretError(
            "key rings are not supported by this installation",
            where=where,
            hint="pip install 'appliance[keyring]', or write env:NAME or file:PATH",
        ) from None
    try:
        value = keyring.get_password(service, name)
    except KeyringError as error:
        raise SecretError(
            f"the key ring did not answer ({type(error).__name__})",
            where=where,
            hint="unlock it, or write env:NAME or file:PATH in the inventory",
        ) from None
    if value is None:
        raise SecretError(
            f"the key ring has no entry {path}", where=where, hint=f"keyring set {service} {name}"
        )
    return value
