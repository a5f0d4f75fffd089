"""`show route`, with its next hops below the prefix, or `terse`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from appliance.model.state import Operational, RouteState
from appliance.template import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/juniper_junos/route.textfsm` names its parts."""

    prefix: str | None
    active: str | None
    hop: str | None
    via: str | None
    picked: str | None
    table: str | None
    other: str | None
    new: str | None


def read(text: str) -> Operational:
    """The active routes, each with every interface (or else address) that it leads to."""
    return Operational(routes=tuple(dict.fromkeys(_routes(text))))


def _routes(text: str) -> Iterator[RouteState]:
    prefix: IPv4Network | None = None
    active = False
    for row in rows("juniper_junos/route", text, Row):
        if row.prefix is not None:
            prefix, active = _network(row.prefix), row.active in {"*", "+"}
        elif row.table or row.other:
            prefix = None
        elif row.active or row.new:
            active = row.active in {"*", "+"}
        via = row.via or row.hop
        if via is not None and prefix is not None and active:
            yield RouteState(prefix=prefix, via=via)


def _network(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text)
    except ValueError:
        return None
