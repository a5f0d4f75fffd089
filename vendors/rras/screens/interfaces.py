"""`Get-VpnS2SInterface` and its statistics: connections, their routes, and what went through."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.state import (
    ChildState,
    InterfaceState,
    Operational,
    RouteState,
    SaStatus,
    TunnelState,
)
from vendors.rras.reading.fields import Fields

UNTOLD = IPv4Address(0)
"""The remote end where an output does not tell it."""

_STATES = {
    "connected": SaStatus.UP,
    "connecting": SaStatus.NEGOTIATING,
    "disconnected": SaStatus.DOWN,
    "unreachable": SaStatus.DOWN,
}
_IKEV2 = ("ikev2", "automatic", "")


def interfaces(found: Iterable[Fields]) -> Operational:
    """Unreachable is down: the interface waits before it dials again, and its routes are gone."""
    tunnels: list[TunnelState] = []
    up: list[InterfaceState] = []
    routes: list[RouteState] = []
    for fields in found:
        status = _STATES.get(fields.text("ConnectionState").lower())
        protocol = fields.text("Protocol").lower()
        if "Name" not in fields or not (protocol in _IKEV2 or protocol.isdigit()):
            continue
        name = fields.text("Name")
        tunnels += _tunnels(fields, name, status)
        if status is not None:
            up.append(InterfaceState(name=name, up=status is SaStatus.UP))
        if status is SaStatus.UP:
            routes += [RouteState(prefix=network, via=name) for network in _networks(fields)]
    return Operational(tunnels=tuple(tunnels), interfaces=tuple(up), routes=tuple(routes))


def _tunnels(fields: Fields, name: str, status: SaStatus | None) -> list[TunnelState]:
    remotes = [address for text in fields.texts("Destination") if (address := _ip(text))]
    child = SaStatus.DOWN if status is SaStatus.NEGOTIATING else status
    return [
        TunnelState(
            remote=remote,
            local=_ip(fields.text("SourceIpAddress")),
            interface=name,
            ike=status,
            ike_version=IkeVersion.V2 if fields.text("Protocol").lower() == "ikev2" else None,
            child=child,
        )
        for remote in remotes
    ]


def _ip(text: str) -> IPv4Address | None:
    try:
        address = IPv4Address(text)
    except ValueError:
        return None
    return address if int(address) else None


def _networks(fields: Fields) -> list[IPv4Network]:
    found = []
    for text in (*fields.texts("IPv4Subnet"), *fields.texts("PostConnectionIPv4Subnet")):
        try:
            found.append(IPv4Network(text.partition(":")[0], strict=False))
        except ValueError:
            continue
    return found


def statistics(found: Iterable[Fields]) -> Operational:
    """Counters by interface; which gateway is behind it, this output does not tell."""
    tunnels = [
        TunnelState(
            remote=UNTOLD,
            interface=fields.text("Name") or None,
            age_seconds=fields.number("ConnectionUpTime") or None,
            children=(counted(fields),),
        )
        for fields in found
        if "BytesReceived" in fields or "BytesTransmitted" in fields
    ]
    return Operational(tunnels=tuple(tunnels))


def counted(fields: Fields) -> ChildState:
    """The counters of one interface: received is from Azure."""
    return ChildState(
        selector=None,
        bytes_in=fields.number("BytesReceived"),
        bytes_out=fields.number("BytesTransmitted"),
        packets_in=fields.number("FramesReceived"),
        packets_out=fields.number("FramesTransmitted"),
    )
