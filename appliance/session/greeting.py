"""The unauthenticated half of SSH: agree on algorithms and see who the server says it is."""

from __future__ import annotations

import paramiko

from appliance.errors import ConnectError
from appliance.session.algorithms import Offer, missing
from appliance.session.failures import our_errors
from appliance.session.transport import Transport, dial, our_offer

_FAMILIES = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256",),
    ("ecdsa-sha2-nistp384",),
    ("ecdsa-sha2-nistp521",),
    ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
)


def key_text(key: paramiko.PKey) -> str:
    """A public key as OpenSSH writes it."""
    return f"{key.get_name()} {key.get_base64()}"


def no_algorithm(ours: Offer, theirs: Offer | None, *, where: str) -> ConnectError:
    """The error for two sides without a common algorithm: which, and how to allow it."""
    message, hint = missing(ours, theirs) if theirs else ("", "")
    return ConnectError(message or "no SSH algorithm in common", where=where, hint=hint)


def shown_keys(
    host: str, port: int, timeout: float, legacy: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """One key for each type the server has, each from a connection of its own."""
    ours = our_offer(legacy, where=host)
    first, theirs = _shown(host, port, timeout, ours)
    keys = [first]
    for family in _FAMILIES:
        names = tuple(name for name in ours.keys if name in family and name in theirs.keys)
        if names and not any(_of_family(key, family) for key in keys):
            only = Offer(kex=ours.kex, keys=names, ciphers=ours.ciphers, macs=ours.macs)
            keys.append(_shown(host, port, timeout, only)[0])
    return tuple(keys)


def _of_family(key: str, family: tuple[str, ...]) -> bool:
    kind = key.partition(" ")[0]
    return kind in family or (kind == "ssh-rsa" and family[0].startswith("rsa"))


def _shown(host: str, port: int, timeout: float, ours: Offer) -> tuple[str, Offer]:
    where = f"{host}:{port}"
    with our_errors(where):
        transport = Transport(dial(host, port, timeout), ours=ours)
    try:
        with our_errors(where):
            transport.banner_timeout = timeout
            try:
                transport.start_client(timeout=timeout)
            except paramiko.SSHException as error:
                if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
                    raise no_algorithm(ours, transport.theirs, where=where) from None
                raise
            theirs = transport.theirs or ours
            return key_text(transport.get_remote_server_key()), theirs
    finally:
        transport.close()
