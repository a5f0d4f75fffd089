"""The NAT rules of an ASA configuration, in the order of evaluation.

Twice NAT, object NAT, twice NAT `after-auto` ("Information About NAT" of the firewall guide);
until 8.2 `nat 0 access-list` came before all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.record import dataclass, replace
from vendors.cisco.sections import Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.places import ANYWHERE, Found, Objects, Places
from vendors.cisco_asa.reading.running import Running
from vendors.cisco_asa.reading.selectors import pairs_of

ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: from the networks of `source` behind `inside` to `target` behind `outside`.

    `passes` are the networks on our side as they come out, where the rule keeps a packet of one of
    them the same for ever in both directions; None for a rule that hides them. `groups` are the
    names of both ends where it has some.
    """

    line: Line
    inside: str
    outside: str
    source: Places
    target: Places
    passes: Places | None
    groups: tuple[str, str] = ("", "")

    @property
    def identity(self) -> bool:
        """Whether it changes nothing."""
        return self.passes == self.source


def _other_way(rule: Rule) -> Iterator[Rule]:
    """An exemption that is written from outside in: static rules are for both directions."""
    if rule.identity and rule.target != ANYWHERE and all(rule.groups):
        yield replace(
            rule,
            inside=rule.outside,
            outside=rule.inside,
            source=rule.target,
            target=rule.source,
            passes=rule.target,
            groups=("", ""),
        )


