"""What a failover is rehearsed for: a tunnel, and the edge as it is held and as it is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.azure.expectation import Circuit
from appliance.model.edge import Edge, ErLink, Standby, pair_links
from appliance.model.secret import Hidden, Secret
from appliance.record import dataclass
from appliance.twin.subject import Subject, wanted

USUAL_HOLD_SECONDS = 180
"""Microsoft's hold time; a lower one of ours is taken ("ExpressRoute routing requirements")."""
MOST_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Peering:
    """One link as Azure's export of the circuit has it; as the inventory wants it where not."""

    label: str
    microsoft: IPv4Interface
    ours: IPv4Interface
    vlan: int | None
    svlan: int | None
    asn: int | None
    key: Secret | Hidden | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link from both sides; `held` None: the device has no such session."""

    name: str
    azure: Peering
    held: ErLink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One tunnel that stands behind the circuits of its site.

    `wanted` and `held` are the edge as the inventory has it and as the device holds it.
    """

    subject: Subject
    wanted: Edge
    held: Edge

    @property
    def links(self) -> tuple[Link, ...]:
        """The links that the site should have, in the inventory's order."""
        pairs = pair_links(self.wanted.links, self.held.links)
        return tuple(
            Link(name=f"er{number}", azure=_peering(self, meant), held=held)
            for number, (meant, held) in enumerate(pairs, start=1)
        )

    @property
    def standby(self) -> tuple[Standby, ...]:
        """The static routes into this very tunnel, but for those to its own BGP peers."""
        names = tunnel_names(self)
        return tuple(one for one in self.held.standby if one.via in names)


def tunnel_names(standing: Standing) -> set[str]:
    """What a route may call the tunnel's interface."""
    tunnel = standing.subject.tunnel
    return {tunnel.name, *(() if tunnel.interface is None else (tunnel.interface.name,))}


def announced(standing: Standing, network: IPv4Network) -> IPv4Network:
    """The VNet's prefix that this network is part of: what Azure announces."""
    known = standing.subject.expectation.vnet_prefixes
    return next((one for one in known if network.subnet_of(one)), network)


def originated(standing: Standing, network: IPv4Network) -> IPv4Network:
    """The site's prefix that this network is part of: what the device should announce."""
    return next((one for one in standing.wanted.networks if network.subnet_of(one)), network)


def pairs(standing: Standing) -> tuple[tuple[IPv4Network, IPv4Network], ...]:
    """The traffic that is kept going: what the tunnel is for, as far as there is room."""
    asked = wanted(standing.subject)[:MOST_PAIRS]
    return tuple((pair.local, pair.remote) for pair in asked)


def gateways(standing: Standing) -> tuple[IPv4Address, ...]:
    """The addresses of Azure's VPN gateway, which must stay off the circuit."""
    ends = standing.subject.expectation.endpoints
    return tuple(one.address for one in ends if one.address is not None)


def key_word(held: Secret | Hidden | None, other: Secret | Hidden | None) -> str | None:
    """What stands for a key in the sandbox: equal where the keys are; the keys stay outside.

    A key that is not known is taken to be the other end's.
    """
    if held is None or (isinstance(held, Hidden) and other is None):
        return None if held is None else "hidden"
    if isinstance(held, Hidden) or isinstance(other, Hidden) or held == other:
        return "agreed"
    return "ours"


def _peering(standing: Standing, meant: ErLink) -> Peering:
    label = meant.label or meant.interface
    circuit = _circuit(standing.subject.expectation.circuits, label)
    told = None if circuit is None else circuit.peering
    second = label.endswith(" secondary")
    network = None if told is None else (told.secondary if second else told.primary)
    if network is None:
        network = meant.address.network if meant.address else IPv4Network(meant.session.peer)
    length = network.prefixlen
    return Peering(
        label=label,
        ours=IPv4Interface(f"{network[min(1, network.num_addresses - 1)]}/{length}"),
        microsoft=IPv4Interface(f"{network[min(2, network.num_addresses - 1)]}/{length}"),
        vlan=(told.vlan if told else None) or meant.vlan,
        svlan=(circuit.stag if circuit and meant.svlan else None) or meant.svlan,
        asn=(told.peer_asn if told else None) or standing.wanted.asn,
        key=meant.session.key,
    )


def _circuit(circuits: Iterable[Circuit], label: str) -> Circuit | None:
    name = label.rpartition(" ")[0].casefold()
    return next((one for one in circuits if one.name.casefold() == name), None)
