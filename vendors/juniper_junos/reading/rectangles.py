"""Pairs of networks as rectangles: what two sets of rules share, what one takes from another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

Net = tuple[int, int]
"""First address and prefix length: these are compared too often for the library's own class."""
Pair = tuple[Net, Net]

_PIECES = 256
"""Of one pair, when others are cut out of it: what is more is left away."""
_COMPARED = 200_000
_BITS = 32


def net(network: IPv4Network) -> Net:
    """A network in this form."""
    return int(network.network_address), network.prefixlen


def network(one: Net) -> IPv4Network:
    """And back."""
    return IPv4Network(one)


def inside(one: Net, other: Net) -> bool:
    """Whether a network lies in another, or is the same."""
    shift = _BITS - other[1]
    return one[1] >= other[1] and one[0] >> shift == other[0] >> shift


def common(one: Net, other: Net) -> Net | None:
    """What two networks share: the smaller one, or nothing."""
    if inside(one, other):
        return one
    return other if inside(other, one) else None


def without(one: Net, other: Net) -> Iterator[Net]:
    """A network without another that lies in it."""
    for length in range(one[1] + 1, other[1] + 1):
        bit = 1 << (_BITS - length)
        yield (other[0] & ~(bit - 1)) ^ bit, length


def cut(pair: Pair, holes: Iterable[Pair]) -> list[Pair]:
    """A pair without what the holes cover."""
    pieces = [pair]
    for hole in holes:
        pieces = [piece for one in pieces for piece in _cut(one, hole)][:_PIECES]
    return pieces


def _cut(pair: Pair, hole: Pair) -> Iterator[Pair]:
    source, target = common(pair[0], hole[0]), common(pair[1], hole[1])
    if source is None or target is None:
        yield pair
        return
    yield from ((rest, pair[1]) for rest in without(pair[0], source))
    yield from ((source, rest) for rest in without(pair[1], target))


def both_ways(forward: list[Pair], backward: list[Pair]) -> Iterator[Pair]:
    """The pairs that pass in both directions; `backward` has its own source first."""
    back = dict.fromkeys((local, remote) for remote, local in backward)
    left = _COMPARED
    for pair in forward:
        if pair in back:
            yield pair
            continue
        left -= len(back)
        if left < 0:
            return
        for local, remote in back:
            ends = common(pair[0], local), common(pair[1], remote)
            if ends[0] is not None and ends[1] is not None:
                yield ends[0], ends[1]


def widest(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs without those that lie in another one, in order."""
    found = list(dict.fromkeys(pairs))
    if len(found) ** 2 > _COMPARED:
        return found
    return [
        one
        for one in found
        if not any(
            one != other and inside(one[0], other[0]) and inside(one[1], other[1])
            for other in found
        )
    ]
