"""Policy statements of Junos as filters: what they let pass, and with which preference.

"Routing Policies User Guide": terms in order, the first that ends decides; what none ends is for
the default of the protocol: BGP lets everything in, and lets out what BGP has learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.edge import Clause, Filter, Match
from appliance.record import dataclass, replace
from vendors.juniper_junos.reading.words import network, number
from vendors.juniper_junos.tree import Node

_LONGEST = 32
_LISTS = ("route-filter", "prefix-list", "prefix-list-filter")
_HARMLESS = ("family", "instance", "rib")
_KNOWN = re.compile(
    r"\S+ (?:exact|orlonger|longer|upto /\d+|prefix-length-range /\d+-/\d+)|[^ ]+", re.ASCII
)
"""What a route filter may ask of a prefix and nothing else: no mask, and no action of its own."""
_ANY = Match(network=IPv4Network("0.0.0.0/0"), shortest=0, longest=_LONGEST)
_OWN = frozenset({"static", "direct", "local", "aggregate"})


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy options of a device."""

    options: Node

    def chain(self, names: tuple[str, ...], *, inward: bool, preference: int | None) -> Filter:
        """Policies one after the other, then BGP's default; `preference` is the session's own."""
        own = Clause(local_preference=preference, goes_on=True)
        clauses = [] if preference is None or not inward else [own]
        for name in names:
            statement = self.options.get("policy-statement", name)
            if statement is None:
                clauses.append(Clause(unread=(f"policy-statement {name} is not defined",)))
                continue
            clauses += self._statement(statement, inward=inward)
        return Filter(clauses=tuple(clauses), otherwise=inward)

    def _statement(self, statement: Node, *, inward: bool) -> Iterator[Clause]:
        """The rules of one policy; those behind `next policy` without what that has taken."""
        gone: list[Clause] = []
        for term in _terms(statement):
            for clause in self._clauses(term, inward=inward):
                if left := _without(clause, gone):
                    yield left
                if term.value("then", "next") == "policy":
                    gone.append(clause)

    def _clauses(self, term: Node, *, inward: bool) -> Iterator[Clause]:
        """One term: a rule, none where it is for routes of another kind."""
        said = term.at("then")
        ends = next((word for word in ("accept", "reject") if said.get(word) is not None), None)
        words = said.value("local-preference")
        preference = number(words)
        unread = [*self._conditions(term), *(acts := tuple(_acts(term)))]
        protocols = set(term.values("from", "protocol"))
        if not inward and protocols and not protocols & _OWN:
            return
        prefixes = self._prefixes(term)
        if not inward and protocols and prefixes is None:
            unread.append(f"from protocol {' '.join(sorted(protocols))}")
        silent = words is None or not inward
        if ends is None and silent and not acts and said.value("next") != "policy":
            return  # it says nothing that matters here, and the next term decides
        if words is not None and preference is None:
            unread.append(f"then local-preference {words}")
        yield Clause(
            permit=ends != "reject",
            prefixes=prefixes,
            local_preference=preference,
            unread=tuple(unread),
            goes_on=ends is None,
        )

    def _conditions(self, term: Node) -> Iterator[str]:
        """What a term asks for besides prefixes and protocol."""
        for word, node in term.items("from"):
            if word not in {*_LISTS, *_HARMLESS, "protocol"} and not word.startswith("apply-"):
                yield f"from {word} {' '.join(node.children)}".strip()

    def _prefixes(self, term: Node) -> tuple[Match, ...] | None:
        if not any(term.get("from", word) is not None for word in _LISTS):
            return None
        return tuple(self._matches(term))

    def _matches(self, term: Node) -> Iterator[Match]:
        for name in term.values("from", "prefix-list"):
            for word in self.options.values("prefix-list", name):
                yield from _match(word, "exact")
        for text in term.values("from", "prefix-list-filter"):
            name, _, way = text.partition(" ")
            for word in self.options.values("prefix-list", name):
                yield from _match(word, way)
        texts = (text.partition(" ") for text in term.values("from", "route-filter"))
        yield from _longest_first([m for base, _, way in texts for m in _match(base, way)])


def _acts(term: Node) -> Iterator[str]:
    """What decides without `accept` and `reject`: a route filter's own actions, a default."""
    for text in term.values("from", "route-filter"):
        if not _KNOWN.fullmatch(text):
            yield f"from route-filter {text}"
    if (word := term.value("then", "default-action")) is not None:
        yield f"then default-action {word}"


def _without(clause: Clause, gone: list[Clause]) -> Clause | None:
    """The rule for what these others have not taken; None where nothing is left."""
    for other in gone:
        if other.prefixes is None and not other.unread:
            return None
        own = (_ANY,) if clause.prefixes is None else clause.prefixes
        if other.unread:
            clause = replace(clause, unread=(*clause.unread, "behind next policy"))
        else:
            clause = replace(clause, prefixes=tuple(_minus(own, other.prefixes or ())))
    return clause


def _minus(own: tuple[Match, ...], taken: tuple[Match, ...]) -> Iterator[Match]:
    """A list for what the other does not take; the first entry decides in each."""
    for one in taken:
        if not one.permit:
            yield from (both for each in own if (both := _meet(one, each)) is not None)
        yield replace(one, permit=False)
    yield from own


def _meet(one: Match, other: Match) -> Match | None:
    """What both speak of, as the second decides."""
    inner, outer = sorted((one, other), key=lambda each: -each.network.prefixlen)
    low, high = max(one.shortest, other.shortest), min(one.longest, other.longest)
    if low > high or not inner.network.subnet_of(outer.network):
        return None
    return Match(network=inner.network, shortest=low, longest=high, permit=other.permit)


def _terms(statement: Node) -> Iterator[Node]:
    """The terms in order; what stands outside of them comes last."""
    yield from (node for name, node in statement.items("term") if not name.startswith("apply-"))
    if statement.get("then") is not None:
        yield statement


def _longest_first(found: list[Match]) -> Iterator[Match]:
    """Of several route filters the longest base around a prefix decides, whatever others say."""
    bases = {one.network for one in found}
    for base in sorted(bases, key=lambda one: -one.prefixlen):
        yield from (one for one in found if one.network == base)
        if any(base != other and base.subnet_of(other) for other in bases):
            yield Match(network=base, shortest=base.prefixlen, longest=_LONGEST, permit=False)


def _match(base: str, way: str) -> Iterator[Match]:
    """`BASE exact`, `orlonger`, `longer`, `upto /N`, `prefix-length-range /A-/B`."""
    covered = network(base)
    if covered is None or base.startswith("apply-"):
        return
    own = covered.prefixlen
    lengths = [int(w) for w in way.replace("/", " ").replace("-", " ").split() if w.isdecimal()]
    low, high = own, own
    if way.startswith("orlonger"):
        high = _LONGEST
    elif way.startswith("longer"):
        low, high = own + 1, _LONGEST
    elif way.startswith("upto") and lengths:
        high = lengths[0]
    elif way.startswith("prefix-length-range") and lengths[1:]:
        low, high = lengths[0], lengths[1]
    yield Match(network=covered, shortest=low, longest=high)
