"""All that a set of tunnels amounts to on a server: interfaces, one BGP router, its peers."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Bgp, BgpPeer, Tunnel, Tunnels
from appliance.record import dataclass
from vendors.rras import names
from vendors.rras.writing.filters import Lists, held
from vendors.rras.writing.interface import Parameters, parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One S2S interface; `protocol` is what it was added with, `filters` None are not known."""

    name: str
    protocol: str
    parameters: Parameters
    psk: Secret | Hidden | None
    filters: Lists | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """The BGP router; `kept` says that others need it too."""

    asn: int
    identifier: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`kept` are networks that were advertised before us and stay when we go."""

    interfaces: dict[str, Interface]
    router: Router | None
    peers: dict[str, Parameters]
    networks: tuple[IPv4Network, ...]
    kept: frozenset[IPv4Network]


def server(tunnels: Tunnels) -> Server:
    """Raises `RefusedError` when two tunnels want different AS numbers of the one router."""
    speakers = [(tunnel, tunnel.bgp) for tunnel in tunnels if tunnel.bgp is not None]
    networks = (network for _, bgp in speakers for network in bgp.networks)
    kept = (
        IPv4Network(word)
        for tunnel, _ in speakers
        for word in tunnel.objects.get(names.KEPT, "").split()
    )
    return Server(
        interfaces={tunnel.name: _interface(tunnel) for tunnel in tunnels},
        router=_router(speakers),
        peers={
            name: _peer(name, peer)
            for tunnel, bgp in speakers
            for name, peer in _named(tunnel, bgp.peers)
        },
        networks=tuple(dict.fromkeys(networks)),
        kept=frozenset(kept),
    )


def _interface(tunnel: Tunnel) -> Interface:
    return Interface(
        name=tunnel.name,
        protocol=tunnel.objects.get("Protocol", "IKEv2"),
        parameters=parameters(tunnel),
        psk=tunnel.psk,
        filters=held(tunnel),
    )


def _router(speakers: list[tuple[Tunnel, Bgp]]) -> Router | None:
    if not speakers:
        return None
    numbers = {bgp.local_asn for _, bgp in speakers}
    if len(numbers) > 1:
        raise RefusedError(
            f"one server is one AS, but its tunnels want {sorted(numbers)}",
            hint="give all sites on this server the same on_premises.bgp.asn",
        )
    tunnel, bgp = speakers[0]
    return Router(
        asn=bgp.local_asn,
        identifier=tunnel.objects.get(names.IDENTIFIER) or str(bgp.peers[0].local_address),
        kept=any(one.objects.get(names.ROUTER) == "kept" for one, _ in speakers),
    )


def _named(tunnel: Tunnel, peers: Iterable[BgpPeer]) -> Iterable[tuple[str, BgpPeer]]:
    """Each session under the name it has, or one made of the interface's."""
    for number, peer in enumerate(peers):
        free = tunnel.name if not number else f"{tunnel.name}-{number + 1}"
        yield tunnel.objects.get(f"{names.PEER} {peer.address}") or free, peer


def _peer(name: str, peer: BgpPeer) -> Parameters:
    return {
        "Name": name,
        "LocalIPAddress": str(peer.local_address),
        "PeerIPAddress": str(peer.address),
        "PeerASN": peer.asn,
        "OperationMode": "Mixed",
        "PeeringMode": "Automatic" if peer.enabled else "Manual",
        "HoldTimeSec": peer.hold_seconds,
    }
