"""Compare the ExpressRoute edge: by what it does to each prefix, not by how it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from appliance.compare.behind import behind
from appliance.compare.finding import Finder
from appliance.model.difference import Difference, Severity, Verdict
from appliance.model.edge import (
    DEFAULT_ROUTE,
    USUAL_PREFERENCE,
    Bfd,
    Edge,
    ErLink,
    Filter,
    decide,
    elsewhere,
    pair_links,
)
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Source

NAME = "express route"
"""What stands for a tunnel in differences of the edge as a whole."""

_NOWHERE: Mapping[str, Source] = {}


def edge(wanted: Edge, running: Edge | None) -> Iterator[Difference]:
    """Every difference of the edge; one that is not there at all is one difference a link."""
    held = Edge() if running is None else running
    whole = Finder(NAME, _NOWHERE)
    if held.links and held.asn != wanted.asn:
        reason = "Azure's peering expects another AS number of this site"
        yield whole.breaking("edge.asn", wanted.asn, held.asn, reason)
    for ours, theirs in pair_links(wanted.links, held.links):
        if theirs is None:
            yield _absent(ours)
            continue
        found = list(_link(ours, theirs, wanted, held))
        yield from sorted(found, key=lambda difference: -difference.severity)
    yield from _networks(whole, wanted, held)
    yield from _hosts(whole, wanted, held)
    yield from _standby(whole, wanted, held)
    yield from behind(whole, wanted, held)


def _absent(link: ErLink) -> Difference:
    return Finder(link.label or NAME, _NOWHERE).breaking(
        "edge.links",
        f"{link.interface}, session with {link.session.peer}",
        None,
        f"the device has no BGP session with Microsoft's {link.session.peer}; a circuit needs both "
        "of its links",
    )


def _link(ours: ErLink, theirs: ErLink, wanted: Edge, held: Edge) -> Iterator[Difference]:
    finder = Finder(ours.label or NAME, theirs.sources)
    yield from _line(finder, ours, theirs)
    yield from _detection(finder, ours, theirs)
    yield from _session(finder, ours, theirs)
    yield from _received(finder, ours, theirs)
    yield from _sent(finder, theirs.session.sends, wanted, held)


def _line(finder: Finder, ours: ErLink, theirs: ErLink) -> Iterator[Difference]:
    if elsewhere(ours, theirs):
        reason = "the device has the link on another port than the inventory"
        yield finder.breaking("edge.link.interface", ours.interface, theirs.interface, reason)
    if ours.address != theirs.address:
        reason = "ours is the first address of the link's /30, Microsoft's the second"
        shown = None if theirs.address is None else str(theirs.address)
        yield finder.breaking("edge.link.address", str(ours.address), shown, reason)
    if ours.vlan != theirs.vlan:
        reason = "the peering has another VLAN tag: no frame arrives"
        yield finder.breaking("edge.link.vlan", ours.vlan, theirs.vlan, reason)
    if ours.svlan != theirs.svlan:
        reason = "the provider's outer VLAN tag is another: no frame arrives"
        yield finder.breaking("edge.link.svlan", ours.svlan, theirs.svlan, reason)
    if ours.enabled is not theirs.enabled:
        reason = "the interface is shut down on the device"
        yield finder.breaking("edge.link.enabled", ours.enabled, theirs.enabled, reason)
    if not theirs.admits:
        reason = "the device's own rules keep BGP on this link from reaching it"
        yield finder.breaking("edge.link.admits", True, False, reason)  # noqa: FBT003 -- values


def _detection(finder: Finder, ours: ErLink, theirs: ErLink) -> Iterator[Difference]:
    """BFD needs its timers and the session that falls with it; each alone detects nothing."""
    wanted = ours.bfd if ours.session.bfd else None
    acting = theirs.bfd if theirs.session.bfd else None
    if wanted == acting:
        return
    if wanted is None:
        reason = "BFD is on; Microsoft answers it, and it does no harm"
        yield finder.information("edge.link.bfd", None, _timers(acting), reason)
    elif acting is None:
        half = theirs.bfd is not None or theirs.session.bfd
        reason = "without BFD a dead link is noticed by BGP only, after up to 180 s" + (
            ": timers and the session's own statement are not both there" if half else ""
        )
        yield finder.warning("edge.link.bfd", _timers(wanted), None, reason)
    else:
        slower = _detects(acting) > _detects(wanted)
        reason = "BFD takes longer to notice a dead link" if slower else "BFD has other timers"
        severity = Severity.WARNING if slower else Severity.INFORMATION
        values = (_timers(wanted), _timers(acting))
        yield finder.found(severity, "edge.link.bfd", values, reason)


def _detects(bfd: Bfd) -> int:
    return max(bfd.transmit_ms, bfd.receive_ms) * bfd.multiplier


def _timers(bfd: Bfd | None) -> list[int] | None:
    return None if bfd is None else [bfd.transmit_ms, bfd.receive_ms, bfd.multiplier]


def _session(finder: Finder, ours: ErLink, theirs: ErLink) -> Iterator[Difference]:
    wanted, running = ours.session, theirs.session
    if wanted.peer != running.peer:
        reason = "Microsoft has the second address of the link's /30"
        yield finder.breaking("edge.session.peer", str(wanted.peer), str(running.peer), reason)
    if wanted.enabled is not running.enabled:
        reason = "the BGP session is shut down on the device"
        yield finder.breaking("edge.session.enabled", wanted.enabled, running.enabled, reason)
    yield from _key(finder, wanted.key, running.key)
    if running.weight is not None:
        reason = "weight stands above local preference, on this device alone"
        yield finder.warning("edge.session.weight", None, running.weight, reason)


def _key(
    finder: Finder, wanted: Secret | Hidden | None, running: Secret | Hidden | None
) -> Iterator[Difference]:
    path = "edge.session.key"
    if isinstance(wanted, Hidden) or (wanted is not None and isinstance(running, Hidden)):
        hidden = wanted if isinstance(wanted, Hidden) else running
        reason = hidden.reason if isinstance(hidden, Hidden) else ""
        values = ("set", _told(running))
        if running is None:
            yield finder.breaking(path, "set", None, "the session has no MD5 key")
            return
        yield finder.found(Severity.INFORMATION, path, values, reason, verdict=Verdict.UNVERIFIABLE)
    elif wanted != running:
        reason = "the MD5 keys differ: the session does not come up"
        if wanted is None:
            reason = "the inventory names no MD5 key; with one on one side only nothing comes up"
        yield finder.found(Severity.BREAKING, path, (_told(wanted), _told(running)), reason)


def _told(key: Secret | Hidden | None) -> str | None:
    return None if key is None else "set"


def _received(finder: Finder, ours: ErLink, theirs: ErLink) -> Iterator[Difference]:
    """Azure's prefixes come in, and win over what the VPN brings; the default route does not."""
    wanted, running = ours.session.receives, theirs.session.receives
    if wanted is None:
        return
    path = "edge.session.receives"
    prefixes = wanted.passed()
    lost = [p for p in prefixes if decide(running, p).passes is False]
    if lost:
        reason = "Azure's prefixes are not let in: this traffic stays on the VPN"
        yield finder.breaking(path, _texts(prefixes), _texts(set(prefixes) - set(lost)), reason)
    yield from _untold(finder, path, running, prefixes)
    yield from _preferred(finder, wanted, running, prefixes)
    if decide(running, DEFAULT_ROUTE).passes and DEFAULT_ROUTE not in prefixes:
        reason = "the default route is let in over the circuit: a leak would take all traffic"
        yield finder.warning(f"{path}.default", [], [str(DEFAULT_ROUTE)], reason)


