"""Which resources belong to one connection of a Virtual WAN hub's VPN gateway, read in turn."""

from __future__ import annotations

from appliance.azure.live import circuits
from appliance.azure.live.failures import Lack
from appliance.azure.live.gather import Gathered, masked, rules
from appliance.azure.live.reader import Piece, Reader
from appliance.azure.live.shape import ids, members, parents, text, with_properties
from appliance.record import replace


def of_wan(reader: Reader, identity: str, *, key: bool) -> Gathered:
    """All that the importer needs of the connection of this id, with all its links.

    Raises `ExpectationError` when the connection, its gateway, site or hub cannot be read.
    """
    found = Gathered()
    gateway = reader.need(parents(identity, "vpnConnections"))
    connection = reader.need(identity)
    found.pieces += [_alone(gateway), _with_keys(reader, connection, found.notes, key=key)]
    for holder, name in ((connection, "remoteVpnSite"), (gateway, "virtualHub")):
        if other := text(holder.value, name, "id"):
            found.pieces.append(reader.need(other))
    for link in _links(connection):
        found.add(rules(reader, link.value, gateway))
    if hub := text(gateway.value, "virtualHub", "id"):
        _behind(reader, reader.need(hub), found)
    return found


def names(reader: Reader, gateway: str) -> list[str]:
    """Names of all connections of a hub's VPN gateway (its id)."""
    listed = reader.listed(f"{gateway}/vpnConnections")
    if isinstance(listed, Lack):
        raise listed.error
    return [text(each.value, "name") for each in listed]


def _alone(gateway: Piece) -> Piece:
    """The gateway without the connections that it carries: ours is read by itself."""
    return replace(gateway, value=with_properties(gateway.value, connections=None))


def _with_keys(reader: Reader, connection: Piece, notes: list[str], *, key: bool) -> Piece:
    """The connection, each link with its key: answers have it no longer."""
    links = [_link(reader, each, notes, key=key) for each in _links(connection)]
    bare = with_properties(connection.value, sharedKey=None)
    return replace(connection, value=with_properties(bare, vpnLinkConnections=links or None))


def _links(connection: Piece) -> list[Piece]:
    return [
        Piece(id=text(each, "id"), value=each, read_at=connection.read_at)
        for each in members(connection.value, "vpnLinkConnections")
    ]


def _link(reader: Reader, link: Piece, notes: list[str], *, key: bool) -> object:
    bare = replace(link, value=with_properties(link.value, sharedKey=None))
    if not key or not link.id:
        return bare.value
    answer = reader.ask(f"{link.id}/sharedKeys/default", "listSharedKey")
    if isinstance(answer, Lack):
        name = text(link.value, "name")
        notes.append(f"the pre-shared key of link {name} was not read: {answer.message}")
    return masked(bare, answer, "sharedKey").value


def _behind(reader: Reader, hub: Piece, found: Gathered) -> None:
    """The VNets connected to the hub, and its ExpressRoute."""
    listed = reader.listed(f"{hub.id}/hubVirtualNetworkConnections")
    spokes = found.add([listed] if isinstance(listed, Lack) else listed)
    networks = ids([each.value for each in spokes], "remoteVirtualNetwork")
    found.add(reader.many(dict.fromkeys(networks)))
    circuits.of_hub(reader, hub, found)
