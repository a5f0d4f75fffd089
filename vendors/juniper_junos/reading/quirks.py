"""Settings that keep a tunnel from working with Azure, which the model has no field for."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.tunnel import Bgp, TunnelInterface
from appliance.record import dataclass
from vendors.juniper_junos.reading.device import Device
from vendors.juniper_junos.reading.ike import Gateway
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.tree import Node


@dataclass(frozen=True, slots=True)
class Parts:
    """What a tunnel is made of."""

    device: Device
    vpn: Node
    gateway: Gateway
    interface: TunnelInterface | None
    bgp: Bgp | None


def quirks(parts: Parts, notes: Notes) -> Iterator[str]:
    """Each in Junos's words, with what comes of it."""
    monitor = parts.vpn.get("vpn-monitor")
    if monitor is not None:
        notes.at("quirks.vpn-monitor", monitor)
        yield "vpn-monitor: it pings an address that does not answer, and takes the tunnel down"
    starts = parts.vpn.value("establish-tunnels") or ""
    if starts.startswith("responder-only"):
        notes.at("quirks.establish-tunnels", parts.vpn.leaf("establish-tunnels"))
        yield f"establish-tunnels {starts}: the SRX never begins, and waits for Azure to dial"
    policy = parts.gateway.policy
    version = parts.gateway.node.value("version")
    if policy.value("mode") == "aggressive" and version != "v2-only":
        notes.at("quirks.mode", policy.leaf("mode"))
        yield "mode aggressive: Azure negotiates in main mode only"
    if parts.gateway.node.get("no-nat-traversal") is not None:
        notes.at("quirks.no-nat-traversal", parts.gateway.node.get("no-nat-traversal"))
        yield "no-nat-traversal: behind a NAT the tunnel cannot come up"
    yield from _narrow(parts, notes)
    yield from _bgp(parts, notes)


_PORTS = ("local-port", "remote-port", "source-port", "destination-port")
_ANY = frozenset({None, "any", "0"})


def _narrow(parts: Parts, notes: Notes) -> Iterator[str]:
    """Selectors for some of the traffic between two networks only."""
    for name, node in parts.vpn.items("traffic-selector"):
        terms = (node, *(term for _, term in node.items("term")))
        ports = (one.get(word) for one in terms for word in _PORTS)
        if any(ports) or any(one.value("protocol") not in _ANY for one in terms):
            notes.at("quirks.traffic-selector", node)
            yield f"traffic-selector {name}: Azure negotiates no protocols and no ports"
    identity = parts.vpn.at("ike", "proxy-identity")
    service = identity.value("service")
    if service not in _ANY:
        notes.at("quirks.proxy-identity", identity.leaf("service"))
        yield f"proxy-identity service {service}: Azure negotiates no protocols and no ports"


def _bgp(parts: Parts, notes: Notes) -> Iterator[str]:
    """A zone lets in to the device itself only what it names."""
    zones = parts.device.zones
    if parts.interface is None or parts.bgp is None or zones.of(parts.interface.name) is None:
        return
    passes, node = zones.inbound(parts.interface.name, "protocols", "bgp")
    if not passes:
        notes.at("quirks.host-inbound-traffic", node)
        zone = zones.of(parts.interface.name)
        yield f"host-inbound-traffic: zone {zone} does not let BGP in to the device"
