"""A connection as it runs, asked of Azure: tunnels, BGP sessions, routes both ways, SAs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from appliance.azure import runtime
from appliance.azure.live import source
from appliance.azure.live.failures import Lack
from appliance.azure.live.reader import Piece, Reader
from appliance.azure.live.shape import members, text, truth
from appliance.azure.runtime import BgpPeer, IkeSa, Route, Runtime
from appliance.errors import ExpectationError
from appliance.model.cloud import AzureScope
from appliance.record import dataclass, field, replace

_MAX_NAMED = 6
_Told = TypeVar("_Told", IkeSa, BgpPeer, Route)


def read(scope: AzureScope, connection: str | None) -> Runtime:
    """The state of a connection of a virtual network gateway. Azure takes its time: a minute.

    What this login may not ask, or Azure cannot answer now, is in `unknown`. Raises
    `ExpectationError` when the connection itself cannot be read.
    """
    reader = source.reader_for(scope)
    whole = reader.need(source.identify(scope, connection))
    if "/vpnconnections/" in whole.id.casefold():
        link = "" if (connection or "/").startswith("/") else str(connection).partition("/")[2]
        return _of_link(whole, link.casefold())
    asks = _Asks(reader=reader)
    gateway = text(whole.value, "virtualNetworkGateway1", "id")
    site = reader.get(text(whole.value, "localNetworkGateway2", "id"))
    peer = "" if isinstance(site, Lack) else text(site.value, "bgpSettings", "bgpPeeringAddress")
    bgp = truth(whole.value, "enableBgp")
    found = Runtime(
        read_at=whole.read_at,
        status=text(whole.value, "connectionStatus") or None,
        tunnels=runtime.tunnels(whole.value),
        sas=asks.some(runtime.ike_sas, whole.id, "getikesas", "SAs"),
    )
    if bgp and not peer:
        why = site.message if isinstance(site, Lack) else "the local network gateway has none"
        asks.unknown.append(f"BGP sessions and routes: the site's BGP address is not known: {why}")
    done = _with_bgp(found, asks, gateway, peer) if peer and bgp else found
    return replace(done, absent=tuple(asks.absent), unknown=tuple(asks.unknown))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asks:
    """Puts questions, and keeps what could not be answered."""

    reader: Reader
    absent: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def some(
        self, read: Callable[[object], tuple[_Told, ...]], identity: str, question: str, what: str
    ) -> tuple[_Told, ...]:
        """What an answer has; that it has none is kept apart from that there is no answer."""
        known = len(self.unknown)
        found = read(self.of(identity, question, what))
        if not found and len(self.unknown) == known:
            self.absent.append(what)
        return found

    def of(self, identity: str, question: str, what: str) -> object:
        """The answer, None when there is none. What is asked may have a query behind it."""
        asked, _, query = question.partition("?")
        try:
            found = self.reader.ask(identity, asked, query)
        except ExpectationError as error:
            self.unknown.append(f"{what}: {error.message}")
            return None
        if isinstance(found, Piece):
            return found.value
        self.unknown.append(f"{what}: {found.message}")
        return None


def _with_bgp(found: Runtime, asks: _Asks, gateway: str, peer: str) -> Runtime:
    """With the sessions to this site's peer, and the routes from and to it."""

    def own(answer: object) -> tuple[BgpPeer, ...]:
        others.extend(runtime.peers(answer))
        return tuple(each for each in others if each.neighbor == peer)

    def learned(answer: object) -> tuple[Route, ...]:
        return tuple(each for each in runtime.routes(answer) if each.source_peer == peer)

    others: list[BgpPeer] = []
    sessions = asks.some(own, gateway, "getBgpPeerStatus", "BGP sessions")
    if not sessions and others:
        shown = ", ".join(dict.fromkeys(each.neighbor or "?" for each in others[:_MAX_NAMED]))
        asks.absent[-1] += f" with {peer}; the gateway has some with {shown}"
    ask = f"getAdvertisedRoutes?peer={quote(peer)}"
    return replace(
        found,
        peers=sessions,
        learned=asks.some(learned, gateway, "getLearnedRoutes", "learned routes"),
        advertised=asks.some(runtime.routes, gateway, ask, "advertised routes"),
    )


def _of_link(whole: Piece, link: str) -> Runtime:
    """Of Virtual WAN a link tells no more than whether it is connected."""
    links = members(whole.value, "vpnLinkConnections")
    meant = [each for each in links if link in ("", text(each, "name").casefold())]
    return Runtime(
        read_at=whole.read_at,
        status=text(meant[0], "connectionStatus") or None if len(meant) == 1 else None,
        unknown=("BGP sessions, routes and SAs: not asked for in Virtual WAN",),
    )
