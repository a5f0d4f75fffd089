"""What a live router says of its edge: BGP sessions, BFD, and the route of every prefix."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.errors import CommandRefused, ParseError
from appliance.model.edge import Edge
from appliance.model.state import Operational
from appliance.session import Session
from vendors.cisco.screens import peers
from vendors.cisco_ios.state import show


def state(session: Session, edge: Edge) -> Operational:
    """Sessions, BFD and routes; what the device refuses to tell is left out.

    Raises what `Session.run` raises, but for `CommandRefused`.
    """
    found = [_ask(session, command) for command in dict.fromkeys(_commands(edge))]
    return peers.merged(one for one in found if one is not None)


def _ask(session: Session, command: str) -> Operational | None:
    try:
        return show(command, session.run(command))
    except (CommandRefused, ParseError):
        return None


def _commands(edge: Edge) -> Iterator[str]:
    vrfs = dict.fromkeys(link.objects.get("vrf") for link in edge.links)
    for vrf in vrfs:
        yield f"show ip bgp vpnv4 vrf {vrf} summary" if vrf else "show ip bgp summary"
    yield "show bfd neighbors"
    yield "show ip interface brief"
    for link in edge.links:
        vrf = link.objects.get("vrf")
        table = f" vrf {vrf}" if vrf else ""
        for clause in link.session.receives.clauses if link.session.receives else ():
            for one in clause.prefixes or ():
                if one.network.prefixlen:
                    yield f"show ip route{table} {one.network.network_address}"
    yield from (f"show ip route {route.address}" for route in edge.hosts)
