"""Names for an edge, on the device as observed: what its configuration will hold.

What is there and does what is asked keeps its form and its names; filters that do something else
are left to whoever made them, and the session gets filters of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.edge import (
    Edge,
    ErLink,
    ErSession,
    Filter,
    Held,
    Standby,
    port,
    teaches_alike,
    tells_alike,
    with_hosts,
)
from appliance.model.edge_place import (
    agreed,
    check_new,
    is_blank,
    moves,
    of_others,
    of_site,
    paired,
    standing_by,
    vacated,
)
from appliance.model.intent import Intent, Observed
from appliance.model.names import OURS
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import dataclass, replace
from vendors.cisco.writing.section import PREFIX
from vendors.cisco_ios.edge.reading import distance
from vendors.cisco_ios.edge.writing import FILTERS
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.writing.routing import led


def place(intent: Intent, observed: Observed, tunnels: Tunnels) -> Held:
    """All the device should hold: its tunnels, and its edge.

    Raises `RefusedError` when that cannot be without touching what others use.
    """
    if intent.edge is None:
        return Held(tunnels=tunnels)
    running = observed.edge or Edge()
    pairs, others = paired(intent.edge, running)
    names = _Names(intent.site, vacated(pairs, observed, intent.site), intent.edge, running)
    names.check_process()
    links = tuple(names.link(wanted, held) for wanted, held in pairs)
    held = standing_by(intent, tunnels, running.bgp_distance, _behind)
    edge = Edge(
        asn=intent.edge.asn,
        links=(*others, *links),
        networks=tuple(dict.fromkeys((*running.networks, *intent.edge.networks))),
        hosts=with_hosts(running.hosts, intent.edge.hosts),
        standby=tuple(_standby(held)),
        bgp_distance=running.bgp_distance,
        objects=_objects(names, links, others),
    )
    return Held(tunnels=held, edge=edge)


def _behind(tunnel: Tunnel, distances: Mapping[IPv4Network, int], above: int) -> Tunnel:
    """Those that stand before what the circuit teaches get a distance; the others keep theirs."""
    if tunnel.interface is None:
        return tunnel
    held = {route: _way(tunnel, route) for route in tunnel.routes if route in distances}
    ways = {
        f"route {route}": f"{led(way)} {distances[route]}"
        for route, way in held.items()
        if distance(way.split()) <= above
    }
    return replace(tunnel, objects={**tunnel.objects, **ways})


def _standby(tunnels: Tunnels) -> Iterator[Standby]:
    for tunnel in tunnels:
        if tunnel.interface is not None and tunnel.interface.vrf is None:
            for route in tunnel.routes:
                via, *behind = _way(tunnel, route).split()
                yield Standby(prefix=route, via=via, distance=distance(behind))


def _way(tunnel: Tunnel, route: IPv4Network) -> str:
    name = "" if tunnel.interface is None else tunnel.interface.name
    return tunnel.objects.get(f"route {route}", name)


@dataclass(frozen=True, slots=True)
class _Names:
    """A device and the edge it is to hold."""

    site: str
    observed: Observed
    wanted: Edge
    running: Edge

    @property
    def stem(self) -> str:
        """What the names of the site's own filters begin with."""
        return f"{OURS}{self.site}"

    def check_process(self) -> None:
        """Raise `RefusedError` when the device already is another AS: IOS has one BGP process."""
        for heading in self.observed.objects:
            if heading.startswith("router bgp ") and heading != f"router bgp {self.wanted.asn}":
                raise RefusedError(
                    f"the device runs `{heading}`, the inventory says AS {self.wanted.asn}",
                    where=f"site {self.site}",
                    hint="correct express_route.asn (Azure's peering must agree: peerASN)",
                )

    def link(self, wanted: ErLink, held: ErLink | None) -> ErLink:
        """One link, named; raises `RefusedError` on a conflict."""
        if held is None:
            self._check_free(wanted)
            return replace(wanted, objects=self._filters(wanted, None))
        self._check_inherited(wanted, held)
        objects = {k: v for k, v in held.objects.items() if k not in _GOES}
        if held.bfd != wanted.bfd:
            objects.pop("bfd template", None)
        kept = self._filters(wanted, held)
        filters = {kind for kind in objects if kind.split()[-1] in {"in", "out"}}
        objects = {k: v for k, v in objects.items() if k not in filters} | kept
        anew = moves(wanted, held)
        if anew:
            self._check_free(wanted)
        return replace(
            wanted,
            label=wanted.label if anew else held.label,
            interface=wanted.interface if anew else held.interface,
            session=self._session(wanted, held, kept),
            objects=objects,
        )

    def _session(self, wanted: ErLink, held: ErLink, names: dict[str, str]) -> ErSession:
        ours, theirs = wanted.session, held.session
        same_in = _named(names, "in") == _named(held.objects, "in")
        same_out = _named(names, "out") == _named(held.objects, "out")
        return replace(
            agreed(ours, theirs),
            receives=theirs.receives if same_in and not _ours(names, "in") else ours.receives,
            sends=theirs.sends if same_out and not _ours(names, "out") else ours.sends,
        )

    def _filters(self, wanted: ErLink, held: ErLink | None) -> dict[str, str]:
        """Names of the filters by kind: those in use where they do what is asked, else ours."""
        found: dict[str, str] = {}
        if held is not None and teaches_alike(wanted.session.receives, held.session.receives):
            found |= _named(held.objects, "in")
        else:
            found["route-map in"] = f"{self.stem}-in"
        if held is not None and tells_alike(
            self.wanted.networks, self.running.networks, held.session.sends
        ):
            found |= _named(held.objects, "out")
        else:
            found["prefix-list out"] = f"{self.stem}-ours"
        return found

    def _check_free(self, wanted: ErLink) -> None:
        if is_blank(self.observed):
            return
        known, parent = self.observed.interfaces, port(wanted)
        if parent not in known:
            raise RefusedError(
                f"the device has no interface {parent}",
                where=f"site {self.site}",
                hint="express_route.circuits.links.interface must be one of: "
                + ", ".join(sorted(name for name in known if "." not in name)),
            )
        if "shutdown" in self.observed.objects.get(f"interface {parent}", ()):
            raise RefusedError(
                f"{parent} is shut down, and somebody may have meant it",
                where=f"site {self.site}",
                hint=f"`no shutdown` on {parent} when the provider's line is ready, then push",
            )
        check_new(wanted, self.observed, self.site)

    def _check_inherited(self, wanted: ErLink, held: ErLink) -> None:
        """A neighbour cannot be without what its group says."""
        session, running = wanted.session, held.session
        unwanted = {
            "password": running.key is not None and session.key is None,
            "shutdown": not running.enabled and "shutdown" in held.objects,
            "weight": running.weight is not None,
            "default-originate": "default-originate" in held.objects,
        }
        for name in held.objects.get("inherited", "").split():
            if unwanted.get(name):
                raise RefusedError(
                    f"neighbor {running.peer} inherits `{name}` from its group or template, which "
                    "others may use as well",
                    where=f"site {self.site}",
                    hint=f"take `{name}` out of the group, or the neighbor out of it",
                )


