"""The prefixes that export policies let out to BGP neighbours, as far as a text can tell."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from vendors.juniper_junos.reading.interfaces import Interfaces
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.routes import Routes
from vendors.juniper_junos.reading.words import network, unit
from vendors.juniper_junos.tree import Node

_TOLD = frozenset(
    {"protocol", "route-filter", "prefix-list", "prefix-list-filter", "interface", "instance"}
    | {"family", "rib", "apply-groups", "apply-groups-except"}
)
"""Conditions that a text answers; of any other, a term tells nothing here."""
_EXPRESSION = frozenset({"(", ")", "&&", "||", "!"})
_OWN = frozenset({"static", "direct", "local", "aggregate"})


class Advertised:
    """Resolves policy statements against the routes that a device has by itself."""

    def __init__(self, root: Node, interfaces: Interfaces, routes: Routes) -> None:
        self.root = root
        self.options = root.at("policy-options")
        self.interfaces = interfaces
        self.routes = routes

    def networks(
        self, names: tuple[str, ...], instance: str | None, notes: Notes
    ) -> tuple[IPv4Network, ...]:
        """What these policies, one after the other, accept."""
        found: dict[IPv4Network, None] = {}
        refused: list[tuple[IPv4Network, str]] = []
        for term in self._all_terms(names, notes):
            if term.get("then", "reject") is not None:
                refused += self._filters(term)
            elif term.get("then", "accept") is not None:
                for one, node in self._accepted(term, instance):
                    if not any(_fits(one, *other) for other in refused):
                        found[one] = None
                        notes.at("bgp.networks", node)
        return tuple(found)

    def _all_terms(self, names: tuple[str, ...], notes: Notes) -> Iterator[Node]:
        """The terms of these policies in the order of evaluation, as far as they tell anything."""
        for name in names:
            statement = self.options.get("policy-statement", name)
            if statement is not None:
                yield from (
                    term for term in _terms(statement) if _TOLD.issuperset(term.values("from"))
                )
            elif name not in _EXPRESSION:
                notes.lacks("policy-statement", name)

    def _accepted(self, term: Node, instance: str | None) -> Iterator[tuple[IPv4Network, Node]]:
        filters = self._filters(term)
        filtered = any(
            term.get("from", word) is not None
            for word in ("route-filter", "prefix-list", "prefix-list-filter")
        )
        kinds = set(term.values("from", "protocol")) or set(_OWN)
        if kinds and not kinds & _OWN:
            return
        through = {unit(word) for word in term.values("from", "interface")}
        own = list(self._own(kinds, through, instance))
        for base, way in filters:
            inside = [pair for pair in own if _fits(pair[0], base, way)]
            if way == "exact" or (way == "orlonger" and not inside):
                yield base, term
            else:
                yield from inside
        if not filtered:
            yield from own

    def _filters(self, term: Node) -> list[tuple[IPv4Network, str]]:
        """Prefixes of a term, each with how much of it is meant."""
        found: list[tuple[IPv4Network, str]] = []
        for text in term.values("from", "route-filter"):
            words = text.split()
            base = network(words[0])
            if base is not None:
                found.append((base, " ".join(words[1:]) or "exact"))
        for name in term.values("from", "prefix-list"):
            found += [(base, "exact") for base in self._listed(name)]
        for text in term.values("from", "prefix-list-filter"):
            name, _, way = text.partition(" ")
            found += [(base, way or "exact") for base in self._listed(name)]
        return found

    def _listed(self, name: str) -> list[IPv4Network]:
        words = self.options.values("prefix-list", name)
        found = (network(word) for word in words if not word.startswith("apply-"))
        return [one for one in found if one is not None]

    def _own(
        self, kinds: set[str], through: set[str | None], instance: str | None
    ) -> Iterator[tuple[IPv4Network, Node]]:
        """Routes that the device has by itself: connected, static and aggregate ones."""
        if "direct" in kinds:
            for name, held in self.interfaces.held.items():
                mine = self.interfaces.instance(name) == instance and (
                    not through or name in through
                )
                if mine and name not in self.interfaces.off:
                    yield from ((one.network, self.interfaces.units[name]) for one in held)
        if "static" in kinds and not through:
            yield from self.routes.static.get(instance, {}).items()
        if "aggregate" in kinds and not through:
            base = self.root if instance is None else self.root.at("routing-instances", instance)
            for word, node in base.items("routing-options", "aggregate", "route"):
                covered = network(word)
                if covered is not None:
                    yield covered, node


def _terms(statement: Node) -> Iterator[Node]:
    """The terms in order; what stands outside of them comes last."""
    yield from (node for name, node in statement.items("term") if not name.startswith("apply-"))
    yield statement


def _fits(one: IPv4Network, base: IPv4Network, way: str) -> bool:
    """Whether a prefix is meant by `BASE exact`, `orlonger`, `longer`, `upto /N` or a range."""
    if way.startswith("exact"):
        return one == base
    if not one.subnet_of(base) or (way.startswith("longer") and one == base):
        return False
    lengths = [
        int(word) for word in way.replace("/", " ").replace("-", " ").split() if word.isdecimal()
    ]
    if way.startswith("upto") and lengths:
        return one.prefixlen <= lengths[0]
    if way.startswith("prefix-length-range") and lengths[1:]:
        return lengths[0] <= one.prefixlen <= lengths[1]
    return True
