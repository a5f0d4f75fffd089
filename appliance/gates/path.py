"""Whether a change cuts off the way by which the device is managed."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.gates.gate import Gate, Question
from appliance.model.pairing import mine
from appliance.model.tunnel import Tunnel, Tunnels


def _management(asked: Question) -> Iterator[str]:
    """The operator's way to the device would newly lead into the tunnel."""
    device, plan = asked.job.site.device, asked.plan
    networks = list(device.management)
    if asked.operator is not None and not asked.operator.is_loopback:
        networks.append(IPv4Network(asked.operator))
    before = {network for tunnel in plan.running for network in drawn(tunnel)}
    for network in _new(mine(asked.job.intent, plan.target), before):
        for managed in networks:
            if network.overlaps(managed):
                yield (
                    f"the tunnel would take traffic for {network}, and {managed} is where this "
                    "device is managed from"
                )
    interface = device.management_interface
    if interface is not None and any(tunnel.name == interface for tunnel in plan.target):
        yield f"{interface} carries management and would be configured"


def _new(tunnels: Tunnels, before: set[IPv4Network]) -> Iterator[IPv4Network]:
    return (net for tunnel in tunnels for net in drawn(tunnel) if net not in before)


def drawn(tunnel: Tunnel) -> tuple[IPv4Network, ...]:
    """Destinations that the tunnel draws traffic for."""
    return (*tunnel.routes, *(pair.remote for pair in tunnel.selectors))


GATES = (
    Gate(
        name="management-path",
        words="the tunnel would newly take traffic for a network the device is managed from "
        "(yours, or `device.management`), or the management interface would be configured",
        find=_management,
    ),
)
