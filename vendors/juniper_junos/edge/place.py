"""Names for an edge, on the device as observed: what its configuration will hold.

What is there and does what is asked keeps its form and its names; policies that do something else
are left to whoever made them, and the session gets policies of ours.
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
from vendors.juniper_junos.edge.names import INBOUND, TAGGINGS
from vendors.juniper_junos.names import BGP_HOLD


def place(intent: Intent, observed: Observed, tunnels: Tunnels) -> Held:
    """All the device should hold: its tunnels, and its edge.

    Raises `RefusedError` when that cannot be without touching what others use.
    """
    if intent.edge is None:
        return Held(tunnels=tunnels)
    running = observed.edge or Edge(bgp_distance=170)
    pairs, others = paired(intent.edge, running)
    names = _Names(intent.site, vacated(pairs, observed, intent.site), intent.edge, running)
    links = tuple(names.link(wanted, held) for wanted, held in pairs)
    behind = standing_by(intent, tunnels, running.bgp_distance, _behind)
    edge = Edge(
        asn=intent.edge.asn,
        links=(*others, *links),
        networks=intent.edge.networks,
        hosts=with_hosts(running.hosts, intent.edge.hosts),
        standby=tuple(_standby(behind)),
        bgp_distance=running.bgp_distance,
        objects={**_policies(names, links, others), **_tagged(names, links)},
    )
    return Held(tunnels=behind, edge=edge)


def _behind(tunnel: Tunnel, distances: Mapping[IPv4Network, int], above: int) -> Tunnel:
    """A static route with a preference is a qualified next hop: the plain one would be first."""
    if tunnel.interface is None:
        return tunnel
    ways = {
        f"route {route}": f"qualified-next-hop {tunnel.interface.name} "
        f"preference {distances[route]}"
        for route in tunnel.routes
        if route in distances and _preference(_way(tunnel, route)) <= above
    }
    return replace(tunnel, objects={**tunnel.objects, **ways})


def _way(tunnel: Tunnel, route: IPv4Network) -> str:
    name = "" if tunnel.interface is None else tunnel.interface.name
    return tunnel.objects.get(f"route {route}", f"next-hop {name}")


def _preference(way: str) -> int:
    said = way.partition(" preference ")[2]
    return int(said) if said.isdecimal() else 5


def _standby(tunnels: Tunnels) -> Iterator[Standby]:
    for tunnel in tunnels:
        if tunnel.interface is not None and "instance" not in tunnel.objects:
            for route in tunnel.routes:
                distance = _preference(_way(tunnel, route))
                yield Standby(prefix=route, via=tunnel.interface.name, distance=distance)


@dataclass(frozen=True, slots=True)
class _Names:
    """A device and the edge it is to hold."""

    site: str
    observed: Observed
    wanted: Edge
    running: Edge

    @property
    def stem(self) -> str:
        """What the names of the site's own group, policies and prefix lists begin with."""
        return f"{OURS}{self.site}"

    def link(self, wanted: ErLink, held: ErLink | None) -> ErLink:
        """One link, named; raises `RefusedError` on a conflict."""
        anew = held is None or moves(wanted, held)
        if anew and not is_blank(self.observed):
            check_new(wanted, self.observed, self.site)
        if held is None:
            return replace(wanted, objects=self._new(wanted), session=_usual(wanted))
        self._check_inherited(wanted, held)
        objects = {k: v for k, v in held.objects.items() if k not in _GOES}
        objects |= self._chosen(wanted, held)
        if anew:
            objects |= self._zoned(wanted, held)
        elif not held.admits:
            lets_in = (*held.objects.get("inbound", "").split(), *INBOUND)
            objects["inbound"] = " ".join(dict.fromkeys(lets_in))
        return replace(
            wanted,
            label=wanted.label if anew else held.label,
            interface=wanted.interface if anew else held.interface,
            session=agreed(wanted.session, held.session),
            objects=objects,
        )

    def _new(self, wanted: ErLink) -> dict[str, str]:
        own = {"group": self.stem, **self._ours("import"), **self._ours("export")}
        return own | self._zoned(wanted, None)

    def _zoned(self, wanted: ErLink, held: ErLink | None) -> dict[str, str]:
        """The zone of a line that is new; where nobody says, the one that the link was in."""
        zone = self.wanted.objects.get("zone")
        if zone is not None:
            return {"zone": zone, "inbound": " ".join(INBOUND)}
        if self._has_zones and (held is None or "zone" not in held.objects):
            raise RefusedError(
                f"the device is a firewall, and nobody says in which zone {wanted.interface} is",
                where=f"site {self.site}",
                hint="add express_route.zone: with the name of one of its security zones",
            )
        return {}

    @property
    def _has_zones(self) -> bool:
        return any(path.startswith("security zones ") for path in self.observed.objects)

    def _ours(self, kind: str) -> dict[str, str]:
        return {kind: f"{self.stem}-{_DIRECTIONS[kind]}"}

    def _chosen(self, wanted: ErLink, held: ErLink) -> dict[str, str]:
        """The policies in use where they do what is asked, else ours."""
        found: dict[str, str] = {}
        if not teaches_alike(wanted.session.receives, held.session.receives):
            found |= self._ours("import")
        if not tells_alike(self.wanted.networks, self.running.networks, held.session.sends):
            found |= self._ours("export")
        return found

    def _check_inherited(self, wanted: ErLink, held: ErLink) -> None:
        """A neighbour cannot be without what its group says."""
        unwanted = {
            "authentication-key": wanted.session.key is None and held.session.key is not None
        }
        named = [name for name in held.objects.get("inherited", "").split() if unwanted.get(name)]
        if held.objects.get("session off") == "above":
            named.append("the state")
        if named:
            raise RefusedError(
                f"neighbor {held.session.peer} has {' and '.join(named)} from its group or from "
                "all of BGP, which others may use as well",
                where=f"site {self.site}",
                hint="take it away there by hand, then push",
            )


