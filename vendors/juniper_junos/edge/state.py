"""What a live Junos device says of its edge: BGP sessions, BFD, and the route of every prefix."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.errors import CommandRefused, ParseError
from appliance.model.edge import Edge
from appliance.model.state import Operational
from appliance.session import Session
from vendors.juniper_junos.screens import peers
from vendors.juniper_junos.state import show


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
    yield "show bgp summary"
    yield "show bfd session"
    yield "show interfaces terse"
    for link in edge.links:
        instance = link.objects.get("instance")
        table = f" table {instance}.inet.0" if instance else " table inet.0"
        for clause in link.session.receives.clauses if link.session.receives else ():
            for one in clause.prefixes or ():
                if one.network.prefixlen:
                    yield f"show route {one.network.network_address}{table}"
    yield from (f"show route {route.address} table inet.0" for route in edge.hosts)
