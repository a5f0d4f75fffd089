"""A paramiko transport that proposes exactly our algorithms, remembers theirs, and can be old."""

from __future__ import annotations

import hashlib
import logging
import socket
from typing import ClassVar

import paramiko
from cryptography.hazmat.primitives import hashes
from paramiko.kex_gex import KexGexSHA256
from paramiko.kex_group14 import KexGroup14SHA256
from paramiko.message import Message
from paramiko.rsakey import RSAKey

from appliance.session.algorithms import OLD, Offer, offer

# Without a handler paramiko's tracebacks would reach stderr; what they say is in our errors.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class _Group14Sha1(KexGroup14SHA256):
    name = "diffie-hellman-group14-sha1"
    hash_algo = hashlib.sha1


class _Group1Sha1(_Group14Sha1):
    """RFC 2409, 6.2: the second Oakley group."""

    name = "diffie-hellman-group1-sha1"
    P = int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22"
        "514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6"
        "F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381"
        "FFFFFFFFFFFFFFFF",
        16,
    )


class _GroupExchangeSha1(KexGexSHA256):
    name = "diffie-hellman-group-exchange-sha1"
    min_bits = 1024
    hash_algo = hashlib.sha1


_LIBRARY = vars(paramiko.Transport)  # its tables are private; a test pins what we use of them
_SHA1_RSA = type("_Sha1Rsa", (RSAKey,), {"HASHES": {**RSAKey.HASHES, "ssh-rsa": hashes.SHA1}})


class Transport(paramiko.Transport):
    """Proposes `ours`; after the greeting `theirs` is what the server proposed."""

    _kex_info: ClassVar = {
        **_LIBRARY["_kex_info"],
        **{kex.name: kex for kex in (_Group1Sha1, _Group14Sha1, _GroupExchangeSha1)},
    }
    _key_info: ClassVar = {**_LIBRARY["_key_info"], "ssh-rsa": _SHA1_RSA}

    def __init__(self, sock: socket.socket, *, ours: Offer) -> None:
        super().__init__(sock)
        self.ours = ours
        self.theirs: Offer | None = None
        self._preferred_kex = ours.kex
        self._preferred_keys = ours.keys
        self._preferred_ciphers = ours.ciphers
        self._preferred_macs = ours.macs

    def get_exception(self) -> Exception | None:
        """What ended the thread that reads, once: paramiko raises it again wherever it waits.

        A message that it cannot read ends in whatever Python raised there (a UnicodeDecodeError
        for a name that is no text), which no caller of an SSH library expects.
        """
        error: Exception | None = super().get_exception()
        if error is None or isinstance(error, (paramiko.SSHException, EOFError, OSError)):
            return error
        return paramiko.SSHException(f"a message that cannot be read ({type(error).__name__})")

    def _really_parse_kex_init(
        self,
        m: Message,
        ignore_first_byte: bool = False,  # noqa: FBT001, FBT002 -- paramiko's signature
    ) -> dict[str, list[str]]:
        parsed: dict[str, list[str]] = super()._really_parse_kex_init(m, ignore_first_byte)  # type: ignore[misc]  # private
        if not ignore_first_byte:  # the other side's; our own is read with the byte
            self.theirs = Offer(
                kex=_named(parsed["kex_algo_list"]),
                keys=_named(parsed["server_key_algo_list"]),
                ciphers=_named(parsed["client_encrypt_algo_list"]),
                macs=_named(parsed["client_mac_algo_list"]),
            )
        return parsed


def _named(names: list[str]) -> tuple[str, ...]:
    """The algorithms of a list, without the markers that travel in it (RFC 8308, strict kex).

    Names are printable (RFC 4251, 6). What is none ends up on a terminal in an error: not as it is.
    """
    return tuple(
        name if name.isprintable() else ascii(name)
        for name in names
        if name and not name.startswith(("ext-info-", "kex-strict"))
    )


def our_offer(legacy: tuple[str, ...], *, pinned: str | None = None, where: str = "") -> Offer:
    """What we propose with this version of paramiko; see `algorithms.offer`."""
    kex = tuple(name for name in _LIBRARY["_preferred_kex"] if name not in OLD["kex"])
    return offer(kex, legacy, pinned=pinned, where=where)