def _preferred(
    finder: Finder, wanted: Filter, running: Filter | None, prefixes: list[IPv4Network]
) -> Iterator[Difference]:
    path = "edge.session.local_preference"
    for prefix in prefixes:
        theirs = decide(running, prefix)
        asked = wanted.decide(prefix).local_preference
        if theirs.passes is not True or theirs.local_preference == asked:
            continue
        wins = theirs.local_preference > USUAL_PREFERENCE
        severity = Severity.WARNING if wins else Severity.BREAKING
        reason = (
            f"{prefix}: the circuit still wins over the VPN (100), by another value"
            if wins
            else f"{prefix}: not preferred over the VPN: traffic may leave by one path and come "
            "back by the other"
        )
        yield finder.found(severity, path, (asked, theirs.local_preference), reason)
        return


def _sent(finder: Finder, running: Filter | None, wanted: Edge, held: Edge) -> Iterator[Difference]:
    """Our prefixes go out over both links, and nothing else does."""
    path = "edge.session.sends"
    ours = list(wanted.networks)
    lost = [prefix for prefix in ours if decide(running, prefix).passes is False]
    if lost:
        reason = "these on-premises prefixes are not advertised over this link"
        yield finder.breaking(path, _texts(ours), _texts(set(ours) - set(lost)), reason)
    yield from _untold(finder, path, running, ours)
    others = {DEFAULT_ROUTE, *held.networks} - set(ours)
    leaked = [prefix for prefix in sorted(others) if decide(running, prefix).passes]
    if leaked:
        shown = "anything" if running is None else ", ".join(map(str, leaked))
        reason = f"what the device knows besides may be advertised to Azure: {shown}"
        yield finder.warning(f"{path}.others", [], _texts(leaked), reason)


