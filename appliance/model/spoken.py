"""Sets of flows in words and as JSON values: what reports and differences show of them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from appliance.model.diagram import Interval
from appliance.model.traffic import (
    ADDRESSES,
    BOTH,
    PORTS,
    PROTOCOL_NAMES,
    PROTOCOLS,
    Box,
    Direction,
    Flows,
    interval,
    networks,
)

MOST = 6
"""So many boxes of a set are told; the others are counted."""

_FEW = 4
"""More networks than this are told by what is missing, where that is shorter."""

_ARROWS = {0: "->", 1: "<-"}


def told(flows: Flows, most: int = MOST) -> list[str]:
    """A set in lines: `tcp 443: 10.1.0.0/16 -> 10.20.0.0/16`; local always stands first."""
    if not flows:
        return ["nothing"]
    found = [line(box) for box in flows.boxes()]
    more = len(found) - most
    return found if more <= 0 else [*found[:most], f"and {more} more"]


def line(box: Box) -> str:
    """One box in a line."""
    arrow = "<->" if box.direction == BOTH else _ARROWS[box.direction[0][0]]
    asked = "" if box.ports == PORTS else f" {_ranges(box.ports)}"
    asking = "" if box.from_ports == PORTS else f" from ports {_ranges(box.from_ports)}"
    places = f"{_places(box.local)} {arrow} {_places(box.remote)}"
    return f"{_protocols(box)}{asked}{asking}: {places}"


def document(flows: Flows) -> list[dict[str, object]]:
    """A set as JSON values, in the inventory's words."""
    return [_member(box) for box in flows.boxes()]


def _member(box: Box) -> dict[str, object]:
    ways = [way.word for way in Direction if _has(box.direction, int(way))]
    found: dict[str, object] = {
        "direction": "both" if len(ways) > 1 else ways[0],
        "protocol": _protocols(box),
        "local": _listed(box.local),
        "remote": _listed(box.remote),
    }
    if box.ports != PORTS:
        found["ports"] = _ranges(box.ports).split(",")
    if box.from_ports != PORTS:
        found["from_ports"] = _ranges(box.from_ports).split(",")
    return found


def _listed(intervals: tuple[tuple[int, int], ...]) -> list[str]:
    return ["all"] if intervals == ADDRESSES else [str(one) for one in networks(intervals)]


def _has(intervals: Sequence[tuple[int, int]], value: int) -> bool:
    return any(low <= value <= high for low, high in intervals)


def _protocols(box: Box) -> str:
    if box.protocol == PROTOCOLS:
        return "any"
    numbers = [n for low, high in box.protocol for n in range(low, high + 1)]
    if len(numbers) > len(PROTOCOL_NAMES):
        absent = [n for n in range(256) if n not in set(numbers)]
        return f"any but {_names(absent)}" if len(absent) < len(numbers) else _ranges(box.protocol)
    return _names(numbers)


def _names(numbers: Sequence[int]) -> str:
    return "/".join(PROTOCOL_NAMES.get(number, str(number)) for number in numbers)


def _places(intervals: tuple[tuple[int, int], ...]) -> str:
    if intervals == ADDRESSES:
        return "all"
    found = list(map(str, networks(intervals)))
    if len(found) <= _FEW:
        return ", ".join(found)
    cover = _cover(intervals[0][0], intervals[-1][1])
    rest = list(map(str, networks(_absent(intervals, interval(cover)))))
    whole = "all" if cover.prefixlen == 0 else str(cover)
    return f"{whole} but {', '.join(rest)}" if len(rest) < len(found) else ", ".join(found)


def _cover(first: int, last: int) -> IPv4Network:
    """The smallest network that holds both addresses."""
    length = 32 - (first ^ last).bit_length()
    return IPv4Network((first >> (32 - length) << (32 - length) if length else 0, length))


def _absent(intervals: Sequence[Interval], within: Interval) -> list[Interval]:
    """The addresses between and around."""
    starts = [within[0], *(high + 1 for _, high in intervals)]
    ends = [*(low - 1 for low, _ in intervals), within[1]]
    return [(low, high) for low, high in zip(starts, ends, strict=True) if low <= high]


def _ranges(intervals: Sequence[tuple[int, int]]) -> str:
    return ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in intervals)
