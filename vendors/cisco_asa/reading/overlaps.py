"""Networks that overlap, and what is left of one without others, without comparing all with all.

Two networks overlap only where one holds the other, so a handful of looks finds all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network


class Networks:
    """Networks, each with the numbers of what it stands for, to be found by what overlaps them."""

    def __init__(self, entries: Iterable[tuple[IPv4Network, int]]) -> None:
        self.numbers: dict[IPv4Network, list[int]] = {}
        for network, number in entries:
            self.numbers.setdefault(network, []).append(number)
        self._sorted = sorted(self.numbers)
        self._known = {_key(network, network.prefixlen): network for network in self._sorted}
        self._lengths = sorted({network.prefixlen for network in self._sorted})
        self._near: dict[IPv4Network, tuple[IPv4Network, ...]] = {}

    def near(self, wanted: IPv4Network) -> tuple[IPv4Network, ...]:
        """Those that hold a network or are in it, the widest first."""
        if wanted not in self._near:
            self._near[wanted] = (*self._above(wanted), *self._below(wanted))
        return self._near[wanted]

    def _above(self, wanted: IPv4Network) -> Iterator[IPv4Network]:
        for length in self._lengths:
            if length >= wanted.prefixlen:
                return
            found = self._known.get(_key(wanted, length))
            if found is not None:
                yield found

    def _below(self, wanted: IPv4Network) -> Iterator[IPv4Network]:
        at = bisect_left(self._sorted, wanted)
        while at < len(self._sorted) and self._sorted[at].subnet_of(wanted):
            yield self._sorted[at]
            at += 1


def _key(network: IPv4Network, length: int) -> tuple[int, int]:
    return length, int(network.network_address) >> (32 - length)


def without(whole: IPv4Network, taken: Iterable[IPv4Network]) -> list[IPv4Network]:
    """What is left of a network, in order.

    With the widest taken first, whatever is left either holds the next one, is it, or is elsewhere.
    """
    left = {_key(whole, whole.prefixlen): whole}
    for gone in sorted(set(taken), key=lambda network: network.prefixlen):
        if whole.subnet_of(gone):
            return []
        for length in range(whole.prefixlen, gone.prefixlen + 1):
            piece = left.pop(_key(gone, length), None)
            if piece is not None:
                rest = piece.address_exclude(gone) if piece != gone else ()
                left |= {_key(one, one.prefixlen): one for one in rest}
                break
    return sorted(left.values())
