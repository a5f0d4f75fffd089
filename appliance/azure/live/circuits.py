"""ExpressRoute beside a VPN gateway: gateways, their connections, and circuits with peerings."""

from __future__ import annotations

from typing import Protocol

from appliance.azure.live.failures import Lack
from appliance.azure.live.reader import Piece, Reader
from appliance.azure.live.shape import ids, members, parents, text

_LEVEL = "ipConfigurations"


class Keeps(Protocol):
    """What takes in what was read."""

    def add(self, found: list[Piece | Lack]) -> list[Piece]:
        """Keep what was read; returns it."""


def beside(reader: Reader, vnet: Piece, gateway: Piece, found: Keeps) -> None:
    """The ExpressRoute gateways in the VNet of a VPN gateway, and what hangs on them.

    A subnet tells the ip configurations in it, and so the gateways: nothing is searched for.
    """
    inside = [
        parents(each, _LEVEL)
        for subnet in members(vnet.value, "subnets")
        if text(subnet, "name").casefold() == "gatewaysubnet"
        for each in ids(members(subnet, _LEVEL))
        if "/virtualnetworkgateways/" in each.casefold()
    ]
    others = {each.casefold(): each for each in inside if each}
    others.pop(gateway.id.casefold(), None)
    for other in found.add(reader.many(others.values())):
        if text(other.value, "gatewayType").casefold() == "expressroute":
            _connections(reader, other, found)


def of_hub(reader: Reader, hub: Piece, found: Keeps) -> None:
    """The ExpressRoute gateway of a Virtual WAN hub, its connections and circuits."""
    identity = text(hub.value, "expressRouteGateway", "id")
    for gateway in found.add([reader.get(identity)] if identity else []):
        listed = reader.listed(f"{gateway.id}/expressRouteConnections")
        joined = found.add([listed] if isinstance(listed, Lack) else list(listed))
        peerings = [text(each.value, "expressRouteCircuitPeering", "id") for each in joined]
        _circuits(reader, [parents(each, "peerings") for each in peerings], found)


def _connections(reader: Reader, gateway: Piece, found: Keeps) -> None:
    listed = reader.listed(f"{gateway.id}/connections")
    joined = found.add([listed] if isinstance(listed, Lack) else list(listed))
    _circuits(reader, [text(each.value, "peer", "id") for each in joined], found)


def _circuits(reader: Reader, identities: list[str], found: Keeps) -> None:
    """Circuits carry their peerings."""
    found.add(reader.many(dict.fromkeys(each for each in identities if each)))
