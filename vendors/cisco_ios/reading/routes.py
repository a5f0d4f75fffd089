"""Static routes, and which tunnel leads to an address."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from appliance.record import dataclass
from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Said
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.addresses import Interfaces
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A static route: where it leads is an interface, a next hop, or both.

    `behind` is what follows: distance, tag, name, track.
    """

    line: Line
    vrf: str | None
    network: IPv4Network
    interface: str | None
    next_hop: IPv4Address | None
    behind: str = ""


def static_route(said: Said) -> Route | None:
    """`ip route [vrf V] NET MASK [INTERFACE] [HOP] ...`; None when it is something else."""
    words, vrf = said.args, None
    if words[:1] == ["vrf"] and len(words) > 1:
        words, vrf = words[2:], words[1]
    if len(words) < 3:  # noqa: PLR2004 -- network, mask, where to
        return None
    covered = network(words[0], words[1])
    if covered is None:
        return None
    hop = address(words[2])
    interface, rest = None, words[3:]
    if hop is None:
        interface = canonical(words[2:])
        split = interface.lower() != words[2].lower() and words[2].isalpha()
        rest = words[4:] if split else words[3:]
        hop = address(rest[0]) if rest else None
        rest = rest[hop is not None :]
    return Route(
        line=said.line,
        vrf=vrf,
        network=covered,
        interface=interface,
        next_hop=hop,
        behind=" ".join(rest),
    )


class Routes:
    """Who leads where: connected networks of interfaces and static routes, by VRF."""

    def __init__(self, running: Running, interfaces: Interfaces) -> None:
        self._owners: dict[tuple[str | None, IPv4Network], list[str]] = {}
        self._of: dict[str, list[Route]] = {}
        self._vrfs: dict[str, str | None]
        self._lengths: set[int] = set()
        self._vrfs = dict.fromkeys(interfaces.first)
        for block in running.saying("interface", "vrf"):
            said = block.last("vrf")
            self._vrfs[block.name] = said.args[0] if said is not None and said.args else None
        for name, held in interfaces.first.items():
            if held is not None:
                self._own(self._vrfs[name], held.network, name)
        found = (static_route(said) for said in running.said("ip route"))
        routes = [route for route in found if route is not None]
        hops = [route for route in routes if route.interface is None]
        for route in routes:
            if route.interface is not None:
                self._add(route, [route.interface])
        for route in hops:
            owners = self.leading_to(route.next_hop, route.vrf) if route.next_hop else []
            self._add(route, owners)

    def _own(self, vrf: str | None, covered: IPv4Network, name: str) -> None:
        self._lengths.add(covered.prefixlen)
        owners = self._owners.setdefault((vrf, covered), [])
        if name not in owners:
            owners.append(name)

    def _add(self, route: Route, names: Iterable[str]) -> None:
        for name in names:
            if self._vrfs.get(name, route.vrf) == route.vrf:
                self._own(route.vrf, route.network, name)
                self._of.setdefault(name, []).append(route)

    def leading_to(self, target: IPv4Address, vrf: str | None) -> list[str]:
        """The interfaces that the longest match leads to."""
        for length in sorted(self._lengths, reverse=True):
            owners = self._owners.get((vrf, IPv4Network((target, length), strict=False)))
            if owners:
                return owners
        return []

    def of(self, interface: str) -> list[Route]:
        """The static routes into an interface, in order."""
        return sorted(self._of.get(interface, []), key=lambda route: route.line.number)
