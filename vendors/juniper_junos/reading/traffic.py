"""What may cross a tunnel by the policies between its zone and those of the networks inside.

A session is judged by its first packet; answers follow ("Security Policies User Guide").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Interface, IPv4Network

from appliance.model.diagram import Interval, joined
from appliance.model.filters import Chain, Entry
from appliance.model.traffic import (
    ADDRESSES,
    EVERYTHING,
    NOTHING,
    Box,
    Direction,
    Flows,
    flows,
    interval,
)
from appliance.model.tunnel import Source
from appliance.record import dataclass
from vendors.juniper_junos.reading.applications import Applications, Service
from vendors.juniper_junos.reading.notes import source
from vendors.juniper_junos.reading.passes import Passes
from vendors.juniper_junos.reading.policies import Policy
from vendors.juniper_junos.reading.rectangles import Net
from vendors.juniper_junos.reading.words import address, network
from vendors.juniper_junos.tree import Configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vendors.juniper_junos.reading.interfaces import Interfaces

TO, FROM = Direction

_DOUBTFUL = (
    "source-identity",
    "dynamic-application",
    "url-category",
    "source-end-user-profile",
)
_ALL = frozenset({"any", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tunnel interface with its zone, and the interface that IKE leaves from."""

    interface: str
    zone: str | None
    outside: str | None
    line: int


