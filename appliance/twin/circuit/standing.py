"""What a failover is rehearsed for: a tunnel, and the edge as it is held and as it is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.azure.expectation import Circuit
from appliance.model.edge import Edge, ErLink, Standby, pair_links
from appliance.model.secret import Hidden, Secret
from appliance.record import dataclass
from appliance.twin.sessions import speaks
from appliance.twin.subject import Subject, wanted

USUAL_HOLD_SECONDS = 180
"""Microsoft's hold time; a lower one of ours is taken ("ExpressRoute routing requirements")."""
MOST_PAIRS = 12
REDISTRIBUTES = "redistribute"
"""The object of an edge that tells what else feeds BGP."""
Pair = tuple[IPv4Network, IPv4Network]
"""The site's network and Azure's."""


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
        """The static routes into this very tunnel."""
        tunnel = self.subject.tunnel
        names = {tunnel.name, *(() if tunnel.interface is None else (tunnel.interface.name,))}
        return tuple(one for one in self.held.standby if one.via in names)


def own_networks(standing: Standing) -> tuple[IPv4Network, ...]:
    """What the device's BGP originates. What it takes from elsewhere is not told by name, and is
    taken to be what it should be.
    """
    held = standing.held
    more = standing.wanted.networks if REDISTRIBUTES in held.objects else ()
    return tuple(dict.fromkeys((*held.networks, *more)))


def announced(standing: Standing, network: IPv4Network) -> IPv4Network:
    """The VNet's prefix that this network is part of: what Azure announces."""
    return _covering(standing.subject.expectation.vnet_prefixes, network)


def originated(standing: Standing, network: IPv4Network) -> IPv4Network:
    """The site's prefix that this network is part of: what the device should announce."""
    return _covering(standing.wanted.networks, network)


def _covering(known: Iterable[IPv4Network], network: IPv4Network) -> IPv4Network:
    """The most specific that holds the network: it decides."""
    fits = (one for one in known if network.subnet_of(one))
    return max(fits, key=lambda one: one.prefixlen, default=network)


def pairs(standing: Standing) -> tuple[Pair, ...]:
    """The traffic that is watched: what the tunnel is for, and apart from it what is routed apart.

    As many as there is room for.
    """
    return every_pair(standing)[:MOST_PAIRS]


def every_pair(standing: Standing) -> tuple[Pair, ...]:
    """All of them."""
    asked = [(pair.local, pair.remote) for pair in wanted(standing.subject)]
    ours = [one for one in told_by_vpn(standing) if any(_part(one, pair[0]) for pair in asked)]
    theirs = [one for one in routes(standing) if any(_part(one, pair[1]) for pair in asked)]
    parts = [
        *((one, remote) for local, remote in asked for one in ours if _part(one, local)),
        *((local, one) for local, remote in asked for one in theirs if _part(one, remote)),
    ]
    return tuple(dict.fromkeys((*parts, *asked)))


def _part(one: IPv4Network, whole: IPv4Network) -> bool:
    return one != whole and one.subnet_of(whole)


def routes(standing: Standing) -> tuple[IPv4Network, ...]:
    """Static routes into the tunnel, but for those that only lead to its BGP peers."""
    tunnel = standing.subject.tunnel
    peers = () if tunnel.bgp is None else [IPv4Network(one.address) for one in tunnel.bgp.peers]
    return tuple(one for one in tunnel.routes if one not in peers)


def told_by_vpn(standing: Standing) -> tuple[IPv4Network, ...]:
    """The site's networks that Azure knows by the VPN: set in Azure, or told by BGP."""
    subject = standing.subject
    bgp = subject.tunnel.bgp if speaks(subject) else None
    known = subject.expectation.on_premises
    alone = [one for one in known.prefixes if one.network_address != known.bgp_address]
    return (*alone, *(() if bgp is None else bgp.networks))


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