_GOES = ("off", "session off")
_DIRECTIONS = {"import": "in", "export": "out"}


def _usual(wanted: ErLink) -> ErSession:
    """The session with Junos's own timers: Microsoft takes the lower ones."""
    return replace(wanted.session, hold_seconds=BGP_HOLD, keepalive_seconds=BGP_HOLD // 3)


def _policies(
    names: _Names, links: tuple[ErLink, ...], others: tuple[ErLink, ...]
) -> dict[str, str]:
    """Policies of ours as they should stand; those of other sites and links as they are."""
    stem, held = names.stem, names.running.objects
    kept = of_others(held, names.site) | of_site(held, names.site, others)
    for link in links:
        if link.objects.get("import") == f"{stem}-in":
            kept |= _inward(stem, link.session.receives)
        if link.objects.get("export") == f"{stem}-out":
            kept |= _outward(stem, names.wanted.networks)
    return kept


def _inward(stem: str, wanted: Filter | None) -> dict[str, str]:
    (clause,) = () if wanted is None else wanted.clauses
    prefixes = [one.network for one in clause.prefixes or ()]
    return {
        f"policy-options prefix-list {stem}-azure": _listed(prefixes),
        f"policy-options policy-statement {stem}-in": (
            f"term azure from prefix-list {stem}-azure\n"
            f"term azure then local-preference {clause.local_preference}\n"
            "term azure then accept\n"
            "term rest then reject"
        ),
    }


def _outward(stem: str, networks: tuple[IPv4Network, ...]) -> dict[str, str]:
    return {
        f"policy-options prefix-list {stem}-ours": _listed(networks),
        f"policy-options policy-statement {stem}-out": (
            f"term ours from prefix-list {stem}-ours\nterm ours then accept\nterm rest then reject"
        ),
    }


def _listed(prefixes: object) -> str:
    found = prefixes if isinstance(prefixes, list | tuple) else ()
    return "\n".join(str(prefix) for prefix in sorted(found))


def _tagged(names: _Names, links: tuple[ErLink, ...]) -> dict[str, str]:
    """How each port is told that its units carry tags; raises where it cannot carry two."""
    found = {k: v for k, v in names.running.objects.items() if k.startswith("tagging ")}
    double = {_tagging(link) for link in links if link.svlan is not None}
    for key in dict.fromkeys(_tagging(link) for link in links if link.vlan is not None):
        held = found.setdefault(key, TAGGINGS[0] if key in double else TAGGINGS[-1])
        if held == TAGGINGS[-1] and key in double:
            raise RefusedError(
                f"{key.partition(' ')[2]} has vlan-tagging, which carries one tag, not two",
                where=f"site {names.site}",
                hint="change it to flexible-vlan-tagging first: that touches all its units",
            )
    return found


def _tagging(link: ErLink) -> str:
    return f"tagging {link.interface.rpartition('.')[0]}"
