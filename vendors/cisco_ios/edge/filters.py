"""Route maps and prefix lists of IOS as filters: what they let pass, and with which preference.

"IP Routing: BGP Configuration Guide": the first entry that matches decides, nothing that matches is
refused; a prefix list that is named but not there lets everything through.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.edge import USUAL_PREFERENCE, Clause, Filter, Match
from appliance.record import replace
from vendors.cisco.sections import number
from vendors.cisco_ios.edge.rows import Row, Rows

_LONGEST = 32
_ANY = Match(network=IPv4Network("0.0.0.0/0"), shortest=0, longest=_LONGEST)
_LISTS = ("match", "ip", "address", "prefix-list")


class Filters:
    """The prefix lists and route maps of a configuration."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.lists: dict[str, dict[int, tuple[str, Match]]] = {}
        for row in rows.alone:
            if len(row.words) > 3 and row.words[1].lower() == "prefix-list":  # noqa: PLR2004 -- words
                self._entry(row)

    def _entry(self, row: Row) -> None:
        name, *words = row.words[2:]
        entries = self.lists.setdefault(name, {})
        place: int | None = None
        if words[0].lower() == "seq" and len(words) > 1:
            place, words = number(words[1]), words[2:]
        match = _match(words)
        if match is None:
            return
        text = " ".join(words)
        if row.negated:
            for key in [key for key, (said, _) in entries.items() if said == text]:
                del entries[key]
            return
        entries[place if place is not None else max(entries, default=0) + 5] = (text, match)

    def list_lines(self, name: str) -> tuple[str, ...]:
        """The entries of a prefix list in order, without their numbers."""
        entries = self.lists.get(name, {})
        return tuple(entries[key][0] for key in sorted(entries))

    def map_entries(self, name: str) -> Iterator[tuple[str, list[Row]]]:
        """The entries of a route map by `permit 10`, in the order of their numbers."""
        found = [
            (int(number(key.split()[2]) or 0), key.partition(" ")[2], rows[1:])
            for key, rows in self.rows.maps.items()
            if key.split()[0] == name
        ]
        for _, key, rows in sorted(found, key=lambda entry: entry[0]):
            yield key, rows

    def prefix_list(self, name: str) -> tuple[Match, ...] | None:
        """Its entries in order; None, which takes everything, when there is no such list."""
        entries = self.lists.get(name)
        return None if not entries else tuple(entries[key][1] for key in sorted(entries))

    def by_list(self, name: str) -> Filter | None:
        """A neighbour's `prefix-list NAME`."""
        listed = self.prefix_list(name)
        return None if listed is None else Filter(clauses=(Clause(prefixes=listed),))

    def by_map(self, name: str) -> Filter:
        """A neighbour's `route-map NAME`."""
        entries = self.map_entries(name)
        clauses = tuple(clause for key, rows in entries for clause in self._clauses(key, rows))
        if not clauses:
            return Filter(clauses=(Clause(unread=(f"route-map {name} is not defined",)),))
        return Filter(clauses=clauses)

    def _clauses(self, key: str, rows: list[Row]) -> Iterator[Clause]:
        """One entry: a rule for each of the lists it names, any of which is enough."""
        said = [row for row in rows if not row.negated and len(row.words) > 1]
        lists = [name for row in said if _folded(row, 4) == _LISTS for name in row.words[4:]]
        chosen = [self.prefix_list(name) for name in lists]
        unread = tuple(row.text for row in said if _condition(row))
        for prefixes in chosen or [None]:
            yield Clause(
                permit=key.startswith("permit"),
                prefixes=prefixes,
                local_preference=_preference(said),
                unread=unread,
            )


def _folded(row: Row, count: int) -> tuple[str, ...]:
    return tuple(word.lower() for word in row.words[:count])


def _condition(row: Row) -> bool:
    """Whether it decides by something that is no prefix list of IPv4."""
    kind = row.words[0].lower()
    return kind == "continue" or (kind == "match" and _folded(row, 4) != _LISTS)


def _preference(rows: list[Row]) -> int | None:
    found = [row.words[2:] for row in rows if _folded(row, 2) == ("set", "local-preference")]
    return number(found[-1][0]) if found and found[-1] else None


def both(listed: Filter | None, mapped: Filter | None) -> Filter | None:
    """A prefix list and a route map in one direction: a prefix must pass both."""
    if listed is None or mapped is None:
        return listed or mapped
    (clause,) = listed.clauses
    inverted = tuple(
        Match(
            network=one.network,
            shortest=one.shortest,
            longest=one.longest,
            permit=not one.permit,
        )
        for one in clause.prefixes or ()
    )
    refused = Clause(permit=False, prefixes=(*inverted, _ANY))
    return Filter(clauses=(refused, *mapped.clauses), otherwise=mapped.otherwise)


def darkened(found: Filter | None, text: str) -> Filter:
    """The filter with a further condition that nobody here can judge on all that it passes."""
    if found is None:
        return Filter(clauses=(Clause(unread=(text,)),))
    clauses = tuple(
        replace(one, unread=(*one.unread, text)) if one.permit else one for one in found.clauses
    )
    return replace(found, clauses=clauses)


def outdone(found: Filter, usual: int, text: str) -> Filter:
    """The filter where all other routes have `usual`: what it prefers may then not be preferred."""
    clauses = tuple(
        replace(one, unread=(*one.unread, text))
        if USUAL_PREFERENCE < (one.local_preference or 0) <= usual
        else one
        for one in found.clauses
    )
    return replace(found, clauses=clauses)


def _match(words: list[str]) -> Match | None:
    if len(words) < 2 or words[0].lower() not in {"permit", "deny"}:  # noqa: PLR2004 -- words
        return None
    try:
        covered = IPv4Network(words[1], strict=False)
    except ValueError:
        return None
    bounds = {words[at].lower(): number(words[at + 1]) for at in range(2, len(words) - 1, 2)}
    ge, le = bounds.get("ge"), bounds.get("le")
    shortest = covered.prefixlen if ge is None else ge
    longest = le if le is not None else (_LONGEST if ge is not None else covered.prefixlen)
    permit = words[0].lower() == "permit"
    return Match(network=covered, shortest=shortest, longest=longest, permit=permit)
