"""Which resources belong to one connection of a virtual network gateway, read in turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from appliance.azure.live import circuits
from appliance.azure.live.failures import Lack
from appliance.azure.live.reader import Piece, Reader
from appliance.azure.live.shape import ids, members, parents, text, truth, with_properties
from appliance.azure.spelling import shorten
from appliance.errors import ExpectationError
from appliance.record import replace

_GATEWAY, _SITE = "virtualNetworkGateway1", "localNetworkGateway2"
_HIDDEN = "<not read>"
"""Stands for a key that this login may not read: to the importer it is a masked one."""


@dataclass(slots=True)
class Gathered:
    """Resources as an export would have them, and notes on what was not to be had."""

    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, found: Iterable[Piece | Lack]) -> list[Piece]:
        """Keep what was read, note what was not; returns the former."""
        read = []
        for each in found:
            if isinstance(each, Lack):
                self.notes.append(each.note)
            else:
                read.append(each)
        self.pieces.extend(read)
        return read


def of_gateway(reader: Reader, identity: str, *, key: bool) -> Gathered:
    """All that the importer needs of the connection of this id; its key only when asked for.

    Raises `ExpectationError` when the connection or one of its two ends cannot be read.
    """
    found = Gathered()
    connection = reader.need(identity)
    _site_to_site(connection)
    ends = [text(connection.value, name, "id") for name in (_GATEWAY, _SITE)]
    asks_key = key and _has_key(connection)
    # Side by side: each of these is then known to those who need it, one by one.
    reader.many([*filter(None, ends), *([_key_of(connection)] if asks_key else [])])
    found.pieces.append(_with_key(reader, connection, found.notes, key=asks_key))
    gateway, site = (reader.need(each) if each else None for each in ends)
    found.pieces.extend(each for each in (gateway, site) if each)
    if gateway is not None:
        found.add(rules(reader, connection.value, gateway))
        _around(reader, gateway, found)
    return found


def rules(reader: Reader, connection: object, gateway: Piece) -> list[Piece | Lack]:
    """The NAT rules that a connection refers to and that its gateway does not carry."""
    carried = {each.casefold() for each in ids(members(gateway.value, "natRules"))}
    wanted = ids([*members(connection, "ingressNatRules"), *members(connection, "egressNatRules")])
    apart = [each for each in wanted if each.casefold() not in carried]
    return reader.many(dict.fromkeys(apart))


def names(reader: Reader, group: str) -> list[str]:
    """Names of all site-to-site connections in a resource group (its id)."""
    listed = reader.listed(f"{group}/providers/Microsoft.Network/connections")
    if isinstance(listed, Lack):
        raise listed.error
    return [
        text(each.value, "name")
        for each in listed
        if (text(each.value, "connectionType") or "IPsec").casefold() == "ipsec"
    ]


def masked(connection: Piece, key: Piece | Lack, *path: str) -> Piece:
    """A connection with its key put in from the answer to the question for it."""
    if isinstance(key, Lack):
        return replace(connection, value=with_properties(connection.value, sharedKey=_HIDDEN))
    value = text(key.value, *path) or None
    return replace(connection, value=with_properties(connection.value, sharedKey=value))


def _with_key(reader: Reader, connection: Piece, notes: list[str], *, key: bool) -> Piece:
    """The connection with its key, or without: some versions of the API show it in place."""
    bare = replace(connection, value=with_properties(connection.value, sharedKey=None))
    if not key:
        return bare
    answer = reader.get(_key_of(connection))
    if isinstance(answer, Lack):
        notes.append(f"the pre-shared key was not read: {answer.message}")
    return masked(bare, answer, "value")


def _site_to_site(connection: Piece) -> None:
    """Raises `ExpectationError` for a connection to another gateway, or of ExpressRoute."""
    kind = text(connection.value, "connectionType") or "IPsec"
    if kind.casefold() != "ipsec":
        raise ExpectationError(
            f"the connection is of type {shorten(kind)}, not IPsec: no device is at its other end",
            where=connection.id,
            hint="name a site-to-site connection in azure.connection",
        )


def _is(piece: Piece, identity: str) -> bool:
    return piece.id.strip("/").casefold() == identity.strip("/").casefold()


def _has_key(connection: Piece) -> bool:
    """Whether it is not by certificate."""
    return text(connection.value, "authenticationType").casefold() != "certificate"


def _key_of(connection: Piece) -> str:
    return f"{connection.id}/sharedkey"


def _is_gateways(subnet: object) -> bool:
    return text(subnet, "name").casefold() == "gatewaysubnet"


def _around(reader: Reader, gateway: Piece, found: Gathered) -> None:
    """The gateway's public addresses, its VNet, those peered with that, and its route table."""
    configurations = members(gateway.value, "ipConfigurations")
    network = next((parents(each, "subnets") for each in ids(configurations, "subnet")), "")
    addresses = dict.fromkeys(ids(configurations, "publicIPAddress"))
    read = found.add(reader.many(filter(None, [*addresses, network])))
    for vnet in (each for each in read if _is(each, network)):
        peered = [
            text(each, "remoteVirtualNetwork", "id")
            for each in members(vnet.value, "virtualNetworkPeerings")
            if truth(each, "allowGatewayTransit")
        ]
        own = [each for each in members(vnet.value, "subnets") if _is_gateways(each)]
        found.add(reader.many([*filter(None, peered), *ids(own, "routeTable")]))
        circuits.beside(reader, vnet, gateway, found)
