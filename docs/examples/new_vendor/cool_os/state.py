"""What Cool OS says of its tunnels right now: saved output of one command, or a live device."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

from appliance.errors import CommandRefused, ParseError, UsageError
from appliance.model.state import (
    ChildState,
    InterfaceState,
    Operational,
    RouteState,
    SaStatus,
    TunnelState,
)
from appliance.model.tunnel import Tunnels
from appliance.session import Session

_VPN = re.compile(r"^(\S+) +([\d.]+) +([\d.]+) +(up|down) +(up|down) +(\d+) +(\d+) *$", re.M)
_ROUTE = re.compile(r"^([\d.]+/\d+) via (\S+) *$", re.M)


def show(command: str, output: str) -> Operational:
    """What the saved output tells: `show vpn` or `show route`.

    Raises `UsageError` for another command, `ParseError` for text without the command's heading.
    """
    readers = {"show vpn": ("tunnel gateway", _vpn), "show route": ("prefix", _routes)}
    if command not in readers:
        known = ", ".join(f"`{name}`" for name in readers)
        raise UsageError(f"`{command}` is not read", hint=f"these are: {known}")
    head, reader = readers[command]
    if not re.search(rf"^{head}", output, re.MULTILINE):
        raise ParseError(
            f"the text is not the output of `{command}`", hint="save the complete output"
        )
    return reader(output)


def _vpn(output: str) -> Operational:
    rows = _VPN.findall(output)
    return Operational(
        tunnels=tuple(_tunnel(row) for row in rows),
        interfaces=tuple(InterfaceState(name=row[0], up=row[4] == "up") for row in rows),
    )


def _tunnel(row: tuple[str, ...]) -> TunnelState:
    name, remote, local, ike, child, received, sent = row
    counted = ChildState(
        selector=None, status=SaStatus(child), packets_in=int(received), packets_out=int(sent)
    )
    return TunnelState(
        remote=IPv4Address(remote),
        local=IPv4Address(local),
        interface=name,
        ike=SaStatus(ike),
        child=SaStatus(child),
        children=(counted,),
    )


def _routes(output: str) -> Operational:
    rows = _ROUTE.findall(output)
    return Operational(
        routes=tuple(RouteState(prefix=IPv4Network(prefix), via=via) for prefix, via in rows)
    )


def state(session: Session, tunnels: Tunnels) -> Operational:  # noqa: ARG001 -- Cool OS shows all
    """Tunnels, interfaces and routes; Cool OS lists every tunnel it has, up or down."""
    seen = show("show vpn", session.run("show vpn"))
    routes = show("show route", session.run("show route"))
    return Operational(tunnels=seen.tunnels, interfaces=seen.interfaces, routes=routes.routes)


def wake(session: Session, tunnels: Tunnels) -> None:
    """One ping through each tunnel; a login that may not ping is judged by its state alone."""
    for tunnel in tunnels:
        for route in tunnel.routes[:1]:
            try:
                session.run(f"ping {route.network_address + 1} via {tunnel.name}")
            except CommandRefused:
                return
