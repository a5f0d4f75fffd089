"""What a person wrote down about each site: the inventory as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.cloud import AzureScope
from appliance.model.reach import JumpHost, WinRm
from appliance.model.secret import SecretRef
from appliance.model.tunnel import Mode
from appliance.record import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelSettings:
    """Choices for the tunnel interfaces of one appliance.

    `number` is where their numbering begins when the box leaves it free. `addresses` has one entry
    for each Azure instance, in order; `unnumbered` names the interface whose address is borrowed
    instead. `mss` and `mtu` are in bytes, None leaves them alone; so does None for the liveness
    check (seconds until the first probe, and between retries), whose values then come from Azure.
    """

    number: int = 100
    addresses: tuple[IPv4Interface, ...] = ()
    unnumbered: str | None = None
    mss: int | None = 1350
    mtu: int | None = None
    dpd_seconds: int | None = None
    dpd_retry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The appliance itself: how to reach it and what to know before writing to it.

    `host` None means it cannot be connected to (render and compare of files only), `port` None the
    usual one of its kind. `version` is in the vendor's own form ("17.9.4"). `mode` None is chosen
    from what Azure asks for. `management` are the networks from which the operator works,
    `management_interface` the interface that carries it: neither may be cut off by a push.
    `legacy` names SSH algorithms that this one device needs; `timeout` is in seconds. `jump_host`
    None: the device is dialled directly. `read_keys` asks for keys that the device hides in its
    usual configuration.
    """

    driver: str
    host: str | None = None
    port: int | None = None
    username: str | None = None
    password: SecretRef | None = None
    enable: SecretRef | None = None
    key_file: str | None = None
    version: str | None = None
    mode: Mode | None = None
    outside_interface: str | None = None
    inside_interface: str | None = None
    outside_acl: str | None = None
    management: tuple[IPv4Network, ...] = ()
    management_interface: str | None = None
    legacy: tuple[str, ...] = ()
    timeout: float = 30.0
    jump_host: JumpHost | None = None
    winrm: WinRm = field(default_factory=WinRm)
    read_keys: bool = False
    tunnel: TunnelSettings = field(default_factory=TunnelSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPremisesBgp:
    """BGP of the appliance; `source` is the interface that holds `address`."""

    asn: int
    address: IPv4Address
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPremises:
    """Our end of the tunnel. `address` is the public one, as Azure's local network gateway has it.

    With `nat` the appliance stands behind a translator; `private_address` is then its own.
    """

    address: IPv4Address
    nat: bool = False
    private_address: IPv4Address | None = None
    prefixes: tuple[IPv4Network, ...] = ()
    bgp: OnPremisesBgp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitLink:
    """One link of a circuit: the physical interface, its tags, and what else Azure does not tell.

    `address` is ours with the length of its /30. None in `vlan` and `address`: from the export.
    """

    interface: str
    vlan: int | None = None
    svlan: int | None = None
    unit: int | None = None
    address: IPv4Interface | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitEnd:
    """A circuit that ends on the appliance: its primary link, then the secondary one."""

    name: str
    links: tuple[CircuitLink, ...]
    md5: SecretRef | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """What its links are called: `er-1 primary`."""
        places = zip(("primary", "secondary"), self.links, strict=False)
        return tuple(f"{self.name} {place}" for place, _ in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressRoute:
    """Circuits on the site's own device, and how the VPN stands behind them.

    `asn` None is that of `OnPremises.bgp`. `vpn_backup` is `bgp` or `static`, None whichever the
    site has; `backup_distance` is for static. `internet_next_hop` leads to Azure's VPN gateway.
    `vpn_site` is the site whose device has the VPN, None where it is this one.
    """

    circuits: tuple[CircuitEnd, ...]
    internet_next_hop: IPv4Address
    asn: int | None = None
    local_preference: int = 200
    bfd: bool = True
    vpn_backup: str | None = None
    backup_distance: int = 250
    vpn_site: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSource:
    """Where the Azure side is described: exported files, inline values or Azure itself, only one.

    `exports` are absolute paths of files or directories; `connection` picks one of several
    connections in them. `values` is the inline form, checked by the schema, as JSON values.
    `live` is where in Azure to read it. `max_age_days` is how old an export may be before it counts
    as stale.
    """

    exports: tuple[str, ...] = ()
    connection: str | None = None
    values: Mapping[str, object] | None = None
    live: AzureScope | None = None
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A finding that a site may have: the id of its check, why, and the last day ("2027-01-31")."""

    check: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another site on the same device, and whether it stands before this one in the file.

    `site` None: its entry has faults, so that only its name is known.
    """

    name: str
    site: Site | None
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site; `where` is where it stands in the file (`inventory.yaml:12:3`).

    `seal_to` is the path of the public key to which whole configurations are sealed in the journal;
    None keeps none. `signers` is that of the allowed signers of plan files, without which it is not
    pushed; None asks for no plan file. `rehearsed`: nothing is pushed that was not rehearsed.
    `beside` are the other sites on its device, in file order.
    """

    name: str
    tags: tuple[str, ...] = ()
    device: Device
    on_premises: OnPremises
    azure: AzureSource
    psk: SecretRef | None = None
    accept: tuple[Acceptance, ...] = ()
    traffic: tuple[Rule, ...] = ()
    express_route: ExpressRoute | None = None
    seal_to: str | None = None
    signers: str | None = None
    rehearsed: bool = False
    where: str = ""
    beside: tuple[Neighbour, ...] = ()

    @property
    def vpn_site(self) -> str | None:
        """The site whose device has the VPN, where this one has circuits only."""
        return None if self.express_route is None else self.express_route.vpn_site


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All sites asked for, by name and in the order of the file at `path`."""

    path: str
    sites: Mapping[str, Site]
