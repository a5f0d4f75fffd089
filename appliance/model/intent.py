"""What is asked of an appliance (`Intent`) and what was read from one (`Observed`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from ipaddress import IPv4Interface, IPv4Network
from types import MappingProxyType

from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.tunnel import IkeProposal, Source, Tunnel, Tunnels
from appliance.record import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.edge import Edge


class Dials(StrEnum):
    """Which side opens the IKE SA: Azure's `connectionMode`, from Azure's view of itself."""

    EITHER = "Default"
    AZURE = "InitiatorOnly"
    APPLIANCE = "ResponderOnly"


@dataclass(frozen=True, slots=True, kw_only=True)
class EspOffer:
    """One exact combination for a child SA that Azure proposes or accepts."""

    encryption: Encryption
    integrity: Integrity
    pfs_group: DhGroup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPolicy:
    """What Azure negotiates on one connection: its effective policy, default or custom.

    `ike` holds exact combinations, most preferred first. `initiator` are the child SA offers
    Azure makes when it dials, `responder` those it accepts when it is dialled; a custom policy is
    one combination in all three. Source of the default lists: `appliance.azure.spelling`.
    """

    default: bool
    ike: tuple[IkeProposal, ...]
    initiator: tuple[EspOffer, ...]
    responder: tuple[EspOffer, ...]
    dials: Dials = Dials.EITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a driver must know of the box besides the tunnels, to choose names and check limits.

    `version` is the OS version in the vendor's own form ("17.9.4", "15.2(4)M7"); None is unknown.
    `weak_allowed` is that of `Observed`.
    `tunnel_number` is where numbering of tunnel interfaces begins when the box leaves it free.
    """

    version: str | None = None
    weak_allowed: bool = False
    outside_interface: str | None = None
    inside_interface: str | None = None
    outside_acl: str | None = None
    tunnel_number: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One site as it should be: the tunnels of its appliance, before a driver has named them.

    Names are labels here (`site-a-1`), `objects` are empty: `Driver.place` fills both. `notes` are
    what an engineer should know of the choices made. `edge` is that of an ExpressRoute site.
    `gives_up_seconds` is Azure's DPD timeout: how long it takes a silent appliance for alive.
    `any_pace` tells that the inventory asks for no liveness check of its own, so that one which the
    device has already stays as it is.
    `beside` are the other sites on the same device, in the order of the inventory.
    `reaches` are the networks that Azure is known to have behind its gateway.
    `clears`: what is left over of the site on its device is to go (see `model.leftover`).
    """

    site: str
    driver: str
    tunnels: Tunnels
    peer: PeerPolicy
    notes: tuple[str, ...] = ()
    environment: Environment = Environment()
    any_pace: bool = False
    edge: Edge | None = None
    gives_up_seconds: int = 45
    beside: tuple[Beside, ...] = ()
    reaches: tuple[IPv4Network, ...] = ()
    clears: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another site on the same device, as it is intended but for its key.

    `intent` None: it cannot be told, for the reason in `unknown`, and the site is a name only.
    `first`: it stands before this site in the inventory.
    """

    site: str
    intent: Intent | None = None
    first: bool = False
    unknown: str = ""

    @property
    def tunnels(self) -> Tunnels:
        """The tunnels it is to have, as far as they are known."""
        return () if self.intent is None else self.intent.tunnels


def unhindered(intent: Intent) -> Intent:
    """The intent for a platform whose own rules are never in a tunnel's way: without `passes`."""
    return replace(intent, tunnels=tuple(replace(one, passes=None) for one in intent.tunnels))


def lent(intent: Intent) -> Intent:
    """The intent for a platform whose tunnel interfaces need an address.

    One without borrows that of the inside interface, else that of the outside one.
    """
    lender = intent.environment.inside_interface or intent.environment.outside_interface

    def lend(tunnel: Tunnel) -> Tunnel:
        interface = tunnel.interface
        if interface is None or interface.address is not None or interface.unnumbered:
            return tunnel
        return replace(tunnel, interface=replace(interface, unnumbered=lender))

    return replace(intent, tunnels=tuple(map(lend, intent.tunnels)))


_NO_INTERFACES: Mapping[str, IPv4Interface | None] = MappingProxyType({})
_NO_OBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def _no_edge() -> Edge | None:
    """Of a device that knows nothing of ExpressRoute."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a driver understood of a device's running configuration.

    `unrecognized` are lines inside VPN sections that the driver does not know.
    `version` is the OS version as the configuration tells it (IOS: "15.2"), None when it does not.
    `weak_allowed`: the device says that it takes weak algorithms though its release refuses them.
    `interfaces` maps every interface to its first address (None: it has none, or not a fixed one).
    `objects` maps the heading of every VPN-related section, used or not (`crypto ikev2 policy P`),
    to its lines, normalised and with keys masked: what `place` may not collide with.
    `read_edge` reads what the device has of ExpressRoute when it is first asked for (`edge`).
    `edged`: it may have something of ExpressRoute that we made; where a driver cannot tell at once,
    reading does.
    `foreseen`: nobody has looked at a device, and this is what sites before this one make of it.
    """

    driver: str
    hostname: str | None = None
    version: str | None = None
    weak_allowed: bool = False
    foreseen: bool = False
    edged: bool = True
    tunnels: Tunnels = ()
    unrecognized: tuple[Source, ...] = ()
    interfaces: Mapping[str, IPv4Interface | None] = field(default_factory=lambda: _NO_INTERFACES)
    objects: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_OBJECTS)
    read_edge: Callable[[], Edge | None] = field(default=_no_edge, compare=False, repr=False)

    @property
    def blank(self) -> bool:
        """Whether nobody has looked at a device: names are then stable defaults."""
        return self.foreseen or not (self.interfaces or self.objects)

    @property
    def edge(self) -> Edge | None:
        """What the device has of ExpressRoute; None where it has nothing of the kind."""
        return self.read_edge()
