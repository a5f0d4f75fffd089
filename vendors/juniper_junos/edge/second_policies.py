"""What policy statements do to a prefix, worked out a second time by their words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.edge_facts import UNTOLD
from vendors.juniper_junos.edge.second_look import Edges, Path, Words

_OWN = {"static", "direct", "local", "aggregate"}
_LISTS = {"route-filter", "prefix-list", "prefix-list-filter"}
_HARMLESS = {"family", "instance", "rib", "protocol"}
_OPTIONS = ("policy-options",)
_NEXT = "next "
"""Begins what a term decides that leaves the rest of its policy out."""


def does(edges: Edges, peer: str, direction: str, prefix: IPv4Network) -> str:
    """As `edge_facts.verdict`, worked out by statements alone."""
    one = edges.speakers[peer]
    inward = direction == "in"
    preference = one.value("local-preference") or "100"
    for name in one.values("import" if inward else "export"):
        statement = (*_OPTIONS, "policy-statement", name)
        if name not in edges.words.below(_OPTIONS, "policy-statement"):
            return UNTOLD
        terms = [(*statement, "term", t) for t in edges.words.below(statement, "term")]
        for term in (*terms, statement):
            decided = _term(edges.words, term, prefix, inward=inward)
            if decided in {"no", UNTOLD}:
                return decided
            if decided.startswith("accept"):
                return (decided.removeprefix("accept") or preference) if inward else "yes"
            preference = decided.removeprefix(_NEXT) or preference
            if decided.startswith(_NEXT):
                break
    return preference if inward else "no"


def _term(words: Words, term: Path, prefix: IPv4Network, *, inward: bool) -> str:
    """`no`, `?`, `accept` with a preference or none, a preference that lasts, or "" for nothing.

    `next ` before it: the rest of the policy is left out.
    """
    kinds = set(words.below(term, "from"))
    protocols = set(words.below(term, "from", "protocol"))
    then = words.below(term, "then")
    preference = words.one(term, "then", "local-preference") if inward else ""
    foreign = protocols and not inward and not protocols & _OWN
    if foreign or (kinds & _LISTS and not _covers(words, term, prefix)):
        return ""
    skips = words.one(term, "then", "next") == "policy"
    acts = "default-action" in then or any(map(_is_odd, _ways(words, term)))
    if not ({"accept", "reject"} & set(then) or preference or skips or acts):
        return ""
    if _odd(words, term, kinds, blind=bool(protocols) and not inward and not kinds & _LISTS):
        return UNTOLD
    if "reject" in then:
        return "no"
    if "accept" in then:
        return f"accept{preference}"
    return f"{_NEXT}{preference}" if skips else preference


def _odd(words: Words, term: Path, kinds: set[str], *, blind: bool) -> bool:
    """Whether it decides by something that is no prefix."""
    preference = words.one(term, "then", "local-preference")
    return bool(
        blind
        or kinds - _LISTS - _HARMLESS
        or "default-action" in words.below(term, "then")
        or (preference and not preference.isdigit())
        or any(map(_is_odd, _ways(words, term)))
    )


def _ways(words: Words, term: Path) -> Iterator[list[str]]:
    """What each route filter asks for, word by word."""
    for base in words.below(term, "from", "route-filter"):
        for way in words.below(term, "from", "route-filter", base):
            path = ("from", "route-filter", base, way)
            bound = words.below(term, *path)
            yield [way, *bound, *(one for word in bound for one in words.below(term, *path, word))]


def _is_odd(way: list[str]) -> bool:
    """Whether it asks for a mask, or acts by itself."""
    bounded = {"upto": 2, "prefix-length-range": 2, "exact": 1, "orlonger": 1, "longer": 1}
    return len(way) != bounded.get(way[0])


def _covers(words: Words, term: Path, prefix: IPv4Network) -> bool:
    for name in words.below(term, "from", "prefix-list"):
        if words.has(_OPTIONS, "prefix-list", name, str(prefix)):
            return True
    for name in words.below(term, "from", "prefix-list-filter"):
        (way, *_) = words.below(term, "from", "prefix-list-filter", name) or ["exact"]
        bases = words.below(_OPTIONS, "prefix-list", name)
        if any(_fits(prefix, base, way, "") for base in bases):
            return True
    return _by_route_filters(words, term, prefix)


def _by_route_filters(words: Words, term: Path, prefix: IPv4Network) -> bool:
    """The longest base around a prefix decides, whatever a shorter one says."""
    bases = [
        base
        for base in words.below(term, "from", "route-filter")
        if prefix.subnet_of(IPv4Network(base)) or IPv4Network(base) == prefix
    ]
    for base in sorted(bases, key=lambda one: -IPv4Network(one).prefixlen)[:1]:
        above = (*term, "from", "route-filter", base)
        return any(_fits(prefix, base, way, words.one(above, way)) for way in words.below(above))
    return False


def _fits(prefix: IPv4Network, text: str, way: str, more: str) -> bool:
    base, length = IPv4Network(text), prefix.prefixlen
    if not prefix.subnet_of(base):
        return False
    bounds = [int(one) for one in re.findall(r"\d+", more)]
    if way in {"upto", "prefix-length-range"} and bounds:
        return (base.prefixlen if way == "upto" else bounds[0]) <= length <= bounds[-1]
    return {"orlonger": True, "longer": length > base.prefixlen}.get(way, prefix == base)


def prefixes(edges: Edges) -> tuple[IPv4Network, ...]:
    """What filters are tried with: what lists and filters name, one longer, and all there is."""
    words = edges.words
    found = {IPv4Network("0.0.0.0/0")}
    names = [
        base
        for name in words.below(_OPTIONS, "prefix-list")
        for base in words.below(_OPTIONS, "prefix-list", name)
    ]
    for path in _terms(words):
        names += words.below(path, "from", "route-filter")
    for text in names:
        if re.fullmatch(r"[\d.]+/\d+", text):
            base = IPv4Network(text)
            longer = (base.network_address, min(base.prefixlen + 1, 32))
            found |= {base, IPv4Network(longer), IPv4Network((base.network_address, 32))}
    return tuple(sorted(found))


def _terms(words: Words) -> Iterator[Path]:
    for name in words.below(_OPTIONS, "policy-statement"):
        statement = (*_OPTIONS, "policy-statement", name)
        yield statement
        yield from ((*statement, "term", one) for one in words.below(statement, "term"))
