"""The device's side of a circuit, from what its configuration will say; see `provider`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.edge import Bfd, Clause, Edge, ErLink, Filter
from appliance.model.tunnel import BgpPeer
from appliance.record import dataclass
from appliance.twin.circuit.standing import (
    USUAL_HOLD_SECONDS,
    Link,
    Standing,
    key_word,
    own_networks,
)
from appliance.twin.network import TUN
from appliance.twin.sessions import speaks
from appliance.twin.speaker import (
    Entry,
    Neighbor,
    Policy,
    Rule,
    Speaker,
    Static,
)

PLAYED_HOLD_SECONDS = 3
"""BIRD's least. Hold times of minutes would keep a rehearsal waiting for minutes."""
MICROSOFT_BFD = Bfd()
SLOWEST_MS = 1_500
_WEIGHTED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """How long a link that goes silent stays unnoticed: as configured, and as it is played.

    `bfd_ms` None: without BFD, so that BGP's hold time decides.
    """

    bfd_ms: int | None
    bfd_played_ms: int | None
    hold_seconds: int
    hold_played_seconds: int = PLAYED_HOLD_SECONDS


def timers(link: ErLink) -> Timers:
    """Those of one link: of each timer the slower end's, of the hold time the lower one."""
    acting = acts(link)
    wait = None if acting is None else _detects(acting)
    return Timers(
        bfd_ms=wait,
        bfd_played_ms=None if wait is None else min(wait, SLOWEST_MS),
        hold_seconds=min(link.session.hold_seconds or USUAL_HOLD_SECONDS, USUAL_HOLD_SECONDS),
    )


def acts(link: ErLink) -> Bfd | None:
    """BFD where it works: its timers are set, and the session falls with it."""
    return link.bfd if link.session.bfd else None


def _detects(bfd: Bfd) -> int:
    heard = max(bfd.receive_ms, MICROSOFT_BFD.transmit_ms)
    return heard * max(bfd.multiplier, MICROSOFT_BFD.multiplier)


def speaker(standing: Standing) -> Speaker:
    """The device as a router: its sessions over the lines and in the tunnel, its static routes."""
    bgp = standing.subject.tunnel.bgp
    mine = () if bgp is None else bgp.networks
    return Speaker(
        identity="1.0.0.1",
        neighbors=(*_circuits(standing), *_tunnel(standing)),
        statics=tuple(dict.fromkeys(_statics(standing))),
        networks=tuple(map(str, dict.fromkeys((*own_networks(standing), *mine)))),
    )


def connected(link: Link) -> bool:
    """Whether frames of this link arrive: tags and interface fit. The kernel knows no tags here."""
    held = link.held
    return (
        held is not None
        and held.enabled
        and held.vlan in (None, link.azure.vlan)
        and held.svlan == link.azure.svlan
    )


def _circuits(standing: Standing) -> Iterator[Neighbor]:
    for link in standing.links:
        held = link.held
        if held is None or held.address is None or not held.session.enabled:
            continue
        if standing.held.asn is not None:
            yield _circuit(link, held, standing.held)


def _circuit(link: Link, held: ErLink, edge: Edge) -> Neighbor:
    """A weight stands above local preference, and there are few different ones."""
    session, address = held.session, held.address
    weights = sorted({one.session.weight or 0 for one in edge.links} - {0})
    return Neighbor(
        name=link.name,
        local="0.0.0.0" if address is None else str(address.ip),  # noqa: S104 -- never: see above
        local_asn=edge.asn or 0,
        remote=str(session.peer),
        remote_asn=session.asn,
        key=key_word(session.key, link.azure.key),
        detection=_detection(held),
        receives=policy(session.receives),
        sends=policy(session.sends),
        distance=edge.bgp_distance,
        rank=0 if not session.weight else min(_WEIGHTED, 1 + weights.index(session.weight)),
    )


def _detection(link: ErLink) -> Bfd | None:
    acting = acts(link)
    if acting is None:
        return None
    if _detects(acting) > SLOWEST_MS:
        return Bfd(transmit_ms=SLOWEST_MS // 3, receive_ms=SLOWEST_MS // 3)
    return acting


def _tunnel(standing: Standing) -> Iterator[Neighbor]:
    """The session in the tunnel, where both ends would agree on one: that is judged elsewhere."""
    bgp, peer = standing.subject.tunnel.bgp, peer_of(standing)
    if bgp is None or peer is None or peer.local_address is None:
        return
    sends = tuple(
        Entry(network=str(n), shortest=n.prefixlen, longest=n.prefixlen) for n in bgp.networks
    )
    yield Neighbor(
        name="vpn",
        local=str(peer.local_address),
        local_asn=bgp.local_asn,
        remote=str(peer.address),
        remote_asn=peer.asn,
        multihop=4,
        sends=Policy(rules=(Rule(entries=sends),)),
        distance=standing.held.bgp_distance,
    )


def peer_of(standing: Standing) -> BgpPeer | None:
    """The device's peer for this instance of Azure's gateway; None where BGP would not come up."""
    subject = standing.subject
    if not speaks(subject) or subject.tunnel.bgp is None:
        return None
    known = (*subject.endpoint.bgp_addresses, *subject.endpoint.apipa_addresses)
    return next((one for one in subject.tunnel.bgp.peers if one.address in known), None)


def _statics(standing: Standing) -> Iterator[Static]:
    """Routes into the tunnel with their distance; those that nobody told one have the usual."""
    told = {one.prefix: one.distance for one in standing.standby}
    for network in standing.subject.tunnel.routes:
        yield Static(network=str(network), via=TUN, distance=told.get(network, 1))
    peer = peer_of(standing)
    if peer is not None:
        yield Static(network=f"{peer.address}/32", via=TUN)


def apart(standing: Standing) -> Iterator[tuple[IPv4Address, str | None]]:
    """The device's own routes to single addresses: None leads to the Internet, else the line."""
    lines = {
        link.held.address.network: link.name
        for link in standing.links
        if link.held is not None and link.held.address is not None
    }
    for route in standing.held.hosts:
        yield route.address, _over(route.via, lines)


def _over(via: str, lines: dict[IPv4Network, str]) -> str | None:
    for word in via.split():
        if word.replace(".", "").isdigit():
            hop = IPv4Address(word)
            return next((name for network, name in lines.items() if hop in network), None)
    return None


def policy(held: Filter | None) -> Policy | None:
    """A filter of the device, without the conditions that nobody could read."""
    if held is None:
        return None
    return Policy(rules=tuple(map(_rule, held.clauses)), otherwise=held.otherwise)


def _rule(clause: Clause) -> Rule:
    entries = None
    if clause.prefixes is not None:
        entries = tuple(
            Entry(
                network=str(one.network),
                shortest=one.shortest,
                longest=one.longest,
                permit=one.permit,
            )
            for one in clause.prefixes
        )
    return Rule(
        permit=clause.permit,
        entries=entries,
        preference=clause.local_preference,
        goes_on=clause.goes_on,
    )
