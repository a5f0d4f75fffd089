"""Secrets as opaque values, references to where they are kept, and keys a device will not show."""

from __future__ import annotations

from appliance.record import dataclass

KEY_MARK = "<pre-shared-key>"
"""Stands for a key wherever a person reads a command."""


class Secret:
    """A secret value: only `reveal()` gives it away.

    Not a dataclass on purpose: generic walkers (`asdict`, `compare`, encoders) see through
    dataclass fields, even those with `repr=False`.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The value itself; call it only where it goes on the wire or into a private file."""
        return self.__value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # Not in constant time, which would cost 3 ms of every start (hmac loads OpenSSL): nobody
        # can time a comparison that runs in the operator's own process.
        return self.__value == other.__value

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a Secret cannot be pickled or copied into a file")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept, as `scheme:path`: `env:NAME`, `file:PATH`, `prompt:`, `keyring:`."""

    scheme: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.path}"


@dataclass(frozen=True, slots=True)
class Hidden:
    """The device has a key but does not show it; `reason` says why in words."""

    reason: str
