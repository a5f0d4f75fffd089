"""The way to a Windows server: WinRM over TLS with a known certificate, or encrypted messages."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from pypsrp.powershell import RunspacePool
from pypsrp.wsman import WSMan
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError

from appliance.errors import AuthenticationError, ConnectError
from appliance.session import Credentials, Target
from appliance.session.certificates import offers
from appliance.session.hostkeys import CERTIFICATE, fingerprint

_OPERATION_SECONDS = 20
_IDLE_SECONDS = 120
"""Abandoned shells end early: Windows allows a user only a few."""


def possible(target: Target, credentials: Credentials) -> None:
    """Raise `ConnectError` for what would send a password, or a key, in clear.

    And `AuthenticationError` where basic has none to send.
    """
    if target.winrm.auth == "basic" and credentials.password is None:
        raise AuthenticationError(
            "no password is given to log in with",
            where=target.site,
            hint="name one in the inventory, by reference: device.password",
        )
    if target.winrm.scheme == "https":
        return
    if target.winrm.auth == "basic":
        raise ConnectError(
            "basic over http would send the password in clear",
            where=target.host,
            hint="device.winrm: {scheme: https}, or auth: negotiate, which encrypts messages",
        )
    if target.host_key is not None:
        raise ConnectError(
            "a certificate is pinned for this device, and http shows none",
            where=target.host,
            hint="device.winrm: {scheme: https}",
        )


def pool(target: Target, credentials: Credentials) -> RunspacePool:
    """A runspace pool that is not open yet; nothing has been sent."""
    winrm, seconds = target.winrm, max(1, int(target.timeout))
    wsman = WSMan(
        target.host,
        port=target.port,
        username=credentials.username,
        password=None if credentials.password is None else credentials.password.reveal(),
        ssl=winrm.scheme == "https",
        auth=winrm.auth,
        cert_validation=winrm.ca or True,  # type: ignore[arg-type]  # pypsrp takes a file as well
        connection_timeout=seconds,
        operation_timeout=min(_OPERATION_SECONDS, seconds),
        read_timeout=seconds + min(_OPERATION_SECONDS, seconds),
        no_proxy=True,
        negotiate_delegate=False,
    )
    if target.host_key is not None:
        _pin(wsman, target.host_key)
    return RunspacePool(wsman, no_profile=True, idle_timeout=_IDLE_SECONDS)


@contextmanager
def compared(target: Target) -> Iterator[None]:
    """Raise `ConnectError` with both fingerprints where another certificate than the pinned one is
    shown; requests' own error tells neither."""
    try:
        yield
    except SSLError:
        pinned = target.host_key
        shown = next(iter(offers(target)), pinned) if pinned else None
        if pinned is None or shown is None or shown == pinned:
            raise
        raise ConnectError(
            f"the certificate changed: pinned is {fingerprint(pinned)}, the server shows "
            f"{fingerprint(shown)}; nothing was sent to it",
            where=target.site,
            hint="compare with the server's own (certutil -store My); if it was replaced: "
            f"`appliance trust {target.site}`",
        ) from None


def _pin(wsman: WSMan, host_key: str) -> None:
    """Take exactly this certificate, whoever signed it and whatever name is in it."""
    kind, _, blob = host_key.partition(" ")
    if kind != CERTIFICATE:
        raise ConnectError(
            "what is pinned for this device is no certificate",
            where=wsman.transport.server,
            hint="`appliance trust` pins the certificate that the server shows",
        )
    digest = sha256(base64.b64decode(blob)).hexdigest()

    class Pinned(HTTPAdapter):
        """Compares the certificate's fingerprint on the very connection that is used."""

        def init_poolmanager(self, *args: object, **options: object) -> None:
            options |= {"assert_fingerprint": digest, "assert_hostname": False}
            super().init_poolmanager(*args, **options)  # type: ignore[arg-type]  # as called

    transport = wsman.transport
    transport.session = transport._build_session()
    transport.session.verify = False  # instead of the authorities, the fingerprint above
    transport.session.mount("https://", Pinned())
