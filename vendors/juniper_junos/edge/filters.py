"""Policy statements of Junos as filters: what they let pass, and with which preference.

"Routing Policies User Guide": terms in order, the first that ends decides; what none ends is for
the default of the protocol: BGP lets everything in, and lets out what BGP has learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.model.edge import Clause, Filter, Match
from appliance.record import dataclass
from vendors.juniper_junos.reading.words import network, number
from vendors.juniper_junos.tree import Node

_LONGEST = 32
_LISTS = ("route-filter", "prefix-list", "prefix-list-filter")
_HARMLESS = ("family", "instance", "rib")
_KNOWN = re.compile(
    r"\S+ (?:exact|orlonger|longer|upto /\d+|prefix-length-range /\d+-/\d+)|[^ ]+", re.ASCII
)
"""What a route filter may ask of a prefix and nothing else: no mask, and no action of its own."""
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
            for term in _terms(statement):
                clauses += self._clauses(term, inward=inward)
        return Filter(clauses=tuple(clauses), otherwise=inward)

    def _clauses(self, term: Node, *, inward: bool) -> Iterator[Clause]:
        """One term: a rule, none where it is for routes of another kind."""
        said = term.at("then")
        ends = next((word for word in ("accept", "reject") if said.get(word) is not None), None)
        words = said.value("local-preference")
        preference = number(words)
        unread = list(self._conditions(term))
        protocols = set(term.values("from", "protocol"))
        if not inward and protocols and not protocols & _OWN:
            return
        prefixes = self._prefixes(term)
        if not inward and protocols and prefixes is None:
            unread.append(f"from protocol {' '.join(sorted(protocols))}")
        if ends is None and (words is None or not inward):
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
        for text in term.values("from", "route-filter"):
            if not _KNOWN.fullmatch(text):
                yield f"from route-filter {text}"
        if term.value("then", "default-action") is not None:
            yield f"then default-action {term.value('then', 'default-action')}"

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
