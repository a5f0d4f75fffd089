"""Begins what charon has not begun by itself, and sends a little traffic."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.errors import CommandRefused
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.session import Session
from vendors.strongswan.screens.sa import IkeSa, alive
from vendors.strongswan.state import live
from vendors.strongswan.writing.statements import children, connection

MOST = 8
"""Pairs tried at a time; each may cost a second of silence."""

_WAIT_SECONDS = 3


def wake(session: Session, tunnels: Tunnels) -> None:
    """Dial children that have no SA, ping a host behind each pair; nobody need answer.

    Only tunnels of ours are dialled: they alone have the names we gave. Raises what `Session.run`
    raises, but for `CommandRefused`.
    """
    sas = live(session) or []
    commands = [command for tunnel in tunnels for command in _dials(tunnel, sas)]
    commands += [command for tunnel in tunnels for command in _pings(tunnel)]
    for command in commands[:MOST]:
        try:
            session.run(command)
        except CommandRefused:
            continue


def _dials(tunnel: Tunnel, sas: list[IkeSa]) -> Iterator[str]:
    """A child that is there must not be dialled again: charon would make a second one."""
    name = connection(tunnel)
    ours = [sa for sa in sas if sa.name == name]
    if any(sa.state in ("CONNECTING", "CREATED") for sa in ours):
        return
    there = {child.name for sa in ours for child in sa.children if alive(child)}
    for child in children(tunnel):
        if child not in there:
            yield f"swanctl --initiate --ike {name} --child {child} --timeout {_WAIT_SECONDS}"


def _pings(tunnel: Tunnel) -> Iterator[str]:
    for pair in tunnel.selectors:
        yield f"ping -c 1 -W 1 {_host(pair.remote)}"
    for route in tunnel.routes if not tunnel.selectors else ():
        yield f"ping -c 1 -W 1 {_host(route)}"


def _host(network: IPv4Network) -> str:
    """The first host of a network: routers usually have it."""
    return str(network.network_address if network.prefixlen == 32 else network[1])  # noqa: PLR2004 -- a host
