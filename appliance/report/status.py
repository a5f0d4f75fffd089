"""The hub view as a table for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from appliance.report.hub import DOWN, UNKNOWN, UP, Now, age

_HEAD = ("site", "device", "tunnels", "drift", "last push", "Azure's export", "checks")


def lines(sites: Iterable[Now]) -> list[str]:
    """A line for each site below a heading, columns as wide as they need."""
    rows = [_HEAD, *map(_row, sites)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _row(one: Now) -> tuple[str, ...]:
    if one.error:
        return (one.name, one.driver, "?", f"error: {one.error}", "", "", "")
    return (
        one.name,
        f"{one.driver} {one.host}".strip(),
        _tunnels(one),
        _aged(one.drift, one.drift_at),
        _aged(one.pushed or "never", one.pushed_at),
        "none" if one.exported_at is None else _aged("stale" * one.stale, one.exported_at),
        _checks(one),
    )


def _tunnels(one: Now) -> str:
    """`1 up, 1 down: 198.51.100.8 (3 min)`: what is not up by its gateway."""
    told = []
    for state in (UP, DOWN, UNKNOWN):
        gateways = [tunnel.gateway for tunnel in one.tunnels if tunnel.state == state]
        named = f": {' '.join(gateways)}" if state == DOWN else ""
        told += [f"{len(gateways)} {state}{named}"] if gateways else []
    lines = [f"circuit {words}"] if (words := _links(one)) else []
    return _aged("; ".join([*filter(None, (", ".join(told),)), *lines]), one.verified_at)


def _links(one: Now) -> str:
    """`1 up, 1 down: er-1 secondary`."""
    told = []
    for state in (UP, DOWN, UNKNOWN):
        names = [link.name for link in one.links if link.state == state]
        named = f": {', '.join(names)}" if state == DOWN else ""
        told += [f"{len(names)} {state}{named}"] if names else []
    return ", ".join(told)


def _aged(words: str, at: float | None) -> str:
    if at is None:
        return words
    return f"{words} ({age(at)})" if words else age(at)


def _checks(one: Now) -> str:
    told = [f"{one.breaking} breaking"] if one.breaking else []
    told += [f"{one.warnings} warning" + "s" * (one.warnings > 1)] if one.warnings else []
    return ", ".join(told) or "ok"


def summary(sites: Sequence[Now]) -> str:
    """One line over all: how many are in sync, and how many tunnels are up."""
    drift = Counter(one.drift for one in sites)
    tunnels = Counter(tunnel.state for one in sites for tunnel in one.tunnels)
    links = Counter(link.state for one in sites for link in one.links)
    told = [_counted(drift), f"tunnels: {_counted(tunnels)}"]
    told += [f"links of circuits: {_counted(links)}"] if links else []
    count = "1 site" if len(sites) == 1 else f"{len(sites)} sites"
    return f"{count}: {'; '.join(told)}"


def _counted(words: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in words.items()) or "none"
