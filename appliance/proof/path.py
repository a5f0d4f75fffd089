"""What stands in the way of a tunnel's traffic besides access rules, as chains of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.model.filters import Chain, Entry
from appliance.model.traffic import EVERYTHING, Box, Flows, between, flows, interval
from appliance.model.tunnel import Mode, Source, TrafficSelector, Tunnel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.expectation import Expectation

NOWHERE = Source(0, "")


def device_chains(wanted: Tunnel, running: Tunnel | None) -> Iterator[Chain]:
    """The tunnel itself, routes or selectors, NAT, and the device's access rules."""
    if running is None:
        yield Chain(name="no tunnel to this gateway", entries=(), source=NOWHERE)
        return
    if not running.enabled:
        yield Chain(name="tunnel switched off", entries=(), source=_at(running, "enabled"))
    blocked = set(wanted.remote.addresses) - set(running.permits or ())
    if running.permits is not None and blocked:
        source = _at(running, "permits")
        yield Chain(name="no way in for IKE from Azure", entries=(), source=source)
    yield from _ways(running)
    if running.passes is not None and not (running.filter is not None and running.filter.complete):
        yield _pairs("NAT exemption", running.passes, _at(running, "passes"))
    if running.filter is not None:
        yield from running.filter.chains


def _ways(running: Tunnel) -> Iterator[Chain]:
    """How packets get into the tunnel, and are taken out of it."""
    if running.mode is Mode.POLICY_BASED or running.selectors:
        yield _pairs("selectors", running.selectors, _at(running, "selectors"))
    if running.mode is Mode.ROUTE_BASED:
        source = _at(running, "routes")
        entries = [_to(route, source) for route in running.routes]
        if running.routes_unseen:
            entries.append(Entry(flows=EVERYTHING, permit=True, source=source, sure=False))
        if running.bgp is not None:
            learnt = _at(running, "bgp")
            entries.append(Entry(flows=EVERYTHING, permit=True, source=learnt, sure=False))
        yield Chain(name="routes into the tunnel", entries=tuple(entries), source=source)


def cloud_chains(wanted: Tunnel, expectation: Expectation) -> Iterator[Chain]:
    """What Azure's gateway knows: networks on either side, and its own selectors."""
    where = f"connection {expectation.name}"
    if expectation.selectors:
        yield _pairs("Azure's selectors", expectation.selectors, Source(0, where))
    known = expectation.on_premises.prefixes
    if wanted.bgp is not None:
        known = (*known, *wanted.bgp.networks)
    entries = tuple(
        _from(network, Source(0, f"local network gateway: {network}")) for network in known
    )
    gateway = Source(0, f"{where}: address prefixes of the local network gateway")
    yield Chain(name="local network gateway", entries=entries, source=gateway)
    vnets = tuple(
        _to(one, Source(0, f"virtual network: {one}")) for one in expectation.vnet_prefixes
    )
    if vnets:
        behind = Source(0, f"{where}: networks behind the gateway")
        yield Chain(name="virtual networks", entries=vnets, source=behind)


def _pairs(name: str, pairs: Iterable[TrafficSelector], source: Source) -> Chain:
    entries = (
        Entry(flows=between(one.local, one.remote), permit=True, source=source) for one in pairs
    )
    return Chain(name=name, entries=tuple(entries), source=source)


def _to(network: IPv4Network, source: Source) -> Entry:
    return Entry(flows=_remote(network), permit=True, source=source)


def _from(network: IPv4Network, source: Source) -> Entry:
    found = flows(Box(local=(interval(network),)))
    return Entry(flows=found, permit=True, source=source)


def _remote(network: IPv4Network) -> Flows:
    return flows(Box(remote=(interval(network),)))


def _at(tunnel: Tunnel, path: str) -> Source:
    return tunnel.sources.get(path) or NOWHERE
