"""Static routes of an ASA, and which interface leads to an address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.record import dataclass
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.interfaces import Interfaces
from vendors.cisco_asa.reading.places import Names
from vendors.cisco_asa.reading.running import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A static route; `hop` as the text writes it."""

    line: Line
    network: IPv4Network
    hop: str
    tail: str


class Routes:
    """Who leads where: connected networks and static routes, by nameif in lower case."""

    def __init__(self, running: Running, names: Names, interfaces: Interfaces) -> None:
        self._owners: dict[IPv4Network, list[str]] = {}
        self._of: dict[str, list[Route]] = {}
        for one in interfaces:
            if one.address is not None and one.nameif:
                self._own(one.address.network, one.nameif.lower())
        for said in running.said("route"):
            args = said.args
            covered = names.network(args[1], args[2]) if len(args) > 3 else None  # noqa: PLR2004
            if covered is None or "tunneled" in args[4:]:
                continue
            owner = args[0].lower()
            route = Route(line=said.line, network=covered, hop=args[3], tail=" ".join(args[4:]))
            self._of.setdefault(owner, []).append(route)
            self._own(covered, owner)
        self._lengths = sorted({covered.prefixlen for covered in self._owners}, reverse=True)

    def _own(self, covered: IPv4Network, owner: str) -> None:
        owners = self._owners.setdefault(covered, [])
        if owner not in owners:
            owners.append(owner)

    def leading_to(self, target: IPv4Address) -> list[str]:
        """The interfaces that the longest match leads to."""
        for length in self._lengths:
            owners = self._owners.get(IPv4Network((target, length), strict=False))
            if owners:
                return owners
        return []

    def behind(self, covered: IPv4Network) -> list[str]:
        """The interfaces a network is behind; a default route does not tell."""
        for length in self._lengths:
            near = IPv4Network((covered.network_address, length), strict=False)
            if length and near in self._owners:
                return self._owners[near]
        return []

    def of(self, nameif: str) -> list[Route]:
        """The static routes into an interface, in order."""
        return self._of.get(nameif.lower(), [])