class NatRules:
    """Reads the rules of one configuration."""

    def __init__(self, running: Running, objects: Objects, lists: AccessLists) -> None:
        self.running = running
        self.objects = objects
        self.lists = lists

    def all(self) -> tuple[Rule, ...]:
        """All rules in force."""
        return (
            *self._exempt(),
            *self._twice(after=False),
            *self._static(),
            *self._of_objects(),
            *self._twice(after=True),
            *self._dynamic(),
        )

    # --- 8.3 and later ---

    def _twice(self, *, after: bool) -> list[Rule]:
        found: list[Rule] = []
        for said in self.running.said("nat"):
            words = said.words[1:]
            words = words[: words.index("description") if "description" in words else None]
            if not words or "inactive" in words or ("after-auto" in words) is not after:
                continue
            rule, place = self._twice_rule(said, [word for word in words if word != "after-auto"])
            if rule is not None:
                at = len(found) if place is None else max(place - 1, 0)
                found[at:at] = [rule, *_other_way(rule)]
        return found

    def _twice_rule(self, said: Said, words: list[str]) -> tuple[Rule | None, int | None]:
        """`(in,out) [LINE] source static REAL MAPPED [destination static MAPPED REAL] ...`."""
        pair = _pair(words[0])
        place = number(words[1]) if len(words) > 1 else None
        rest = words[1:] if place is None else words[2:]
        if pair is None or len(rest) < 4 or rest[0] != "source" or "service" in rest:  # noqa: PLR2004
            return None, None
        real, mapped = rest[2], rest[3]
        source, target = self._places(real), ANYWHERE
        keeps = rest[1] == "static"
        if rest[4:6] == ["destination", "static"] and len(rest) > 7:  # noqa: PLR2004 -- words
            target = self._places(rest[6]).places
            keeps = keeps and rest[6] == rest[7]
        out = self._places(mapped).places
        rule = Rule(
            line=said.line,
            inside=pair[0],
            outside=pair[1],
            source=source.places,
            target=target,
            passes=(source.places if real == mapped else out) if keeps else None,
            groups=(real, rest[6]) if len(rest) > 6 else ("", ""),  # noqa: PLR2004 -- words
        )
        return rule, place

    def _places(self, name: str) -> Found:
        if name == ANY:
            return Found(places=ANYWHERE)
        if name in self.running.names("object-group network"):
            return self.objects.group(name)
        if name in self.running.names("object network"):
            return self.objects.object(name)
        return self.objects.host(name)

    def _of_objects(self) -> Iterator[Rule]:
        """Object NAT, static rules first."""
        found = []
        for block in self.running.blocks("object network"):
            said = block.last("nat")
            if said is None:
                continue
            words = said.words[1:]
            pair = _pair(words[0]) or (ANY, ANY)
            kind, mapped = _translated(words)
            own = self.objects.object(block.name).places
            out = self._places(mapped[0]).places if mapped else ()
            same = mapped == [block.name] or out == own
            keeps = (own if same else out) if kind == "static" and "service" not in words else None
            rule = Rule(
                line=said.line,
                inside=pair[0],
                outside=pair[1],
                source=own,
                target=ANYWHERE,
                passes=keeps,
            )
            found.append((kind == "dynamic", rule))
        yield from (rule for _late, rule in sorted(found, key=lambda one: one[0]))

    # --- 8.2 and earlier ---

    def _exempt(self) -> Iterator[Rule]:
        """`nat (inside) 0 access-list X`: exemption, both ways."""
        for said in self.running.said("old nat"):
            words = said.words[1:]
            if len(words) < 4 or words[1:3] != ["0", "access-list"]:  # noqa: PLR2004 -- words
                continue
            for entry in self.lists.entries(words[3]) or ():
                pairs = pairs_of(entry, Notes()) if entry.permit else None
                if pairs:
                    yield Rule(
                        line=said.line,
                        inside=_zone(words[0]),
                        outside=ANY,
                        source=entry.source.places,
                        target=entry.target.places,
                        passes=entry.source.places,
                    )

    def _static(self) -> Iterator[Rule]:
        """`static (inside,outside) MAPPED REAL [netmask M]`, or `MAPPED access-list X` for REAL."""
        for said in self.running.said("static"):
            words = said.words[1:]
            pair = _pair(words[0]) if words else None
            if pair is None or len(words) < 3 or words[1] in {"tcp", "udp"}:  # noqa: PLR2004 -- words
                continue
            if words[2] == "access-list":
                for real, target in self._listed(words[3:]):
                    yield Rule(
                        line=said.line,
                        inside=pair[0],
                        outside=pair[1],
                        source=real,
                        target=target,
                        passes=self._shifted(words[1], real),
                    )
                continue
            mask = words[words.index("netmask") + 1] if "netmask" in words[:-1] else _HOST
            real = self.objects.masked([words[2], mask]).places
            yield Rule(
                line=said.line,
                inside=pair[0],
                outside=pair[1],
                source=real,
                target=ANYWHERE,
                passes=self.objects.masked([words[1], mask]).places,
            )

    def _dynamic(self) -> Iterator[Rule]:
        """`nat (inside) 1 NET MASK` with its `global (outside) 1`; 0 is no translation."""
        pools: dict[str, list[str]] = {}
        for said in self.running.said("global"):
            if len(said.words) > 2:  # noqa: PLR2004 -- words
                pools.setdefault(said.words[2], []).append(_zone(said.words[1]))
        for said in self.running.said("old nat"):
            words = said.words[1:]
            if len(words) < 4 or words[1:3] == ["0", "access-list"]:  # noqa: PLR2004 -- words
                continue
            flows = [(self.objects.masked(words[2:4]).places, ANYWHERE)]
            if words[2] == "access-list":
                flows = list(self._listed(words[3:]))
            for outside in [ANY] if words[1] == "0" else pools.get(words[1], []):
                for source, target in flows:
                    yield Rule(
                        line=said.line,
                        inside=_zone(words[0]),
                        outside=outside,
                        source=source,
                        target=target,
                        passes=source if words[1] == "0" else None,
                    )

    def _listed(self, words: list[str]) -> Iterator[tuple[Places, Places]]:
        """From where to where a rule translates that names an access list."""
        for entry in self.lists.entries(words[0]) or () if words else ():
            if entry.permit:
                yield entry.source.places, entry.target.places

    def _shifted(self, base: str, real: Places) -> Places:
        """The networks from an address on that real ones of their sizes become."""
        first = self.objects.names.address(base)
        if first is None:
            return ()
        return tuple(IPv4Network((first, one.prefixlen), strict=False) for one in real)


_HOST = "255.255.255.255"


def _pair(text: str) -> tuple[str, str] | None:
    """`(inside,outside)` in lower case."""
    found = re.fullmatch(r"\(([^,()]+),([^,()]+)\)", text)
    return None if found is None else (found[1].lower(), found[2].lower())


def _zone(text: str) -> str:
    return text.strip("()").lower()


def printed(line: Line) -> str:
    """A rule as the ASA shows it: the line number that may be typed is not kept."""
    return re.sub(
        r"^(nat \S+(?: after-auto)?) \d+ (?=source )", r"\1 ", " ".join(line.text.split())
    )


def _translated(words: list[str]) -> tuple[str, list[str]]:
    """Whether a rule is static or dynamic, and what it translates to; words may be cut short."""
    for at, word in enumerate(words, 1):
        kinds = [kind for kind in ("static", "dynamic") if kind.startswith(word.lower())]
        if kinds:
            return kinds[0], words[at : at + 1]
    return "dynamic", []
