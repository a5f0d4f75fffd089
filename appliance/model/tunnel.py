"""One IPsec tunnel as the appliance sees it: the single type both sides of a compare become.

`local` is the appliance, `remote` is Azure. Values a device leaves to its defaults are filled in
by the parser, so `None` always means "there is none", never "unknown" or "default".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from types import MappingProxyType

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.secret import Hidden, Secret
from appliance.record import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter


class Mode(StrEnum):
    """What decides which packets enter the tunnel."""

    ROUTE_BASED = "route-based"
    POLICY_BASED = "policy-based"


class Encapsulation(StrEnum):
    """What ESP carries. Azure terminates plain IPsec only."""

    IPSEC = "ipsec"
    GRE = "gre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The appliance's end: the outer address and interface the tunnel leaves from.

    `identity` is what it calls itself in IKE when that is set apart (behind NAT: its public
    address); None means its own address. `vrf` is the front-door VRF. `apart`: what belongs to the
    tunnel (its profile, its key) counts at this end only, so that another end of the device can
    have a tunnel to the same gateway; where that is so by nature it is not told.
    """

    address: IPv4Address | None = None
    interface: str | None = None
    identity: str | None = None
    vrf: str | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Azure's end: its address (several: primary, then backups) and the IKE identity expected."""

    addresses: tuple[IPv4Address, ...] = ()
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelInterface:
    """The tunnel interface of a route-based tunnel; MSS and MTU in bytes."""

    name: str
    address: IPv4Interface | None = None
    unnumbered: str | None = None
    mss: int | None = None
    mtu: int | None = None
    vrf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dpd:
    """Liveness check: seconds until the first probe, between retries, and until the peer is dead.

    `timeout_seconds` is None on devices that count retries instead.
    """

    delay_seconds: int
    retry_seconds: int | None = None
    timeout_seconds: int | None = None
    on_demand: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeProposal:
    """One proposal for the IKE SA. Several values in a field mean: any combination of them.

    `integrity` is empty when all ciphers are AEAD. `lifetime_seconds` is that of the IKE SA.
    """

    name: str
    encryption: tuple[Encryption, ...]
    integrity: tuple[Integrity, ...]
    prf: tuple[Prf, ...]
    groups: tuple[DhGroup, ...]
    lifetime_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ike:
    """How the IKE SA is negotiated; proposals in order of preference."""

    version: IkeVersion
    proposals: tuple[IkeProposal, ...]
    dpd: Dpd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EspProposal:
    """One proposal for the child SA. `integrity` is (NONE,) with an AEAD cipher.

    `ah` is an AH transform beside ESP (never Azure's); `transport` is transport mode.
    """

    name: str
    encryption: tuple[Encryption, ...]
    integrity: tuple[Integrity, ...]
    ah: Integrity | None = None
    transport: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Esp:
    """How child SAs are negotiated. `pfs_group` None is no PFS; lifetimes None are unlimited."""

    proposals: tuple[EspProposal, ...]
    pfs_group: DhGroup | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TrafficSelector:
    """A pair of networks whose traffic one child SA protects."""

    local: IPv4Network
    remote: IPv4Network

    def __str__(self) -> str:
        return f"{self.local} <-> {self.remote}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpPeer:
    """One BGP session inside the tunnel. `multihop` is the TTL, None for directly connected.

    `source` is the interface the session starts from, `local_address` its address (Azure's local
    network gateway must name it as BGP peer). Timers are in seconds.
    """

    address: IPv4Address
    asn: int
    multihop: int | None = None
    source: str | None = None
    local_address: IPv4Address | None = None
    keepalive_seconds: int = 60
    hold_seconds: int = 180
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bgp:
    """BGP of the appliance as far as this tunnel's peers see it.

    `networks` are the prefixes it originates (all peers of the appliance share them).
    """

    local_asn: int
    peers: tuple[BgpPeer, ...]
    networks: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a device's text says something: line number (from 1) and the line, keys masked."""

    line: int
    text: str


_NOTHING: Mapping[str, str] = MappingProxyType({})
_NOWHERE: Mapping[str, Source] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """One IKE SA configuration and its children, to one Azure gateway.

    `name` is the device's own: an interface (`Tunnel1`) or a crypto map entry (`AZURE 10`).
    `missing` lists what the device's text refers to but does not define, as `kind name`.
    `quirks` are further settings of the device that keep the tunnel from working well with Azure,
    each in the device's own words: what the model has no field for.
    `routes_unseen` is why the device's text does not tell what leads into the tunnel: something
    else makes its interface and routes; empty where it tells.
    `permits` lists remote addresses whose IKE and ESP the outside access list lets in; None when
    the outside interface has no access list.
    `passes` are pairs of networks whose traffic the device's own rules let through this tunnel,
    both ways (exempt from NAT, permitted between zones); None where no rules are in the way.
    `filter` is what may cross the tunnel by its own rules; None where it has none, so that all may
    (on the intended side: where the inventory leaves that alone).
    `objects` are the names the device gives to the parts, kind -> name, as its driver defines them.
    `sources` say where each field (by its path, `esp.pfs_group`) stands in the text, or the
    section that lacks it; of several proposals and sessions each has its own (by its name or
    address, `ike.proposals.P.groups`). They are no part of equality.
    """

    name: str
    mode: Mode
    encapsulation: Encapsulation = Encapsulation.IPSEC
    enabled: bool = True
    dynamic: bool = False
    missing: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()
    local: Local = Local()
    remote: Remote = Remote()
    interface: TunnelInterface | None = None
    ike: Ike
    esp: Esp
    psk: Secret | Hidden | None = None
    selectors: tuple[TrafficSelector, ...] = ()
    routes: tuple[IPv4Network, ...] = ()
    routes_unseen: str = ""
    bgp: Bgp | None = None
    permits: tuple[IPv4Address, ...] | None = None
    passes: tuple[TrafficSelector, ...] | None = None
    filter: Filter | None = None
    objects: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    sources: Mapping[str, Source] = field(
        default_factory=lambda: _NOWHERE, compare=False, repr=False
    )


Tunnels = tuple[Tunnel, ...]
