"""Secrets by reference: from `scheme:path` to an opaque value, and out of everything we print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from appliance.errors import SecretError
from appliance.model.secret import KEY_MARK, Secret, SecretRef
from appliance.secrets.redact import REDACTOR
from appliance.secrets.sources import from_environment, from_file, from_keyring, from_prompt

_MAX_CHARACTERS = 4096

SOURCES: Mapping[str, Callable[[str, str], str]] = MappingProxyType(
    {
        "env": from_environment,
        "file": from_file,
        "prompt": from_prompt,
        "keyring": from_keyring,
    }
)


def parse_ref(text: str) -> SecretRef | None:
    """The reference that `text` is (`env:NAME`, `file:PATH`, `prompt:`, `keyring:SERVICE/NAME`).

    None when it is none: the text may be a secret itself then, so do not print it.
    """
    scheme, colon, path = text.partition(":")
    right = {
        "env": path.isidentifier() and path.isascii(),
        "file": bool(path),
        "prompt": not path,
        "keyring": all(path.partition("/")),
    }
    return SecretRef(scheme, path) if colon and right.get(scheme, False) else None


def resolve(ref: SecretRef, *, where: str = "") -> Secret:
    """The secret behind a reference; from now on it is masked in all we print.

    `where` is the place to name in errors and to ask for at a prompt ("site-a: pre-shared key").
    A relative `file:` path is taken from the working directory; the inventory makes its own
    absolute, from the folder it lies in. Raises `SecretError` when there is nothing to be had, or
    when it may not be used: readable by others, empty, or with line breaks in it.
    """
    source = SOURCES.get(ref.scheme)
    if source is None:
        known = ", ".join(f"{scheme}:" for scheme in SOURCES)
        raise SecretError("unknown kind of reference", where=where, hint=f"use one of {known}")
    value = source(ref.path, where)
    secret = Secret(value)
    REDACTOR.add(secret)
    if not value:
        raise SecretError(f"{ref} is empty", where=where, hint="put the secret there")
    if value == KEY_MARK or not value.strip("*"):
        raise SecretError(
            f"{ref} holds a mask, not a secret",
            where=where,
            hint="it was copied from a display that hides keys; take it from where it was made",
        )
    if not value.isprintable() or len(value) > _MAX_CHARACTERS:
        # A line break would end one line of a device's configuration and begin another.
        raise SecretError(
            f"what {ref} holds is no single line of text",
            where=where,
            hint="remove line breaks, tabs and invisible characters (a byte order mark is one)",
        )
    return secret
