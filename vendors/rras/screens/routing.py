"""`Get-BgpPeer`, `Get-BgpRouteInformation` and `Get-NetRoute`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from appliance.model.state import BgpState, Operational, RouteState
from vendors.rras.reading.fields import Fields

_STATES = {
    "connected": "established",
    "connecting": "connect",
    "stopped": "idle",
    "disconnected": "idle",
}
_ON_LINK = ("0.0.0.0", "")  # noqa: S104 -- how Windows writes "no next hop"


def peers(found: Iterable[Fields]) -> Operational:
    """BGP sessions; how many prefixes they brought is not told here."""
    return Operational(bgp=tuple(one for fields in found if (one := peer(fields)) is not None))


def peer(fields: Fields, received: int | None = None) -> BgpState | None:
    """One session, None where its address cannot be read."""
    try:
        address = IPv4Address(fields.text("PeerIPAddress"))
    except ValueError:
        return None
    word = fields.text("ConnectivityStatus").lower()
    return BgpState(
        peer=address,
        asn=fields.number("PeerASN"),
        status=_STATES.get(word, word or "idle"),
        prefixes_received=received,
    )


def learned(found: Iterable[Fields]) -> Operational:
    """Routes that BGP knows, by next hop."""
    routes = (_route(fields, "DestinationNetwork", ("NextHop",)) for fields in found)
    return Operational(routes=tuple(route for route in routes if route is not None))


def received(found: Iterable[Fields]) -> Counter[str] | None:
    """How many routes each peer, by name, brought; None where no route tells from whom it is."""
    names = [fields.text("LearnedFromPeer") for fields in found if "DestinationNetwork" in fields]
    return Counter(filter(None, names)) if any(names) or not names else None


def table(found: Iterable[Fields]) -> Operational:
    """The routing table: next hop, or the interface where there is none."""
    members = ("NextHop", "InterfaceAlias")
    routes = (_route(fields, "DestinationPrefix", members) for fields in found)
    return Operational(routes=tuple(route for route in routes if route is not None))


def _route(fields: Fields, prefix: str, members: tuple[str, ...]) -> RouteState | None:
    try:
        network = IPv4Network(fields.text(prefix))
    except ValueError:
        return None
    ways = [text for name in members if (text := fields.text(name)) not in _ON_LINK]
    if not ways and "InterfaceAlias" in members and "ifIndex" in fields:
        ways = [f"interface {fields.text('ifIndex')}"]  # all that the usual table shows
    return RouteState(prefix=network, via=ways[0]) if ways else None
