"""`show ip route`: the table, and the entry for one address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from appliance.model.state import Operational, RouteState
from appliance.template import rows
from vendors.cisco.screens import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_ios/ip_route.textfsm` names its parts."""

    entry: str | None
    subnetted: str | None
    variably: str | None
    prefix: str | None
    hop: str | None
    interface: str | None


def read(text: str) -> Operational:
    """IPv4 routes, one for each way of an equal-cost route; the interface where it is told."""
    return Operational(routes=tuple(dict.fromkeys(_routes(text))))


def _routes(text: str) -> Iterator[RouteState]:
    length = ""
    prefix: IPv4Network | None = None
    for row in rows("cisco_ios/ip_route", text, Row):
        if row.subnetted or row.variably:
            # Classful headings: below `10.0.0.0/24 is subnetted` prefixes have no length.
            length = (row.subnetted or "").rpartition("/")[2]
            prefix = None
        elif row.entry or row.prefix:
            prefix = _network(row.entry or row.prefix or "", length)
        via = row.interface or row.hop
        if prefix is not None and via is not None:
            yield RouteState(prefix=prefix, via=via)


def _network(text: str, length: str) -> IPv4Network | None:
    if "/" in text:
        return words.network(text)
    return words.network(f"{text}/{length}") if length else None
