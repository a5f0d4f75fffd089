"""A connection as it runs, asked of Azure: tunnels, BGP sessions, routes both ways, SAs."""

from __future__ import annotations

from urllib.parse import quote

from appliance.azure import runtime
from appliance.azure.live import source
from appliance.azure.live.failures import Lack
from appliance.azure.live.reader import Piece, Reader
from appliance.azure.live.shape import members, text, truth
from appliance.azure.runtime import Runtime
from appliance.errors import ExpectationError
from appliance.model.cloud import AzureScope
from appliance.record import dataclass, field, replace


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
        sas=runtime.ike_sas(asks.of(whole.id, "getikesas", "SAs")),
    )
    done = _with_bgp(found, asks, gateway, peer) if peer and bgp else found
    return replace(done, unknown=tuple(asks.unknown))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asks:
    """Puts questions, and keeps what could not be answered."""

    reader: Reader
    unknown: list[str] = field(default_factory=list)

    def of(self, identity: str, question: str, what: str, query: str = "") -> object:
        """The answer, None when there is none."""
        try:
            found = self.reader.ask(identity, question, query)
        except ExpectationError as error:
            self.unknown.append(f"{what}: {error.message}")
            return None
        if isinstance(found, Piece):
            return found.value
        self.unknown.append(f"{what}: {found.message}")
        return None


def _with_bgp(found: Runtime, asks: _Asks, gateway: str, peer: str) -> Runtime:
    """With the sessions to this site's peer, and the routes from and to it."""
    sessions = runtime.peers(asks.of(gateway, "getBgpPeerStatus", "BGP sessions"))
    learned = runtime.routes(asks.of(gateway, "getLearnedRoutes", "learned routes"))
    told = asks.of(gateway, "getAdvertisedRoutes", "advertised routes", f"peer={quote(peer)}")
    return replace(
        found,
        peers=tuple(each for each in sessions if each.neighbor == peer),
        learned=tuple(each for each in learned if each.source_peer == peer),
        advertised=runtime.routes(told),
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
