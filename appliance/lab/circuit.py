"""An ExpressRoute circuit's far end: Microsoft's router on one link, as the device meets it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(slots=True, kw_only=True)
class Msee:
    """Microsoft's end of one link; `up` is the button: False is a circuit that is down.

    `address` is its own, `device_address` ours (with the length of the network behind a slash),
    `vlan` the tag of the peering and `svlan` the outer one with QinQ. `device_asn` is the AS that
    it expects of us, `key` the MD5 key (empty: none). `prefixes` are Azure's networks.
    """

    address: str
    device_address: str
    device_asn: int
    vlan: int | None = None
    svlan: int | None = None
    key: str = field(default="", repr=False)
    prefixes: tuple[str, ...] = ()
    asn: int = 12076
    bfd: bool = True
    up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A prefix as it was let in: by whom it was taught, and with which preference."""

    prefix: str
    via: str
    local_preference: int = 100
    weight: int = 0


@runtime_checkable
class Edge(Protocol):
    """A device on which circuits can end."""

    circuits: list[Msee]