def interface(name: str) -> str:
    """`Gi4.300` and `GigabitEthernet 4.300` are GigabitEthernet4.300."""
    return canonical(name.split())


_GOES = ("off", "shutdown", "inactive", "default-originate")
"""Kinds of `ErLink.objects` that are not wanted."""


def _named(objects: Mapping[str, str], direction: str) -> dict[str, str]:
    return {kind: name for kind, name in objects.items() if kind.endswith(f" {direction}")}


def _ours(names: Mapping[str, str], direction: str) -> bool:
    return any(name.startswith(PREFIX) for name in _named(names, direction).values())


def _objects(
    names: _Names, links: tuple[ErLink, ...], others: tuple[ErLink, ...]
) -> dict[str, str]:
    """Filters of ours as they should stand; those of other sites and links as they are."""
    stem, held = names.stem, names.running.objects
    kept = of_others(held, names.site) | of_site(held, names.site, others)
    used = {link.objects[kind] for link in links for kind in FILTERS if kind in link.objects}
    if f"{stem}-in" in used:
        first = next(link for link in links if link.objects.get("route-map in") == f"{stem}-in")
        kept |= _inward(stem, first.session.receives)
    if f"{stem}-ours" in used:
        kept[f"prefix-list {stem}-ours"] = _permits(names.wanted.networks)
    return kept


def _inward(stem: str, wanted: Filter | None) -> dict[str, str]:
    (clause,) = () if wanted is None else wanted.clauses
    prefixes = tuple(one.network for one in clause.prefixes or ())
    return {
        f"prefix-list {stem}-azure": _permits(prefixes),
        f"route-map {stem}-in permit 10": (
            f"match ip address prefix-list {stem}-azure\n"
            f"set local-preference {clause.local_preference}"
        ),
    }


def _permits(prefixes: tuple[IPv4Network, ...]) -> str:
    return "\n".join(f"permit {prefix}" for prefix in sorted(prefixes))