def _untold(
    finder: Finder, path: str, running: Filter | None, prefixes: list[IPv4Network]
) -> Iterator[Difference]:
    dark = [prefix for prefix in prefixes if decide(running, prefix).passes is None]
    if dark and running is not None:
        words = "; ".join(dict.fromkeys(w for c in running.clauses for w in c.unread))
        yield finder.found(
            Severity.INFORMATION,
            path,
            (_texts(dark), words),
            "the filter asks for more than prefixes; what it does to these cannot be told",
            verdict=Verdict.UNVERIFIABLE,
        )


def _networks(finder: Finder, wanted: Edge, held: Edge) -> Iterator[Difference]:
    missing = sorted(set(wanted.networks) - set(held.networks))
    if missing and held.links:
        reason = "BGP does not originate these on-premises prefixes"
        yield finder.breaking("edge.networks", _texts(missing), [], reason)


def _hosts(finder: Finder, wanted: Edge, held: Edge) -> Iterator[Difference]:
    """Azure's VPN gateway must not be looked for behind the circuit that the VPN stands in for."""
    known = {route.address: route.via for route in held.hosts}
    for route in wanted.hosts:
        via = known.get(route.address)
        if via is None:
            reason = "nothing keeps Azure's VPN gateway off the circuit: the backup could need it"
            yield finder.warning("edge.hosts", f"{route.address} by {route.via}", None, reason)
        elif via != route.via:
            reason = "Azure's VPN gateway is reached by another next hop than the inventory says"
            yield finder.warning(
                "edge.hosts", f"{route.address} by {route.via}", f"{route.address} by {via}", reason
            )


def _standby(finder: Finder, wanted: Edge, held: Edge) -> Iterator[Difference]:
    """Static routes into the tunnels must give way to what the circuit teaches."""
    asked = {route.prefix: route.distance for route in wanted.standby}
    for route in held.standby:
        if route.prefix not in asked or route.distance > held.bgp_distance:
            continue
        reason = (
            f"the static route into {route.via} wins over ExpressRoute: it must stand behind BGP"
        )
        yield finder.breaking(
            f"edge.standby.{route.prefix}", asked[route.prefix], route.distance, reason
        )


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]
