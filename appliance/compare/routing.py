"""Rules on what goes through the tunnel: selectors, routes, BGP, and the way in for IKE itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.tunnel import Bgp, BgpPeer, TrafficSelector, Tunnel

SHORTEST_HOLD_SECONDS = 60
"""Azure's timers are fixed at 60/180; a shorter hold flaps (Azure, "BGP with VPN Gateway FAQ")."""


def selectors(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """Both ends must hold the same pairs, mirrored."""
    ours, theirs = set(wanted.selectors), set(running.selectors)
    missing, extra = sorted(ours - theirs), sorted(theirs - ours)
    if missing:
        reason = "traffic of these pairs does not enter the tunnel"
        yield finder.breaking("selectors", _texts(missing), [], reason)
    if extra:
        reason = "Azure does not have these pairs: their child SAs fail"
        yield finder.of(extra[0]).breaking("selectors", [], _texts(extra), reason)


def routes(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """Azure's prefixes lead into the tunnel, and nothing else does."""
    ours, theirs = set(wanted.routes), set(running.routes)
    whole = tuple(collapse_addresses(theirs))  # two halves lead there as well as one route
    covered = {net for net in ours - theirs if any(net.subnet_of(other) for other in whole)}
    parts = {net for net in theirs - ours if any(_within(net, other) for other in ours)}
    missing, extra = sorted(ours - theirs - covered), sorted(theirs - ours - parts)
    if missing and running.routes_unseen:
        prefixes = ", ".join(_texts(missing))
        reason = f"whether a route leads {prefixes} into the tunnel: {running.routes_unseen}"
        values: tuple[list[str], list[str]] = (_texts(missing), [])
        yield finder.found(Severity.INFORMATION, "routes", values, reason, Verdict.UNVERIFIABLE)
    elif missing:
        reason = "no route leads these prefixes of Azure into the tunnel"
        yield finder.breaking("routes", _texts(missing), [], reason)
    if extra:
        over = [net for net in extra if any(_within(ours_, net) for ours_ in covered)]
        reason = "Azure does not have these prefixes: traffic for them is lost in the tunnel"
        if over == extra:
            reason = "a wider route covers Azure's prefixes, and leads more into the tunnel"
        yield finder.of(extra[0]).warning("routes", [], _texts(extra), reason)
    if parts:
        reason = "parts of Azure's prefixes have routes of their own into the tunnel"
        first, *more = sorted(parts)
        yield finder.of(first).information("routes", [], _texts([first, *more]), reason)


def _within(net: IPv4Network, other: IPv4Network) -> bool:
    return net != other and net.subnet_of(other)


def bgp(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """The session with Azure, and the prefixes advertised in it."""
    ours, theirs = wanted.bgp, running.bgp
    if ours is None and theirs is not None:
        peers = _texts([peer.address for peer in theirs.peers])
        reason = "the device speaks BGP in this tunnel, Azure's connection does not"
        yield finder.warning("bgp", None, peers, reason)
    if ours is None:
        return
    if theirs is None:
        reason = "Azure's connection speaks BGP, the device has no neighbour in this tunnel"
        yield finder.breaking("bgp", _texts([peer.address for peer in ours.peers]), None, reason)
        return
    if ours.local_asn != theirs.local_asn:
        reason = "Azure expects another AS number of this site"
        yield finder.breaking("bgp.local_asn", ours.local_asn, theirs.local_asn, reason)
    for peer in ours.peers:
        yield from _session(finder, peer, theirs)
    missing = sorted(set(ours.networks) - set(theirs.networks))
    if missing:
        reason = "these on-premises prefixes are not advertised to Azure"
        yield finder.breaking("bgp.networks", _texts(missing), [], reason)


def _session(finder: Finder, wanted: BgpPeer, theirs: Bgp) -> Iterator[Difference]:
    running = next((peer for peer in theirs.peers if peer.address == wanted.address), None)
    if running is None:
        reason = "the device has no BGP session with this instance of Azure's gateway"
        shown = _texts([peer.address for peer in theirs.peers])
        yield finder.breaking("bgp.peers", _texts([wanted.address]), shown, reason)
        return
    finder = finder.of(running.address)
    if wanted.asn != running.asn:
        reason = "Azure's gateway has another AS number"
        yield finder.breaking("bgp.peers.asn", wanted.asn, running.asn, reason)
    if wanted.enabled is not running.enabled:
        reason = "the BGP session is shut down on the device"
        yield finder.breaking("bgp.peers.enabled", wanted.enabled, running.enabled, reason)
    yield from _transport(finder, wanted, running)
    yield from _timers(finder, wanted, running)


def _transport(finder: Finder, wanted: BgpPeer, running: BgpPeer) -> Iterator[Difference]:
    if wanted.multihop is not None and (running.multihop or 1) < wanted.multihop:
        reason = "Azure's BGP address is not on a connected network: eBGP needs multihop"
        yield finder.breaking("bgp.peers.multihop", wanted.multihop, running.multihop, reason)
    elif wanted.multihop != running.multihop:
        reason = "another TTL for the BGP session; it is large enough"
        yield finder.information("bgp.peers.multihop", wanted.multihop, running.multihop, reason)
    if wanted.local_address is not None and running.local_address != wanted.local_address:
        shown = None if running.local_address is None else str(running.local_address)
        reason = "the session starts from another address than Azure's local network gateway names"
        yield finder.breaking("bgp.peers.source", str(wanted.local_address), shown, reason)


def _timers(finder: Finder, wanted: BgpPeer, running: BgpPeer) -> Iterator[Difference]:
    ours = (wanted.keepalive_seconds, wanted.hold_seconds)
    theirs = (running.keepalive_seconds, running.hold_seconds)
    if ours == theirs:
        return
    severity, reason = Severity.WARNING, "Azure's timers are fixed at 60/180 s"
    if 0 < running.hold_seconds < SHORTEST_HOLD_SECONDS:
        severity, reason = Severity.BREAKING, "the hold time is below Azure's keepalive: it flaps"
    yield finder.found(severity, "bgp.peers.timers", (list(ours), list(theirs)), reason)


def permits(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """The access list of the outside interface lets Azure's IKE and ESP in."""
    if wanted.permits is None or running.permits is None:
        return
    known = set(running.permits) | (set(wanted.remote.addresses) - set(running.remote.addresses))
    missing = sorted(set(wanted.permits) - known)  # a peer that is not there is told as such
    if missing:
        reason = "the device does not let UDP 500, UDP 4500 or ESP from Azure in"
        yield finder.breaking("permits", _texts(missing), [], reason)


def passes(finder: Finder, wanted: Tunnel, running: Tunnel) -> Iterator[Difference]:
    """The device's own rules, NAT and zone policies, leave the tunnel's traffic alone."""
    if wanted.passes is None or running.passes is None:
        return
    held = running.passes
    missing = [pair for pair in sorted(wanted.passes) if not any(_inside(pair, w) for w in held)]
    if missing:
        reason = "the device translates or drops traffic between these networks before the tunnel"
        yield finder.breaking("passes", _texts(missing), [], reason)


def _inside(pair: TrafficSelector, wider: TrafficSelector) -> bool:
    return pair.local.subnet_of(wider.local) and pair.remote.subnet_of(wider.remote)


def _texts(values: Sequence[object]) -> list[str]:
    return [str(value) for value in values]
