"""The way in over bare SSH: the greeting, the host's key, and the login by key file or password."""

from __future__ import annotations

from dataclasses import dataclass

import paramiko

from appliance.errors import AuthenticationError, ConnectError
from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from appliance.session.algorithms import Offer, missing
from appliance.session.hostkeys import checked, fingerprint
from appliance.session.transport import Transport


def key_text(key: paramiko.PKey) -> str:
    """A public key as OpenSSH writes it."""
    return f"{key.get_name()} {key.get_base64()}"


def no_algorithm(ours: Offer, theirs: Offer | None, *, where: str) -> ConnectError:
    """The error for two sides without a common algorithm: which, and how to allow it."""
    message, hint = missing(ours, theirs) if theirs else ("", "")
    return ConnectError(message or "no SSH algorithm in common", where=where, hint=hint)


def check_shown(target: Target, pinned: str, key: paramiko.PKey) -> None:
    """Raises `ConnectError` unless the key that the device shows is the pinned one."""
    shown = key_text(key)
    if shown != pinned:
        raise ConnectError(
            f"the host key changed: pinned is {fingerprint(pinned)}, {_what(target)} shows "
            f"{fingerprint(shown)}; nothing was sent to it",
            where=target.site,
            hint=f"compare with its console; if it was replaced: {_trust(target)}",
        )


def pinned_key(target: Target) -> str:
    """The key this device must show. Raises `ConnectError` when nobody trusted one yet."""
    if target.host_key is None:
        raise ConnectError(
            f"the host key of {_what(target)} {target.host} is not known",
            where=target.site,
            hint=f"{_trust(target)} shows it and pins it",
        )
    return checked(target.host_key, where=target.site)


def _what(target: Target) -> str:
    return "the jump host" if target.forwards else "the device"


def _trust(target: Target) -> str:
    return f"`appliance trust {target.site}{' --jump-host' if target.forwards else ''}`"


def greet(transport: Transport, target: Target, key: str) -> None:
    """Agree on keys with a host that shows the pinned one.

    Raises `ConnectError` where no algorithm is common or the host shows another key; what paramiko
    raises else comes through.
    """
    transport.banner_timeout = target.timeout
    try:
        transport.start_client(timeout=target.timeout)
    except paramiko.SSHException:
        if transport.theirs is not None and any(missing(transport.ours, transport.theirs)):
            raise no_algorithm(transport.ours, transport.theirs, where=target.site) from None
        raise
    check_shown(target, key, transport.get_remote_server_key())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a host is shown at the login: a private key's signature, a password, or either."""

    key: paramiko.PKey | None
    password: Secret | None


def proof(credentials: Credentials, *, where: str) -> Proof:
    """What these credentials have to show; the passphrase of a key file is shown to nobody.

    Raises `AuthenticationError` where there is neither, or the key file cannot be used.
    """
    if credentials.key_file is not None:
        return _of_key(credentials.key_file, credentials.password, where)
    if credentials.password is None:
        raise AuthenticationError(
            "neither a password nor a key file is given to log in with",
            where=where,
            hint="name one in the inventory, by reference",
        )
    return Proof(key=None, password=credentials.password)


def authenticate(transport: Transport, target: Target, credentials: Credentials) -> None:
    """Log in by the key file where one is named, else by the password.

    Raises as `proof` does; what paramiko raises when the host refuses comes through.
    """
    transport.auth_timeout = target.timeout
    shown = proof(credentials, where=target.site)
    if shown.key is not None:
        transport.auth_publickey(credentials.username, shown.key)
    elif shown.password is not None:
        transport.auth_password(credentials.username, shown.password.reveal())


def _of_key(path: str, secret: Secret | None, where: str) -> Proof:
    """The key of a file; the secret opens it where it is encrypted, else it is a password."""
    try:
        return Proof(key=_private_key(path, None, where), password=secret)
    except paramiko.PasswordRequiredException:
        if secret is None:
            raise AuthenticationError(
                "the private key is encrypted",
                where=where,
                hint=f"name the passphrase of {path}, by reference, as the password",
            ) from None
    return Proof(key=_private_key(path, secret.reveal(), where), password=None)


def _private_key(path: str, passphrase: str | None, where: str) -> paramiko.PKey:
    """The private key of a file, of whatever kind it is."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(path, passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except OSError as error:
            raise AuthenticationError(
                f"the private key cannot be read: {error.strerror}",
                where=where,
                hint=f"see to {path}, which key_file names",
            ) from None
        except Exception:  # noqa: BLE001, S112 -- damaged files meet paramiko's asserts and indices
            continue
    raise AuthenticationError(
        "the file holds no private key that can be used, or its passphrase is wrong",
        where=where,
        hint=f"{path} must be an OpenSSH or PEM key of kind ed25519, ecdsa or rsa",
    )
