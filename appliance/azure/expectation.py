"""What Azure expects of the other end of one connection, whatever source told it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType

from appliance.model.algorithms import IkeVersion
from appliance.model.intent import PeerPolicy
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass, field

VNET_GATEWAY = "vnet-gateway"
VIRTUAL_WAN = "virtual-wan"

IKE_LIFETIME_SECONDS = 28_800
"""Fixed on Azure, with a custom policy too ("About VPN devices", IKE parameters)."""
ESP_LIFETIME_SECONDS = 27_000
ESP_LIFETIME_KILOBYTES = 102_400_000
DPD_SECONDS = 45
"""What Azure takes when `dpdTimeoutSeconds` is 0 or missing ("VPN Gateway FAQ")."""
AZURE_ASN = 65_515
"""What a gateway has unless another was set; it is there with BGP off, too."""


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One gateway instance: the address tunnels end at, None when the source does not tell.

    `bgp_addresses` are its own (from GatewaySubnet), `apipa_addresses` its custom ones, restricted
    to those of this connection when the connection chooses.
    """

    name: str
    address: IPv4Address | None
    bgp_addresses: tuple[IPv4Address, ...] = ()
    apipa_addresses: tuple[IPv4Address, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPremisesEnd:
    """What Azure believes of our side: its local network gateway.

    `id` is that resource's, for commands; two sources that say the same may differ in it.
    """

    id: str | None = field(default=None, compare=False)
    address: IPv4Address | None = None
    fqdn: str | None = None
    prefixes: tuple[IPv4Network, ...] = ()
    bgp_asn: int | None = None
    bgp_address: IPv4Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NatRule:
    """One rule of the gateway's NAT for this connection.

    `egress` shows the site `external` in place of the VNet's `internal`; else the VNet is shown
    `external` in place of the site's `internal`. `dynamic`: many share few, and only the internal
    side begins. `instance` is the ip configuration it is bound to, None for any.
    """

    name: str
    egress: bool
    dynamic: bool
    internal: IPv4Network
    external: IPv4Network
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a piece was read: a file, and the JSON path in it."""

    file: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFacts:
    """What is told of the gateway itself, in Azure's words; None or empty is not told.

    `subnet` is the name of the subnet it stands in; `security_group` and `route_table` are the
    names of what is attached to that. `nat_rules` counts those of this connection. `default_site`
    is the local network gateway that takes all traffic to the Internet (forced tunnelling).
    `neighbours` are other subnets that overlap that one. `routes` are the destinations in the route
    table, None when it was not exported, and `propagation` whether it lets BGP routes in.
    `route_translation`: NAT rules act on BGP routes, too (`enableBgpRouteTranslationForNat`).
    `location` is its region, without blanks and in small letters.
    `scale_units` (500 Mbps each) and `link_mbps`, the speed of the site's link, are Virtual WAN's.
    """

    sku: str | None = None
    generation: int | None = None
    vpn_type: str | None = None
    active_active: bool | None = None
    subnet: str | None = None
    subnet_prefixes: tuple[IPv4Network, ...] = ()
    security_group: str | None = None
    route_table: str | None = None
    nat_rules: int = 0
    default_site: str | None = None
    neighbours: tuple[IPv4Network, ...] = ()
    routes: tuple[IPv4Network, ...] | None = None
    propagation: bool | None = None
    public_ip_skus: tuple[str, ...] = field(default=(), compare=False)
    scale_units: int | None = None
    link_mbps: int | None = None
    route_translation: bool | None = None
    location: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peering:
    """The private peering of a circuit, as Azure has it; None is not told.

    `primary` and `secondary` are the networks of its two links, `vlan` the (inner) tag.
    """

    state: str | None = None
    azure_asn: int | None = None
    peer_asn: int | None = None
    primary: IPv4Network | None = None
    secondary: IPv4Network | None = None
    vlan: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """One ExpressRoute circuit. `stag` is the outer tag with QinQ; None is not told.

    `connected` tells whether a connection to an ExpressRoute gateway is among the exports, and
    `gateway_sku` and `gateway_asn` are that gateway's.
    """

    name: str
    id: str | None = None
    bandwidth_mbps: int | None = None
    sku_tier: str | None = None
    provider_state: str | None = None
    stag: int | None = None
    peering: Peering = Peering()
    connected: bool = False
    gateway_sku: str | None = None
    gateway_asn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One connection as Azure will negotiate it.

    `vnet_prefixes` are all networks reached through the gateway (VNet, peered VNets with gateway
    transit, point-to-site pools), as the appliance sees them: through the gateway's NAT, of which
    `nat` are the rules; `untranslated` are then their own addresses, empty without such rules.
    `selectors` are seen from the appliance (local is on premises); empty is any-to-any.
    `custom_selectors` tells selectors that were set one by one from the full
    cross product. `certificate`: Azure authenticates by certificates. `psk_state` is known, absent
    (the source has no key) or unreadable (it shows a mask). `exported_at` is the time of the oldest
    piece, in seconds since 1970. `provisioning` maps a kind of resource to its provisioningState.
    `circuits` are those that the exports hold.
    """

    name: str
    kind: str = VNET_GATEWAY
    id: str | None = None
    endpoints: tuple[Endpoint, ...]
    vnet_prefixes: tuple[IPv4Network, ...]
    on_premises: OnPremisesEnd
    ike_version: IkeVersion
    policy: PeerPolicy
    ike_lifetime_seconds: int = IKE_LIFETIME_SECONDS
    esp_lifetime_seconds: int = ESP_LIFETIME_SECONDS
    esp_lifetime_kilobytes: int | None = ESP_LIFETIME_KILOBYTES
    policy_based: bool = False
    custom_selectors: bool = False
    selectors: tuple[TrafficSelector, ...] = ()
    dpd_seconds: int = DPD_SECONDS
    psk: Secret | None = None
    psk_state: str = "absent"
    certificate: bool = False
    bgp_enabled: bool = False
    bgp_asn: int | None = None
    nat: tuple[NatRule, ...] = ()
    untranslated: tuple[IPv4Network, ...] = ()
    gateway: GatewayFacts = GatewayFacts()
    circuits: tuple[Circuit, ...] = ()
    status: str | None = None
    provisioning: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    exported_at: float | None = None
    provenance: tuple[Provenance, ...] = ()
    notes: tuple[str, ...] = ()


def matching(named: Sequence[tuple[str, str | None]], connection: str | None) -> list[int]:
    """Positions of the connections, as (name, id), that are called so; None stands for any.

    Regions in names are written with blanks by the portal and without by az: blanks do not count.
    """
    if connection is None:
        return list(range(len(named)))
    word = _bare(connection)
    by_name = [at for at, (name, _) in enumerate(named) if _bare(name) == word]
    by_id = [at for at, (_, identity) in enumerate(named) if _bare(identity) == word]
    return by_name + by_id


def _bare(word: str | None) -> str:
    return (word or "").replace(" ", "").casefold()
