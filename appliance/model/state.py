"""What a device says of its tunnels right now: SAs, counters, interfaces, routes, BGP sessions."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass


class SaStatus(StrEnum):
    """State of an IKE SA or a child SA."""

    UP = "up"
    DOWN = "down"
    NEGOTIATING = "negotiating"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildState:
    """One selector pair and its child SA. Counters are None where the output does not tell them.

    `out` is towards Azure (encrypted), `in` from Azure (decrypted).
    """

    selector: TrafficSelector | None
    status: SaStatus | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None
    packets_in: int | None = None
    packets_out: int | None = None
    encryption: Encryption | None = None
    integrity: Integrity | None = None
    age_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelState:
    """The SAs with one peer, as far as the output tells: None is "not told", never "no".

    Algorithms are those of the IKE SA when the output tells it, else those of the child SA.
    `peer_port` 4500 means NAT traversal.
    """

    remote: IPv4Address
    local: IPv4Address | None = None
    interface: str | None = None
    ike: SaStatus | None = None
    ike_version: IkeVersion | None = None
    child: SaStatus | None = None
    children: tuple[ChildState, ...] = ()
    encryption: Encryption | None = None
    integrity: Integrity | None = None
    group: DhGroup | None = None
    age_seconds: int | None = None
    peer_port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpState:
    """One BGP session; `status` is the vendor-neutral state word of RFC 4271, lower case."""

    peer: IPv4Address
    asn: int | None = None
    status: str = "idle"
    prefixes_received: int | None = None

    @property
    def established(self) -> bool:
        """Whether routes can flow."""
        return self.status == "established"


@dataclass(frozen=True, slots=True, kw_only=True)
class BfdState:
    """Fast failure detection towards one peer."""

    peer: IPv4Address
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceState:
    """An interface and its line protocol."""

    name: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteState:
    """A prefix in the routing table and where it leads (`via` is an interface or an address)."""

    prefix: IPv4Network
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operational:
    """All that was read of one device, or all that one command's output tells."""

    tunnels: tuple[TunnelState, ...] = ()
    bgp: tuple[BgpState, ...] = ()
    interfaces: tuple[InterfaceState, ...] = ()
    routes: tuple[RouteState, ...] = ()
    bfd: tuple[BfdState, ...] = ()
