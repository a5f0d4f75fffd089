"""What Azure says of a connection's life: tunnels, BGP, routes and SAs, out of answers and exports.

Shapes as the REST reference of virtualNetworkGateways (getBgpPeerStatus, getLearnedRoutes,
getAdvertisedRoutes) and connections (getikesas) has them. Nothing here is needed for an
expectation, so a member that cannot be read is None rather than an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from appliance.azure.tree import Faults, Node
from appliance.record import dataclass

_MAX_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelStatus:
    """One tunnel in the words of its connection; bytes since it came up, seen from Azure."""

    name: str
    status: str | None = None
    since: str | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpPeer:
    """A session of one gateway instance (`local`); `duration` as Azure writes it, d.hh:mm:ss."""

    local: str | None
    neighbor: str | None
    asn: int | None
    state: str | None
    duration: str | None
    routes_received: int | None

    @property
    def up(self) -> bool:
        """Whether the session is established."""
        return (self.state or "").casefold() == "connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route that a gateway instance learned or advertises; `as_path` begins at the neighbour."""

    network: str
    next_hop: str | None
    source_peer: str | None
    origin: str | None
    as_path: tuple[int, ...]
    weight: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSa:
    """A quick mode SA (ESP) in Azure's words; selectors are seen from Azure."""

    encryption: str | None
    integrity: str | None
    pfs_group: str | None
    lifetime_seconds: int | None
    elapsed_seconds: int | None
    local_selectors: tuple[str, ...]
    remote_selectors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSa:
    """A main mode SA in Azure's words; `nat` is whether ESP goes in UDP, `dialled` by Azure."""

    local: str | None
    remote: str | None
    encryption: str | None
    integrity: str | None
    group: str | None
    lifetime_seconds: int | None
    elapsed_seconds: int | None
    dialled: bool
    nat: bool
    children: tuple[ChildSa, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A connection as it runs. `learned` are routes from this site, `advertised` those to it.

    `read_at` is in seconds since 1970. `absent` says what Azure was asked for and has none of;
    `unknown` what could not be read, and why: what it names is empty here without being so.
    """

    read_at: float
    status: str | None = None
    tunnels: tuple[TunnelStatus, ...] = ()
    peers: tuple[BgpPeer, ...] = ()
    learned: tuple[Route, ...] = ()
    advertised: tuple[Route, ...] = ()
    sas: tuple[IkeSa, ...] = ()
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def tunnels(connection: object) -> tuple[TunnelStatus, ...]:
    """The tunnels of a connection's own answer."""
    return tuple(
        TunnelStatus(
            name=_text(each, "tunnel") or "unnamed",
            status=_text(each, "connectionStatus"),
            since=_text(each, "lastConnectionEstablishedUtcTime"),
            bytes_in=each.number("ingressBytesTransferred"),
            bytes_out=each.number("egressBytesTransferred"),
        )
        for each in _objects(_node(connection).items("tunnelConnectionStatus"))
    )


def peers(answer: object) -> tuple[BgpPeer, ...]:
    """Sessions out of the answer of getBgpPeerStatus or `list-bgp-peer-status`."""
    return tuple(
        BgpPeer(
            local=_text(each, "localAddress"),
            neighbor=_text(each, "neighbor"),
            asn=each.number("asn"),
            state=_text(each, "state"),
            duration=_text(each, "connectedDuration"),
            routes_received=each.number("routesReceived"),
        )
        for each in _listed(answer)
    )


def routes(answer: object) -> tuple[Route, ...]:
    """Routes out of the answer of getLearnedRoutes or getAdvertisedRoutes."""
    return tuple(
        Route(
            network=network,
            next_hop=_text(each, "nextHop"),
            source_peer=_text(each, "sourcePeer"),
            origin=_text(each, "origin"),
            as_path=_path(_text(each, "asPath") or ""),
            weight=each.number("weight"),
        )
        for each in _listed(answer)
        if (network := _text(each, "network"))
    )


def ike_sas(answer: object) -> tuple[IkeSa, ...]:
    """SAs out of the answer of getikesas: an array, one within a text, or one in an envelope."""
    return tuple(
        IkeSa(
            local=_text(each, "localEndpoint"),
            remote=_text(each, "remoteEndpoint"),
            encryption=_text(each, "encryption"),
            integrity=_text(each, "integrity"),
            group=_text(each, "dhGroup"),
            lifetime_seconds=each.number("lifeTimeSeconds"),
            elapsed_seconds=each.number("elapsedTimeInseconds"),
            dialled=each.flag("isSaInitiator"),
            nat=bool(each.number("remoteUdpEncapsulationPort")),
            children=tuple(map(_child, _objects(each.items("quickModeSa")))),
        )
        for each in _listed(answer)
    )


def _child(each: Node) -> ChildSa:
    return ChildSa(
        encryption=_text(each, "encryption"),
        integrity=_text(each, "integrity"),
        pfs_group=_text(each, "pfsGroupId"),
        lifetime_seconds=each.number("lifeTimeSeconds"),
        elapsed_seconds=each.number("elapsedTimeInseconds"),
        local_selectors=_texts(each, "localTrafficSelectors"),
        remote_selectors=_texts(each, "remoteTrafficSelectors"),
    )


def _listed(answer: object) -> Iterator[Node]:
    """The objects of an answer, whatever is around the list."""
    value = _decoded(answer)
    for name in ("value", "Data", "data"):
        if isinstance(value, dict) and name in value:
            value = _decoded(value[name])
    yield from (each for each in _objects(_node(value).elements()) if each.value)


def _objects(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(each for each in nodes if isinstance(each.value, dict))


def _decoded(value: object) -> object:
    """What is in a text that holds JSON, twice perhaps, or with something around a list."""
    for _ in range(3):
        if not isinstance(value, str):
            return value
        value = _loaded(value)
    return []


def _loaded(text: str) -> object:
    begin, end = text.find("["), text.rfind("]")
    for part in (text, text[begin : end + 1] if 0 <= begin < end else ""):
        try:
            return cast(object, json.loads(part))
        except (ValueError, RecursionError):
            continue
    return []


def _node(value: object) -> Node:
    """A cursor whose faults nobody hears."""
    return Node(value, "", "$", Faults())


def _text(node: Node, name: str) -> str | None:
    found = node.text(name)
    return found[:_MAX_TEXT] if found else None


def _texts(node: Node, name: str) -> tuple[str, ...]:
    return tuple(text[:_MAX_TEXT] for each in node.items(name) if (text := each.as_text()))


def _path(text: str) -> tuple[int, ...]:
    """AS numbers of a path, which Azure joins with hyphens."""
    parts = text.replace(" ", "-").split("-")
    return tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
