"""The unauthenticated half of SSH: agree on algorithms and see who the server says it is."""

from __future__ import annotations

import paramiko

from appliance.session import Target
from appliance.session.algorithms import Offer
from appliance.session.dial import dial
from appliance.session.failures import our_errors
from appliance.session.login import key_text, no_algorithm
from appliance.session.transport import Transport, our_offer

_FAMILIES = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256",),
    ("ecdsa-sha2-nistp384",),
    ("ecdsa-sha2-nistp521",),
    ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
)


def shown_keys(target: Target) -> tuple[str, ...]:
    """One key for each type the server has, each from a connection of its own."""
    ours = our_offer(target.legacy, where=target.host)
    first, theirs = _shown(target, ours)
    keys = [first]
    for family in _FAMILIES:
        names = tuple(name for name in ours.keys if name in family and name in theirs.keys)
        if names and not any(_of_family(key, family) for key in keys):
            only = Offer(kex=ours.kex, keys=names, ciphers=ours.ciphers, macs=ours.macs)
            keys.append(_shown(target, only)[0])
    return tuple(keys)


def _of_family(key: str, family: tuple[str, ...]) -> bool:
    kind = key.partition(" ")[0]
    return kind in family or (kind == "ssh-rsa" and family[0].startswith("rsa"))


def _shown(target: Target, ours: Offer) -> tuple[str, Offer]:
    where = f"{target.host}:{target.port}"
    with our_errors(where):
        transport = Transport(dial(target), ours=ours)
    try:
        with our_errors(where):
            transport.banner_timeout = target.timeout
            try:
                transport.start_client(timeout=target.timeout)
            except paramiko.SSHException as error:
                if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
                    raise no_algorithm(ours, transport.theirs, where=where) from None
                raise
            theirs = transport.theirs or ours
            return key_text(transport.get_remote_server_key()), theirs
    finally:
        transport.close()
