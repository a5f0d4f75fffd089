"""Finding pairs of networks by what overlaps them, without comparing all with all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import TrafficSelector


class Kept:
    """Pairs of networks with the number of the rule each comes from.

    Two networks overlap only where one holds the other, so a handful of looks finds all.
    """

    def __init__(self, pairs: list[tuple[TrafficSelector, int]]) -> None:
        self._rules: dict[tuple[IPv4Network, IPv4Network], list[int]] = {}
        locals_: dict[IPv4Network, dict[IPv4Network, None]] = {}
        for pair, rule in pairs:
            self._rules.setdefault((pair.local, pair.remote), []).append(rule)
            locals_.setdefault(pair.remote, {})[pair.local] = None
        self._remotes = _Ordered(locals_)
        self._locals = {remote: _Ordered(held) for remote, held in locals_.items()}

    def overlapping(self, wanted: TrafficSelector) -> Iterator[tuple[TrafficSelector, int]]:
        """Those that overlap a pair at both ends, in no certain order."""
        for remote in self._remotes.near(wanted.remote):
            for local in self._locals[remote].near(wanted.local):
                pair = TrafficSelector(local=local, remote=remote)
                yield from ((pair, rule) for rule in self._rules[local, remote])


class _Ordered:
    """Networks in order."""

    __slots__ = ("known", "sorted")

    def __init__(self, networks: Collection[IPv4Network]) -> None:
        self.known = frozenset(networks)
        self.sorted = sorted(networks)

    def near(self, wanted: IPv4Network) -> Iterator[IPv4Network]:
        """Those that hold a network or are in it."""
        for size in range(wanted.prefixlen):
            wider = wanted.supernet(new_prefix=size)
            if wider in self.known:
                yield wider
        at = bisect_left(self.sorted, wanted)
        while at < len(self.sorted) and self.sorted[at].subnet_of(wanted):
            yield self.sorted[at]
            at += 1
