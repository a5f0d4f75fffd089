"""The ExpressRoute edge of a site: two BGP links a circuit, and how the VPN stands behind them.

Seen from the appliance, as tunnels are; `None` means "there is none". What a device lets in and
out is kept as it decides (`Filter`): two ways to write it down are equal where they do the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from types import MappingProxyType

from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Source, Tunnels
from appliance.record import dataclass, field

MICROSOFT_ASN = 12076
"""The AS of Microsoft's edge routers on every private peering."""

USUAL_PREFERENCE = 100
"""Local preference of a route that nobody gave one (Cisco and Junos alike)."""

KEY_LENGTH = 25
"""Characters that Azure takes in the MD5 key of a peering, letters and digits only."""

MORE = "more"
"""Kind of `ErLink.objects`: what else stands on its sub-interface, by the first words."""

DEFAULT_ROUTE = IPv4Network("0.0.0.0/0")
_BITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Bfd:
    """Timers of fast failure detection: milliseconds between packets, and how many may be lost."""

    transmit_ms: int = 300
    receive_ms: int = 300
    multiplier: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Prefixes in `network` with a length of `shortest` to `longest`; `permit` False excepts."""

    network: IPv4Network
    shortest: int
    longest: int
    permit: bool = True

    def covers(self, prefix: IPv4Network) -> bool:
        """Whether this entry speaks of the prefix."""
        own = self.network.prefixlen
        if not max(self.shortest, own) <= prefix.prefixlen <= self.longest:
            return False
        apart = int(prefix.network_address) ^ int(self.network.network_address)
        return not apart >> (_BITS - own)  # as subnet_of, in a sixth of its time: lists are long


def exactly(prefix: IPv4Network) -> Match:
    """This prefix and no other."""
    return Match(network=prefix, shortest=prefix.prefixlen, longest=prefix.prefixlen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One rule of a filter. `prefixes` None takes every prefix, else the first entry decides.

    `local_preference` None leaves it as it is. `unread` are further conditions in the device's own
    words: whether such a rule takes a prefix cannot be told. `goes_on`: it decides nothing, and
    what it prefers holds until a later rule says otherwise.
    """

    permit: bool = True
    prefixes: tuple[Match, ...] | None = None
    local_preference: int | None = None
    unread: tuple[str, ...] = ()
    goes_on: bool = False

    def takes(self, prefix: IPv4Network) -> bool:
        """Whether its prefixes are the ones of this rule."""
        if self.prefixes is None:
            return True
        return next((one.permit for one in self.prefixes if one.covers(prefix)), False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one prefix; `passes` None cannot be told."""

    passes: bool | None
    local_preference: int = USUAL_PREFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Rules in order; `otherwise` is what becomes of a prefix that no rule takes."""

    clauses: tuple[Clause, ...] = ()
    otherwise: bool = False

    def decide(self, prefix: IPv4Network) -> Verdict:
        """What becomes of a route to this prefix."""
        preferred = USUAL_PREFERENCE
        for clause in self.clauses:
            if clause.takes(prefix):
                if clause.unread:
                    return Verdict(passes=None)
                found = clause.local_preference
                preferred = preferred if found is None else found
                if not clause.goes_on:
                    return Verdict(passes=clause.permit, local_preference=preferred)
        return Verdict(passes=self.otherwise, local_preference=preferred)

    def passed(self) -> list[IPv4Network]:
        """The networks that its rules name to let them pass."""
        rules = [clause for clause in self.clauses if clause.permit]
        return [one.network for rule in rules for one in rule.prefixes or () if one.permit]


def decide(filter_: Filter | None, prefix: IPv4Network) -> Verdict:
    """As `Filter.decide`; where there is no filter everything passes."""
    return Verdict(passes=True) if filter_ is None else filter_.decide(prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErSession:
    """The BGP session of one link.

    `bfd`: the session falls with BFD. `receives` and `sends` are what is let in and out, None
    everything. `local_preference` is what a session gives all its routes (Junos), `weight` IOS's
    own, which stands above local preference. Timers are in seconds.
    """

    peer: IPv4Address
    asn: int = MICROSOFT_ASN
    key: Secret | Hidden | None = None
    bfd: bool = False
    receives: Filter | None = None
    sends: Filter | None = None
    weight: int | None = None
    keepalive_seconds: int = 60
    hold_seconds: int = 180
    enabled: bool = True


_NOTHING: Mapping[str, str] = MappingProxyType({})
_NOWHERE: Mapping[str, Source] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErLink:
    """One of a circuit's two links: a VLAN of the provider's line, and the session over it.

    `label` is ours (`er-1 primary`), None on a link that is not. `interface` is the device's own
    name with its unit. `vlan` is the tag of the peering, `svlan` the outer one with QinQ. `bfd` are
    the timers, which only act where the session asks for BFD. `admits`: the device's own rules let
    BGP reach it there. `objects` and `sources` as those of `Tunnel`.
    """

    label: str | None = None
    interface: str
    address: IPv4Interface | None = None
    vlan: int | None = None
    svlan: int | None = None
    bfd: Bfd | None = None
    enabled: bool = True
    admits: bool = True
    session: ErSession
    objects: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    sources: Mapping[str, Source] = field(
        default_factory=lambda: _NOWHERE, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRoute:
    """A static route to one address; `via` is its next hop in the device's own words."""

    address: IPv4Address
    via: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A static route into a tunnel; `distance` is its administrative distance or preference."""

    prefix: IPv4Network
    via: str
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What a device has of ExpressRoute, and what must not be in its way.

    `networks` are prefixes that BGP originates. `hosts` are static routes to single addresses,
    which keep Azure's VPN gateway off the circuit. `standby` are the static routes into tunnels; in
    an intent those that must give way to the circuit, with `via` empty. `bgp_distance` is what the
    device gives routes learned over the circuit. `behind` are the other BGP sessions, among them
    those of the VPN; an intent names these. What they filter is somebody else's: it is judged, and
    never changed.
    """

    asn: int | None = None
    links: tuple[ErLink, ...] = ()
    networks: tuple[IPv4Network, ...] = ()
    hosts: tuple[HostRoute, ...] = ()
    standby: tuple[Standby, ...] = ()
    bgp_distance: int = 20
    behind: tuple[ErSession, ...] = field(default=(), compare=False)
    objects: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a device holds, or should: its tunnels, and its edge where that is ours to change."""

    tunnels: Tunnels = ()
    edge: Edge | None = None


def lets(prefixes: Iterable[IPv4Network], local_preference: int | None = None) -> Filter:
    """The filter that passes exactly these prefixes."""
    listed = tuple(exactly(prefix) for prefix in sorted(prefixes))
    return Filter(clauses=(Clause(prefixes=listed, local_preference=local_preference),))


def teaches_alike(asked: Filter | None, running: Filter | None) -> bool:
    """Whether a filter lets in what is asked, with that preference, and no default route."""
    if asked is None or running is None:
        return asked is running
    prefixes = [one.network for clause in asked.clauses for one in clause.prefixes or ()]
    same = all(asked.decide(prefix) == running.decide(prefix) for prefix in prefixes)
    return same and running.decide(DEFAULT_ROUTE).passes is False


def tells_alike(
    ours: Iterable[IPv4Network], known: Iterable[IPv4Network], running: Filter | None
) -> bool:
    """Whether a filter lets out our prefixes and nothing else of what the device knows."""
    wanted = set(ours)
    others = {DEFAULT_ROUTE, *known} - wanted
    if running is None or not all(running.decide(prefix).passes for prefix in wanted):
        return False
    return not any(running.decide(prefix).passes for prefix in others)


def with_hosts(
    running: tuple[HostRoute, ...], wanted: tuple[HostRoute, ...]
) -> tuple[HostRoute, ...]:
    """Host routes of others stay; one to the same address by another way gives way."""
    ours = {route.address for route in wanted}
    kept = [route for route in running if route in wanted or route.address not in ours]
    return (*kept, *(route for route in wanted if route not in kept))


def pair_links(
    intended: Iterable[ErLink], running: Iterable[ErLink]
) -> tuple[tuple[ErLink, ErLink | None], ...]:
    """Each intended link with the running one: by Microsoft's address, by label, by interface."""
    left = list(running)
    wanted = list(intended)
    found: dict[int, ErLink] = {}
    for same in (_same_peer, _same_label, _same_interface):
        for index, link in enumerate(wanted):
            match = next((one for one in left if same(link, one)), None)
            if index not in found and match is not None:
                found[index] = match
                left.remove(match)
    return tuple((link, found.get(index)) for index, link in enumerate(wanted))


def port(link: ErLink) -> str:
    """The port that a link comes on: its interface without the unit."""
    return link.interface.partition(".")[0]


def elsewhere(wanted: ErLink, running: ErLink) -> bool:
    """Whether the running link comes on another port; its unit there is but a name."""
    return bool(running.interface) and port(wanted) != port(running)


def _same_peer(wanted: ErLink, running: ErLink) -> bool:
    return wanted.session.peer == running.session.peer


def _same_label(wanted: ErLink, running: ErLink) -> bool:
    return running.label is not None and wanted.label == running.label


def _same_interface(wanted: ErLink, running: ErLink) -> bool:
    return wanted.interface == running.interface