class Crossing:
    """The chains of policies that a tunnel's traffic meets."""

    def __init__(self, found: Configuration, passes: Passes, interfaces: Interfaces) -> None:
        self.found = found
        self.passes = passes
        self.policies = passes.policies
        self.interfaces = interfaces
        self.applications = Applications(found.root)

    def chains(self, place: Place) -> Iterator[Chain]:
        """Policies from each inside zone and back, and what is translated on the way out."""
        if place.zone is None:
            yield Chain(name="no security zone", entries=(), source=self._source(place.line))
            return
        lans = list(filter(self._has_networks, self.passes.inside(place.zone, place.outside)))
        if not lans:
            yield Chain(name="no inside zone", entries=(), source=self._source(place.line))
        for lan, local in self._regions(lans, place.zone):
            if lan is None:
                yield self._nowhere(local, place)
                continue
            for way in Direction:
                zones = (lan, place.zone) if way is TO else (place.zone, lan)
                yield self._chain(zones, way, local, place)
            yield self._untranslated(lan, place, local)

    def _has_networks(self, lan: str) -> bool:
        """A zone of tunnels and of the device's own addresses has nobody behind it."""
        members = self.passes.zones.members(lan)
        return not members or not all(one.startswith(("st0.", "lo0.")) for one in members)

    def _nowhere(self, local: tuple[Interval, ...], place: Place) -> Chain:
        """Addresses of which the text does not tell in which of several zones they are."""
        source = self._source(place.line)
        entry = Entry(flows=EVERYTHING, permit=None, source=source)
        scope = flows(Box(local=local))
        return Chain(name="zone not known", entries=(entry,), source=source, scope=scope)

    def _chain(
        self, zones: tuple[str, str], way: Direction, local: tuple[Interval, ...], place: Place
    ) -> Chain:
        found = self.policies.between(*zones)
        said = self.policies.root.any("default-policy")
        return Chain(
            name=f"policies from {zones[0]} to {zones[1]}",
            entries=tuple(
                entry
                for policy in found
                if policy.permits or policy.denies
                for entry in self._entries(policy, way)
            ),
            source=self._source(said.last if said is not None else place.line),
            scope=flows(Box(direction=((int(way), int(way)),), local=local)),
            otherwise=self.policies.permit_all,
        )

    def _entries(self, policy: Policy, way: Direction) -> Iterator[Entry]:
        services, known = self._services(policy)
        here, there = _addresses(policy, 0), _addresses(policy, 1)
        local, remote = (here, there) if way is TO else (there, here)
        matched = NOTHING
        for service in services:
            matched |= _flows(way, (local, remote), service)
        sure = known and not _narrowed(policy) and policy.vpn is None
        yield Entry(
            flows=matched,
            permit=policy.permits,
            source=self._source(policy.node.line),
            sure=sure and not self._doubtful(policy),
        )

    def _services(self, policy: Policy) -> tuple[list[Service], bool]:
        read = [
            self.applications.services(name) for name in policy.node.values("match", "application")
        ]
        if any(one is None for one in read):
            return [Service()], False
        return [service for one in read if one is not None for service in one], True

    def _doubtful(self, policy: Policy) -> bool:
        """Whether an address of a policy is one that the text does not tell (a DNS name)."""
        sides = zip(policy.zones, ("source-address", "destination-address"), strict=True)
        return any(
            self.policies.books.untold(zone, name)
            for zone, side in sides
            for name in policy.node.values("match", side)
        )

    def _untranslated(self, lan: str, place: Place, local: tuple[Interval, ...]) -> Chain:
        """What source NAT translates does not get through: Azure does not know that address."""
        pairs = self.passes.nat.translated(lan, place.zone or "", place.interface)
        hit = NOTHING
        for one, other in pairs:
            hit |= flows(Box(local=(_interval(one),), remote=(_interval(other),)))
        node = self.found.root.any("security", "nat", "source")
        where = self._source(node.line if node is not None else place.line)
        entries = (Entry(flows=hit, permit=False, source=where),) if hit else ()
        scope = flows(Box(direction=((int(TO), int(TO)),), local=local))
        return Chain(name="source NAT", entries=entries, source=where, scope=scope, otherwise=True)

    def _regions(
        self, lans: Sequence[str], zone: str
    ) -> Iterator[tuple[str | None, tuple[Interval, ...]]]:
        """The addresses behind each inside zone: connected, by static routes, and all others.

        These are behind the only zone that has policies to the tunnel's; of several nobody knows.
        """
        if len(lans) == 1:
            yield lans[0], ADDRESSES
            return
        left = EVERYTHING
        for held, lan in sorted(self._known(lans), key=lambda one: -one[0].prefixlen):
            part = left & flows(Box(local=(interval(held),)))
            left -= part
            if part:
                yield lan, next(part.boxes()).local
        using = [lan for lan in lans if self._used(lan, zone)]
        if left:
            yield using[0] if len(using) == 1 else None, next(left.boxes()).local

    def _known(self, lans: Sequence[str]) -> Iterator[tuple[IPv4Network, str]]:
        connected = [(held.network, lan) for lan in lans for held in self._held(lan)]
        yield from connected
        for word, said in self.found.root.items("routing-options", "static", "route"):
            target = network(word)
            hops = [address(hop) for hop in said.values("next-hop")]
            behind = (lan for held, lan in connected for hop in hops if hop and hop in held)
            lan = next(behind, None)
            if target is not None and lan is not None:
                yield target, lan

    def _held(self, lan: str) -> Iterator[IPv4Interface]:
        for member in self.passes.zones.members(lan):
            yield from self.interfaces.held.get(member, ())

    def _used(self, lan: str, zone: str) -> bool:
        root = self.policies.root
        return any(
            root.get("from-zone", one, "to-zone", other) is not None
            for one, other in ((lan, zone), (zone, lan))
        )

    def _source(self, line: int) -> Source:
        return source(self.found.rows, line) if line else Source(0, "")


def _narrowed(policy: Policy) -> bool:
    match = policy.node.at("match")
    return policy.node.value("scheduler-name") is not None or any(
        match.get(word) is not None and not set(match.values(word)) & _ALL for word in _DOUBTFUL
    )


def _addresses(policy: Policy, side: int) -> tuple[Interval, ...]:
    listed = joined([_interval(one) for one in (policy.sources, policy.targets)[side]])
    word = ("source-address-excluded", "destination-address-excluded")[side]
    return _rest(listed) if policy.node.get("match", word) is not None else tuple(listed)


def _flows(
    way: Direction, sides: tuple[tuple[Interval, ...], tuple[Interval, ...]], service: Service
) -> Flows:
    return flows(
        Box(
            direction=((int(way), int(way)),),
            protocol=service.protocol,
            local=sides[0],
            remote=sides[1],
            ports=service.ports,
            from_ports=service.from_ports,
        )
    )


def _interval(one: Net) -> Interval:
    first, length = one
    return first, first | ((1 << (32 - length)) - 1)


def _rest(taken: Iterable[Interval]) -> tuple[Interval, ...]:
    left = EVERYTHING
    for part in taken:
        left -= flows(Box(local=(part,)))
    return next((box.local for box in left.boxes()), ())
