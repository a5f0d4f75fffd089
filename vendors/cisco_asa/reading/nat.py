"""Which traffic an ASA leaves untranslated on its way into a tunnel.

A tunnel only sees traffic with the addresses of its selectors: with dynamic NAT towards the
outside and no exemption above it, nothing ever matches, and no message says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass
from vendors.cisco.sections import Notes
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.nat_rules import ANY, NatRules, Rule, printed
from vendors.cisco_asa.reading.overlaps import Kept
from vendors.cisco_asa.reading.places import Objects, Places
from vendors.cisco_asa.reading.routes import Routes
from vendors.cisco_asa.reading.running import Running

_FEW_MORE = 4
"""Times as many pairs as there are that a product may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaving:
    """What the rules do with traffic out of one interface."""

    kept: Kept
    hiding: tuple[Rule, ...]


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
        found: dict[TrafficSelector, int] = {}
        for pair in _between(pairs):
            for kept, at in leaving.kept.overlapping(pair):
                found[kept] = min(at, found.get(kept, at))
        for at in sorted(set(found.values())):
            rule = self.rules()[at]
            notes.at("passes", rule.line)
            if _made_for(rule, {pair for pair in found if found[pair] == at}, pairs, notes):
                notes.objects.setdefault("nat", printed(rule.line))
        touched = found or self.running.lines.get("nat-control")
        if touched or any(self._hides(rule, pairs) for rule in leaving.hiding):
            return tuple(sorted(found))
        return None

    def _leaving(self, outside: str) -> _Leaving:
        """The rules for traffic out of one interface, evaluated once."""
        if outside not in self._known:
            kept: list[tuple[TrafficSelector, int]] = []
            hiding: list[Rule] = []
            for at, rule in enumerate(self.rules()):
                if rule.outside in {outside, ANY}:
                    kept += [(pair, at) for pair in _kept(rule, hiding)]
                    if not rule.identity:
                        hiding.append(rule)
            self._known[outside] = _Leaving(kept=Kept(kept), hiding=tuple(hiding))
        return self._known[outside]

    def _hides(self, rule: Rule, pairs: list[TrafficSelector]) -> bool:
        """Whether a rule may change the addresses of a tunnel's traffic."""
        for pair in pairs:
            behind = self.routes.behind(pair.local)
            if rule.inside != ANY and behind and rule.inside not in behind:
                continue
            if any(pair.local.overlaps(place) for place in rule.source) and any(
                pair.remote.overlaps(place) for place in rule.target
            ):
                return True
        return False


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


def _kept(rule: Rule, before: list[Rule]) -> Iterator[TrafficSelector]:
    """The pairs that a rule keeps, without what an earlier rule translates."""
    for own in rule.passes or ():
        for other in rule.target:
            pieces = [own]
            for early in before if rule.identity else ():
                if _same_side(early, rule) and any(map(other.overlaps, early.target)):
                    pieces = _without(pieces, early.source)
            yield from (TrafficSelector(local=one, remote=other) for one in sorted(pieces))


def _made_for(
    rule: Rule, own: set[TrafficSelector], pairs: list[TrafficSelector], notes: Notes
) -> bool:
    """Whether a rule serves this tunnel and no other."""
    groups = (notes.objects.get("local group"), notes.objects.get("remote group"))
    return rule.identity and any(rule.groups) and (rule.groups == groups or own == set(pairs))


def _without(pieces: list[IPv4Network], taken: Places) -> list[IPv4Network]:
    """Networks less others; a translation of some hosts leaves the rest of a network alone."""
    for gone in taken:
        left: list[IPv4Network] = []
        for piece in pieces:
            if piece.subnet_of(gone):
                continue
            left += piece.address_exclude(gone) if gone.subnet_of(piece) else [piece]
        pieces = left
    return pieces
