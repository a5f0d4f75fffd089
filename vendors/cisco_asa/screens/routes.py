"""`show route`: the table, and the entry for one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from appliance.model.state import Operational, RouteState
from appliance.template import rows
from vendors.cisco.screens import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_asa/route.textfsm` names its parts."""

    base: str | None
    mask: str | None
    hop: str | None
    interface: str | None


def read(text: str) -> Operational:
    """IPv4 routes, one for each way of an equal-cost route; the nameif where it is told."""
    return Operational(routes=tuple(dict.fromkeys(_routes(text))))


def _routes(text: str) -> Iterator[RouteState]:
    prefix: IPv4Network | None = None
    for row in rows("cisco_asa/route", text, Row):
        if row.base is not None:
            prefix = words.network(f"{row.base}/{row.mask}")
        via = row.interface or row.hop
        if prefix is not None and via is not None:
            yield RouteState(prefix=prefix, via=via)
