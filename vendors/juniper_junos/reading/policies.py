"""Security policies in the order of evaluation, and what they let through between two zones."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.record import dataclass
from vendors.juniper_junos.reading.books import Books
from vendors.juniper_junos.reading.rectangles import Net, Pair, cut, net
from vendors.juniper_junos.tree import Node

_ANY: Net = (0, 0)
_NARROWING = (
    "source-identity",
    "dynamic-application",
    "url-category",
    "source-end-user-profile",
    "source-address-excluded",
    "destination-address-excluded",
)
"""What makes a policy one for some of the traffic only."""
_ALL = frozenset({"any", "none"})
"""Unless one of these words follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy with its addresses. `whole` says that it is for all traffic between these."""

    name: str
    zones: tuple[str, str]
    node: Node
    permits: bool
    denies: bool
    whole: bool
    vpn: str | None
    sources: tuple[Net, ...]
    targets: tuple[Net, ...]

    @property
    def pairs(self) -> list[Pair]:
        """Each source with each destination."""
        return [(source, target) for source in self.sources for target in self.targets]


class Policies:
    """The policies of a device. `known` says that the text has any."""

    def __init__(self, root: Node, books: Books) -> None:
        self.root = root.at("security", "policies")
        self.books = books
        self.known = root.any("security", "policies") is not None
        self.permit_all = self.root.get("default-policy", "permit-all") is not None
        self.undefined: dict[tuple[str, str], Node] = {}
        self._between: dict[tuple[str, str], list[Policy]] = {}
        self._tunnels: dict[str, list[Policy]] | None = None

    def between(self, source: str, target: str) -> list[Policy]:
        """The policies for traffic from one zone to another: their own, then global ones."""
        zones = (source, target)
        if zones not in self._between:
            own = self.root.items("from-zone", source, "to-zone", target, "policy")
            found = [self._read(name, node, zones, zones) for name, node in own if _is_name(name)]
            for name, node in self.root.items("global", "policy"):
                if _is_name(name) and _applies(node, zones):
                    found.append(self._read(name, node, zones, ("global", "global")))
            self._between[zones] = found
        return self._between[zones]

    def tunnels(self, vpn: str) -> list[Policy]:
        """The policies whose traffic goes into a policy-based VPN."""
        if self._tunnels is None:
            self._tunnels = {}
            for zones, name, node in self._all():
                named = node.value("then", "permit", "tunnel", "ipsec-vpn")
                if named is not None:
                    policy = self._read(name, node, zones, zones)
                    self._tunnels.setdefault(named, []).append(policy)
        return self._tunnels.get(vpn, [])

    def _all(self) -> Iterator[tuple[tuple[str, str], str, Node]]:
        for source, below in self.root.items("from-zone"):
            for target, context in below.items("to-zone"):
                for name, node in context.items("policy"):
                    yield (source, target), name, node

    def _read(
        self, name: str, node: Node, zones: tuple[str, str], shown: tuple[str, str]
    ) -> Policy:
        match = node.at("match")
        applications = match.values("application")
        scheduled = node.value("scheduler-name") is not None
        narrow = any(
            match.get(word) is not None and not set(match.values(word)) & _ALL
            for word in _NARROWING
        )
        denied = node.get("then", "deny") is not None or node.get("then", "reject") is not None
        return Policy(
            name=name,
            zones=shown,
            node=node,
            permits=node.get("then", "permit") is not None,
            denies=denied,
            whole="any" in applications and not scheduled and not narrow,
            vpn=node.value("then", "permit", "tunnel", "ipsec-vpn"),
            sources=self._places(zones[0], match.values("source-address"), node),
            targets=self._places(zones[1], match.values("destination-address"), node),
        )

    def _places(self, zone: str, names: tuple[str, ...], node: Node) -> tuple[Net, ...]:
        found: list[Net] = []
        for name in names:
            places, defined = self.books.places(zone, name)
            if not defined:
                self.undefined[zone, name] = node
            found += map(net, places)
        return tuple(dict.fromkeys(found))

    def passing(self, source: str, target: str) -> tuple[list[Pair], list[Policy]]:
        """The pairs that all traffic may cross between, and the policies that let it."""
        holes: list[Pair] = []
        found: list[Pair] = []
        used: list[Policy] = []
        for policy in self.between(source, target):
            if not policy.whole or policy.vpn is not None:
                continue
            if policy.permits:
                pieces = [piece for pair in policy.pairs for piece in cut(pair, holes)]
                found += pieces
                used += [policy] if pieces else []
            elif policy.denies:
                holes += policy.pairs
        if self.permit_all:
            found += cut((_ANY, _ANY), holes)
        return found, used


def _is_name(word: str) -> bool:
    return not word.startswith("apply-")


def _applies(node: Node, zones: tuple[str, str]) -> bool:
    """Whether a global policy is for these zones."""
    for statement, zone in zip(("from-zone", "to-zone"), zones, strict=True):
        named = node.values("match", statement)
        if named and zone not in named and "any" not in named:
            return False
    return True
