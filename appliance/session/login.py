"""The way in over bare SSH: the greeting, the host's key, and the login by key file or password."""

from __future__ import annotations

import paramiko

from appliance.errors import AuthenticationError
from appliance.session import Credentials, Target
from appliance.session.algorithms import missing
from appliance.session.channel import check_shown
from appliance.session.greeting import no_algorithm
from appliance.session.transport import Transport


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


def authenticate(transport: Transport, target: Target, credentials: Credentials) -> None:
    """Log in by the key file where one is named, else by the password.

    Raises `AuthenticationError` where there is neither, or the file cannot be used; what paramiko
    raises when the host refuses comes through.
    """
    transport.auth_timeout = target.timeout
    password = None if credentials.password is None else credentials.password.reveal()
    if credentials.key_file is not None:
        private = _private_key(credentials.key_file, password, target.site)
        transport.auth_publickey(credentials.username, private)
    elif password is not None:
        transport.auth_password(credentials.username, password)
    else:
        raise AuthenticationError(
            "neither a password nor a key file is given to log in with",
            where=target.site,
            hint="name one in the inventory, by reference",
        )


def _private_key(path: str, passphrase: str | None, where: str) -> paramiko.PKey:
    """The private key of a file, of whatever kind it is."""
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(path, passphrase)
        except paramiko.PasswordRequiredException:
            raise
        except (paramiko.SSHException, ValueError):
            continue
        except OSError as error:
            raise AuthenticationError(
                f"the private key cannot be read: {error.strerror}",
                where=where,
                hint=f"see to {path}, which device.key_file names",
            ) from None
    raise AuthenticationError(
        "the file holds no private key that can be used, or its passphrase is wrong",
        where=where,
        hint=f"{path} must be an OpenSSH or PEM key of kind ed25519, ecdsa or rsa",
    )
