"""The server's one BGP router, and which of its peers are behind which interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network

from appliance.model.tunnel import Bgp, BgpPeer, Source, Tunnel
from appliance.record import dataclass, replace
from vendors.rras import names
from vendors.rras.reading.document import Document
from vendors.rras.reading.fields import Fields

DEFAULT_HOLD = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """BGP of the server: `shared` says that something hangs on it that is no tunnel's."""

    asn: int
    identifier: str
    peers: tuple[tuple[str, BgpPeer, Fields], ...]
    networks: tuple[IPv4Network, ...]
    shared: bool
    at: Fields


def router(document: Document) -> Router | None:
    """The router, None where there is none. Peers without usable addresses are left to `odd`."""
    found = next((one for one in document.routers if one.number("LocalASN")), None)
    if found is None:
        return None
    networks = [
        network
        for route in document.custom_routes
        for text in route.texts("Network")
        if (network := _network(text)) is not None
    ]
    return Router(
        asn=found.number("LocalASN") or 0,
        identifier=found.text("BgpIdentifier"),
        peers=tuple(one for fields in document.peers if (one := _peer(fields)) is not None),
        networks=tuple(dict.fromkeys(networks)),
        shared=any(route.texts("Interface") for route in document.custom_routes),
        at=found,
    )


def odd_peers(document: Document) -> Iterable[Source]:
    """Peers that could not be read, or have no router."""
    lonely = router(document) is None
    for fields in document.peers:
        if lonely or _peer(fields) is None:
            yield fields.source("PeerIPAddress")


def _peer(fields: Fields) -> tuple[str, BgpPeer, Fields] | None:
    address, asn = _ip(fields.text("PeerIPAddress")), fields.number("PeerASN")
    if address is None or not asn:
        return None
    told = fields.number("HoldTimeSec")
    hold = DEFAULT_HOLD if told is None else told
    peer = BgpPeer(
        address=address,
        asn=asn,
        local_address=_ip(fields.text("LocalIPAddress")),
        keepalive_seconds=hold // 3,
        hold_seconds=hold,
        enabled=fields.text("PeeringMode").lower() != "manual",
    )
    return fields.text("PeerName") or fields.text("Name"), peer, fields


def _ip(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text, strict=False)
    except ValueError:
        return None


def speaking(tunnels: Iterable[Tunnel], known: Router | None) -> tuple[Tunnel, ...]:
    """The tunnels, each with the peers that are reached through it."""
    found = tuple(tunnels)
    if known is None:
        return found
    owners = {peer.address: _owner(found, peer.address) for _, peer, _ in known.peers}
    kept = known.shared or None in owners.values()
    return tuple(_speaking(tunnel, known, owners, kept=kept) for tunnel in found)


def _owner(tunnels: Iterable[Tunnel], address: IPv4Address) -> str | None:
    """The interface whose most specific route leads to the peer."""
    ways = [
        (route.prefixlen, tunnel.enabled, tunnel.name)
        for tunnel in tunnels
        for route in tunnel.routes
        if address in route
    ]
    return max(ways, key=lambda way: way[:2])[2] if ways else None


def _speaking(
    tunnel: Tunnel, known: Router, owners: Mapping[IPv4Address, str | None], *, kept: bool
) -> Tunnel:
    own = [one for one in known.peers if owners[one[1].address] == tunnel.name]
    if not own:
        return tunnel
    objects = {f"{names.PEER} {peer.address}": name for name, peer, _ in own}
    objects[names.IDENTIFIER] = known.identifier
    if kept:
        objects[names.ROUTER] = "kept"
        objects[names.KEPT] = " ".join(map(str, known.networks))  # whose they are, nothing tells
    sources = {
        "bgp": own[0][2].source("PeerIPAddress"),
        "bgp.local_asn": known.at.source("LocalASN"),
    }
    for _, peer, fields in own:
        sources |= {
            f"bgp.peers.{peer.address}.{path}": fields.source(member)
            for path, member in _MEMBERS.items()
        }
    return replace(
        tunnel,
        bgp=Bgp(
            local_asn=known.asn,
            peers=tuple(peer for _, peer, _ in own),
            networks=known.networks,
        ),
        objects={**tunnel.objects, **objects},
        sources={**tunnel.sources, **sources},
    )


_MEMBERS = {
    "asn": "PeerASN",
    "source": "LocalIPAddress",
    "timers": "HoldTimeSec",
    "enabled": "PeeringMode",
}
