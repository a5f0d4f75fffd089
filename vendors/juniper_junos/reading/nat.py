"""Source NAT on the way into a tunnel: what is translated does not get through as it should."""

from __future__ import annotations

from collections.abc import Iterator

from vendors.juniper_junos.reading.rectangles import Net, Pair, cut, net
from vendors.juniper_junos.reading.words import network
from vendors.juniper_junos.tree import Node

_ANY: Net = (0, 0)
_NEAREST = ("interface", "zone", "routing-instance")
"""Of several rule sets the one with the nearest ends is used ("NAT User Guide", rule sets)."""


class SourceNat:
    """The source NAT of a device."""

    def __init__(self, root: Node) -> None:
        self.sets = [
            node
            for name, node in root.items("security", "nat", "source", "rule-set")
            if not name.startswith("apply-")
        ]

    def translated(self, source: str, target: str, interface: str) -> list[Pair]:
        """The pairs that are translated from a zone into a tunnel interface of another zone."""
        ranked = [
            (far, near, node)
            for node in self.sets
            if (near := _rank(node.at("from"), source, None)) is not None
            and (far := _rank(node.at("to"), target, interface)) is not None
        ]
        if not ranked:
            return []
        node = min(ranked, key=lambda one: (one[1], one[0]))[2]
        exempt: list[Pair] = []
        found: list[Pair] = []
        for name, rule in node.items("rule"):
            if name.startswith("apply-"):
                continue
            pairs = list(_pairs(rule))
            if rule.get("then", "source-nat", "off") is not None:
                exempt += [piece for pair in pairs for piece in cut(pair, found)]
            elif rule.get("then", "source-nat") is not None:
                found += [piece for pair in pairs for piece in cut(pair, exempt)]
        return found


def _rank(ends: Node, zone: str, interface: str | None) -> int | None:
    """How near a rule set's end is, None when it is not this one."""
    if interface is not None and interface in ends.values("interface"):
        return 0
    if zone in ends.values("zone"):
        return 1
    named = ends.values("routing-instance")
    return len(_NEAREST) - 1 if "default" in named else None


def _pairs(rule: Node) -> Iterator[Pair]:
    sources, targets = (
        [net(found) for word in rule.values("match", statement) if (found := network(word))]
        for statement in ("source-address", "destination-address")
    )
    for source in sources or [_ANY]:
        for target in targets or [_ANY]:
            yield source, target
