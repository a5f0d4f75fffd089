"""How a device is reached, besides host, port and login."""

from __future__ import annotations

from appliance.model.secret import SecretRef
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRm:
    """How Windows remote management is spoken.

    `scheme` is https or http; over http the messages themselves are encrypted, so `auth`
    (negotiate, kerberos, ntlm, basic) must be a kind that can. `ca` is a PEM file of the
    authorities that may sign the server's certificate, None the system's.
    """

    scheme: str = "https"
    auth: str = "negotiate"
    ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpHost:
    """An SSH server through which a device is reached (as `ssh -J`); it must forward TCP.

    With a `key_file` the `password` is its passphrase. `legacy` as for a device.
    """

    host: str
    username: str
    port: int = 22
    password: SecretRef | None = None
    key_file: str | None = None
    legacy: tuple[str, ...] = ()
