"""Which traffic an ASA leaves untranslated on its way into a tunnel.

A tunnel only sees traffic with the addresses of its selectors: with dynamic NAT towards the
outside and no exemption above it, nothing ever matches, and no message says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from appliance.model.tunnel import TrafficSelector
from vendors.cisco.sections import Notes
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.nat_rules import ANY, NatRules, Rule, printed
from vendors.cisco_asa.reading.overlaps import Networks, without
from vendors.cisco_asa.reading.places import ANYWHERE, Objects
from vendors.cisco_asa.reading.routes import Routes
from vendors.cisco_asa.reading.running import Running

_FEW_MORE = 4
"""Times as many pairs as there are that a product may have."""


class _Leaving:
    """The rules for traffic out of one interface, to be found by what they are about."""

    def __init__(self, rules: list[tuple[int, Rule]]) -> None:
        self.rules = dict(rules)
        self.hiding = {at: rule for at, rule in rules if not rule.identity}
        kept = [(at, rule) for at, rule in rules if rule.passes is not None]
        anywhere = [(at, rule) for at, rule in kept if rule.target == ANYWHERE]
        named = [(at, rule) for at, rule in kept if rule.target != ANYWHERE]
        self._anywhere = Networks((one, at) for at, rule in anywhere for one in rule.passes or ())
        self._named = Networks((one, at) for at, rule in named for one in rule.target)
        self._hidden = Networks(
            (one, at) for at, rule in self.hiding.items() for one in rule.source
        )
        self._locals: dict[int, Networks] = {}

    def keeping(self, pair: TrafficSelector) -> Iterator[tuple[int, TrafficSelector]]:
        """Rules that keep some of a pair as it is, each with the whole pair that it keeps."""
        for local in self._anywhere.near(pair.local):
            for at in self._anywhere.numbers[local]:
                yield at, TrafficSelector(local=local, remote=ANYWHERE[0])
        for remote in self._named.near(pair.remote):
            for at in self._named.numbers[remote]:
                for local in self._ours(at).near(pair.local):
                    yield at, TrafficSelector(local=local, remote=remote)

    def _ours(self, at: int) -> Networks:
        """Our networks of a rule; many rules are about the same."""
        passes = self.rules[at].passes or ()
        if id(passes) not in self._locals:
            self._locals[id(passes)] = Networks((one, at) for one in passes)
        return self._locals[id(passes)]

    def touching(self, pair: TrafficSelector) -> Iterator[Rule]:
        """Rules that may change addresses of a pair."""
        for local in self._hidden.near(pair.local):
            for at in self._hidden.numbers[local]:
                if any(map(pair.remote.overlaps, self.hiding[at].target)):
                    yield self.hiding[at]

    def left(self, at: int, kept: TrafficSelector) -> list[TrafficSelector]:
        """What an exemption keeps, without what an earlier rule translates."""
        rule = self.rules[at]
        if not rule.identity:
            return [kept]
        before = takewhile(lambda number: number < at, self.hiding)
        early = (self.hiding[number] for number in before)
        taken = (
            place
            for one in early
            if _same_side(one, rule) and any(map(kept.remote.overlaps, one.target))
            for place in one.source
        )
        near = [place for place in taken if place.overlaps(kept.local)]
        pieces = without(kept.local, near) if near else [kept.local]
        return [TrafficSelector(local=piece, remote=kept.remote) for piece in pieces]


class Nat:
    """What the translation rules of a configuration do with the traffic of tunnels."""

    def __init__(
        self, running: Running, objects: Objects, lists: AccessLists, routes: Routes
    ) -> None:
        self.running = running
        self.routes = routes
        self._reader = NatRules(running, objects, lists)
        self._rules: tuple[Rule, ...] | None = None
        self._known: dict[str, _Leaving] = {}
        self._ways: dict[str, list[tuple[int, Rule]]] | None = None

    def rules(self) -> tuple[Rule, ...]:
        """All rules in force in the order of evaluation, read once."""
        if self._rules is None:
            self._rules = self._reader.all()
        return self._rules

    def passes(
        self, outside: str | None, wanted: Iterable[TrafficSelector], notes: Notes
    ) -> tuple[TrafficSelector, ...] | None:
        """Pairs that go untranslated out of an interface, of those a tunnel may carry.

        None when no rule touches its traffic at all. The rule made for this tunnel alone is noted
        as its object `nat`: it has the groups of its access list, or exactly its selectors.
        """
        pairs = list(wanted)
        if outside is None or not pairs:
            return None
        leaving = self._leaving(outside.lower())
        keeping = {one for pair in _between(pairs) for one in leaving.keeping(pair)}
        found: dict[TrafficSelector, int] = {}
        for at, kept in sorted(keeping, key=lambda one: one[0]):
            for piece in leaving.left(at, kept):
                found.setdefault(piece, at)
        self._remember(found, pairs, notes)
        touched = found or self.running.lines.get("nat-control")
        if touched or any(self._hides(leaving, pair) for pair in pairs):
            return tuple(sorted(found))
        return None

    def _leaving(self, outside: str) -> _Leaving:
        """The rules for traffic out of one interface, evaluated once."""
        if outside not in self._known:
            if self._ways is None:
                self._ways = {}
                for at, rule in enumerate(self.rules()):
                    self._ways.setdefault(rule.outside, []).append((at, rule))
            found = (*self._ways.get(outside, ()), *self._ways.get(ANY, ()))
            self._known[outside] = _Leaving(sorted(found, key=lambda one: one[0]))
        return self._known[outside]

    def _remember(
        self, found: dict[TrafficSelector, int], pairs: list[TrafficSelector], notes: Notes
    ) -> None:
        """Where the exemptions stand, and the one that is for this tunnel alone."""
        own: dict[int, set[TrafficSelector]] = {}
        for pair, at in found.items():
            own.setdefault(at, set()).add(pair)
        for at in sorted(own):
            rule = self.rules()[at]
            notes.at("passes", rule.line)
            if _made_for(rule, own[at], pairs, notes):
                notes.objects.setdefault("nat", printed(rule.line))

    def _hides(self, leaving: _Leaving, pair: TrafficSelector) -> bool:
        """Whether a rule may change the addresses of a tunnel's traffic."""
        behind = self.routes.behind(pair.local)
        return any(
            rule.inside == ANY or not behind or rule.inside in behind
            for rule in leaving.touching(pair)
        )


def _between(pairs: list[TrafficSelector]) -> list[TrafficSelector]:
    """The pairs, and those between their networks that are missing in a product: what is exempt
    stays so, whatever the selectors lack."""
    locals_ = dict.fromkeys(pair.local for pair in pairs)
    remotes = dict.fromkeys(pair.remote for pair in pairs)
    if len(locals_) * len(remotes) > _FEW_MORE * len(pairs):
        return pairs
    return [TrafficSelector(local=one, remote=other) for one in locals_ for other in remotes]


def _same_side(one: Rule, other: Rule) -> bool:
    return one.inside == other.inside or ANY in {one.inside, other.inside}


def _made_for(
    rule: Rule, own: set[TrafficSelector], pairs: list[TrafficSelector], notes: Notes
) -> bool:
    """Whether a rule serves this tunnel and no other."""
    groups = (notes.objects.get("local group"), notes.objects.get("remote group"))
    return rule.identity and any(rule.groups) and (rule.groups == groups or own == set(pairs))
