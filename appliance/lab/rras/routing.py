"""The cmdlets of BGP: one router a server, its peers, and what it advertises."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.lab.rras.binding import Bound, CmdletError, forced
from appliance.lab.rras.formats import Object, Word
from appliance.lab.rras.links import routes
from appliance.lab.rras.server import Properties, Server

_HIGHEST_OLD = 65_534
_MODERN = 2016


def router(server: Server, _: Bound) -> list[Object]:
    """The router; it is an error to ask where there is none."""
    return [dict(_router(server))]


def _router(server: Server) -> Properties:
    if server.routing.router is None:
        raise CmdletError("BGP is not configured.", identity="BGP 7")
    return server.routing.router


def add_router(server: Server, bound: Bound) -> list[Object]:
    """Only one."""
    if server.routing.router is not None:
        raise CmdletError("BGP is already configured.", identity="BGP 6")
    if server.settings.level < _MODERN:
        _old_number(bound.get("LocalASN"))
    server.routing.router = {
        "BgpIdentifier": str(bound["BgpIdentifier"]),
        "LocalASN": bound["LocalASN"],
    }
    return []


def _old_number(number: object) -> None:
    if isinstance(number, int) and number > _HIGHEST_OLD:
        raise CmdletError(f"The parameter is incorrect: AS number {number}.")


def remove_router(server: Server, bound: Bound) -> list[Object]:
    """All peers and routes go with it."""
    forced("Remove-BgpRouter", bound)
    _router(server)
    server.routing.router = None
    server.routing.peers.clear()
    server.routing.custom.clear()
    return []


def peers(server: Server, _: Bound) -> list[Object]:
    """The sessions with their state."""
    return [_shown(server, one) for one in server.routing.peers.values()]


def _shown(server: Server, peer: Properties) -> Object:
    state = "Connected" if established(server, peer) else "Connecting"
    if peer["PeeringMode"] == "Manual":
        state = "Stopped"
    return {
        **peer,
        "ConnectivityStatus": Word(state, ("Connected", "Connecting").index(state) + 1)
        if state != "Stopped"
        else Word(state, 0),
    }


def established(server: Server, peer: Properties) -> bool:
    """Both ends agree, and the peer is reached through an interface that is up."""
    if peer["PeeringMode"] == "Manual" or server.routing.router is None:
        return False
    address = IPv4Address(str(peer["PeerIPAddress"]))
    gateways = [
        destination
        for one in server.interfaces.values()
        if server.up(one) and any(address in network for network in routes(one))
        for destination in one.destinations
    ]
    for azure in server.associations.peers:
        bgp = azure.bgp
        if azure.address in gateways and bgp is not None and bgp.address == str(address):
            return (bgp.asn, bgp.device_asn or server.routing.router["LocalASN"]) == (
                peer["PeerASN"],
                server.routing.router["LocalASN"],
            ) and bgp.device_address in ("", str(peer["LocalIPAddress"]))
    return False


def add_peer(server: Server, bound: Bound) -> list[Object]:
    """A new session."""
    _router(server)
    name = str(bound.get("Name", ""))
    if name.lower() in server.routing.peers:
        raise CmdletError(f"BGP peer {name} already exists.", identity="BGP 9")
    addresses = [one["PeerIPAddress"] for one in server.routing.peers.values()]
    if bound.get("PeerIPAddress") in addresses:
        raise CmdletError("A BGP peer with this address already exists.", identity="BGP 10")
    peer: Properties = {
        "PeerName": name,
        "OperationMode": "Mixed",
        "PeeringMode": "Automatic",
        "HoldTimeSec": 180,
    }
    server.routing.peers[name.lower()] = peer
    peer |= _said(bound)
    return []


def _said(bound: Bound) -> Properties:
    left = ("Name", "Force", "PassThru", "ErrorAction")
    return {name: value for name, value in bound.items() if name not in left}


def change_peer(server: Server, bound: Bound) -> list[Object]:
    """`Set-BgpPeer`."""
    forced("Set-BgpPeer", bound)
    _peer(server, str(bound.get("Name", ""))).update(_said(bound))
    return []


def _peer(server: Server, name: str) -> Properties:
    found = server.routing.peers.get(name.lower())
    if found is None:
        raise CmdletError(f"BGP peer {name} not found.", identity="BGP 11")
    return found


def remove_peer(server: Server, bound: Bound) -> list[Object]:
    """Each of the names."""
    forced("Remove-BgpPeer", bound)
    listed = bound.get("Name")
    for name in listed if isinstance(listed, list) else []:
        _peer(server, str(name))
        del server.routing.peers[str(name).lower()]
    return []


def custom(server: Server, _: Bound) -> list[Object]:
    """What is advertised beyond what is learned."""
    _router(server)
    listed = server.routing.custom
    return [{"Network": list(listed), "Interface": None}] if listed else []


def add_custom(server: Server, bound: Bound) -> list[Object]:
    """Networks to advertise."""
    _router(server)
    listed = bound.get("Network")
    networks = [str(one) for one in listed] if isinstance(listed, list) else []
    server.routing.custom += [one for one in networks if one not in server.routing.custom]
    return []


def remove_custom(server: Server, bound: Bound) -> list[Object]:
    """Networks no longer to advertise."""
    forced("Remove-BgpCustomRoute", bound)
    listed = bound.get("Network")
    for network in listed if isinstance(listed, list) else []:
        if network not in server.routing.custom:
            raise CmdletError(f"The custom route {network} does not exist.", identity="BGP 12")
        server.routing.custom.remove(str(network))
    return []


def learned(server: Server, _: Bound) -> list[Object]:
    """Routes that sessions brought."""
    found: list[Object] = []
    for peer in server.routing.peers.values():
        azure = next(
            (
                one.bgp
                for one in server.associations.peers
                if one.bgp is not None and one.bgp.address == peer["PeerIPAddress"]
            ),
            None,
        )
        if azure is not None and established(server, peer):
            found += [
                {
                    "DestinationNetwork": prefix,
                    "NextHop": peer["PeerIPAddress"],
                    "LearnedFromPeer": peer["PeerName"],
                    "State": Word("Best", 1),
                }
                for prefix in azure.prefixes
            ]
    return found
