"""Full sizes that were tried in a rehearsal, as part of its document and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.twin.scenario import Fit

_HEADERS = 40
"""Of IP and TCP."""


def document(fits: Sequence[Fit]) -> list[dict[str, object]]:
    """By the path's MTU."""
    return [
        {"path_mtu": one.path, "largest_packet": one.largest, "tcp_flows": one.tcp} for one in fits
    ]


def lines(fits: Sequence[Fit]) -> Iterator[str]:
    """For people."""
    for one in fits:
        tcp = "TCP flows" if one.tcp else f"TCP stalls, an MSS of {one.largest - _HEADERS} would do"
        yield f"    over a path of {one.path} bytes packets up to {one.largest} arrive whole; {tcp}"
