"""Exact sets of points in a space of whole numbers, as nested intervals.

A set of depth n is a tuple of `(low, high, inner)`, sorted, apart from each other, `inner` a set of
depth n-1 that is not empty; neighbours that touch differ in `inner`. So equal sets are equal
tuples, however they were put together ("Firewall Decision Diagrams", Gouda and Liu, 2004). The
empty set is `()` at every depth; `POINT` is the only other set of depth 0.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

Node = tuple[tuple[int, int, "Node"], ...]
Interval = tuple[int, int]
Keep = tuple[bool, bool, bool]

EMPTY: Node = ()
POINT: Node = ((0, 0, ()),)

UNION: Keep = (True, True, True)
INTERSECTION: Keep = (False, False, True)
DIFFERENCE: Keep = (True, False, False)

_LOW, _HIGH = itemgetter(0), itemgetter(1)


def box(sides: Sequence[Sequence[Interval]]) -> Node:
    """All points whose every coordinate is in one of the intervals of its side."""
    node = POINT
    for side in reversed(sides):
        node = tuple((low, high, node) for low, high in joined(side))
        if not node:
            return EMPTY
    return node


def joined(intervals: Sequence[Interval]) -> list[Interval]:
    """The same numbers as sorted intervals that neither overlap nor touch; empty ones left out."""
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if low > high:
            continue
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


def combine(one: Node, other: Node, keep: Keep) -> Node:
    """The points that `keep` wants: (only in one, only in the other, in both)."""
    if not one:
        return other if keep[1] else EMPTY
    if not other:
        return one if keep[0] else EMPTY
    if one is other or not one[0][2]:
        return one if keep[2] else EMPTY
    first, last = other[0][0], other[-1][1]
    start = bisect_left(one, first, key=_HIGH)
    end = bisect_right(one, last, key=_LOW)
    middle = _merged(_swept(one[start:end], other), keep)
    if not keep[0]:
        return tuple(middle)
    return _spliced(one[:start], middle, one[end:])


def _spliced(*runs: Sequence[tuple[int, int, Node]]) -> Node:
    """Runs in a row as one, joined where they touch and hold the same."""
    found: list[tuple[int, int, Node]] = []
    for run in runs:
        rest = run
        if found and run and found[-1][1] + 1 == run[0][0] and found[-1][2] == run[0][2]:
            found[-1] = (found[-1][0], run[0][1], run[0][2])
            rest = run[1:]
        found.extend(rest)
    return tuple(found)


def _swept(one: Node, other: Node) -> Iterator[tuple[int, int, Node, Node]]:
    """Both sets cut at each other's ends: (low, high, inner of one, inner of the other)."""
    left, right = list(reversed(one)), list(reversed(other))
    while left or right:
        at = min(run[-1][0] for run in (left, right) if run)
        ends = [run[-1][1] if run[-1][0] <= at else run[-1][0] - 1 for run in (left, right) if run]
        high = min(ends)
        yield at, high, _cut(left, at, high), _cut(right, at, high)


def _cut(run: list[tuple[int, int, Node]], at: int, high: int) -> Node:
    """The inner set of the first interval if it begins at `at`; it then begins behind `high`."""
    if not run or run[-1][0] > at:
        return EMPTY
    _, end, inner = run.pop()
    if end > high:
        run.append((high + 1, end, inner))
    return inner


def _merged(
    pieces: Iterator[tuple[int, int, Node, Node]], keep: Keep
) -> list[tuple[int, int, Node]]:
    found: list[tuple[int, int, Node]] = []
    for low, high, one, other in pieces:
        inner = combine(one, other, keep)
        if not inner:
            continue
        if found and found[-1][1] + 1 == low and found[-1][2] == inner:
            found[-1] = (found[-1][0], high, inner)
        else:
            found.append((low, high, inner))
    return found
