"""`show security ipsec statistics`, of one index or of the whole device."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from appliance.model.state import ChildState, Operational, TunnelState
from appliance.template import rows

EVERYBODY = IPv4Address("0.0.0.0")  # noqa: S104 -- the screen names no peer
"""Stands for the peer where counters are those of an index, or of all tunnels together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line, as `templates/juniper_junos/ipsec_statistics.textfsm` names its parts."""

    protocol: str | None
    field: str | None
    count: str | None


def counters(text: str) -> ChildState | None:
    """The ESP counters of a screen (of a cluster the sum of its nodes); None without any."""
    found: dict[str, int] = {}
    esp = True
    for row in rows("juniper_junos/ipsec_statistics", text, Row):
        if row.protocol is not None:
            esp = row.protocol == "ESP"
        elif esp and row.field is not None and row.count is not None:
            found[row.field] = found.get(row.field, 0) + int(row.count)
    if not found:
        return None
    return ChildState(
        selector=None,
        bytes_in=found.get("Decrypted bytes"),
        bytes_out=found.get("Encrypted bytes"),
        packets_in=found.get("Decrypted packets"),
        packets_out=found.get("Encrypted packets"),
    )


def read(text: str) -> Operational:
    """The counters as those of one tunnel, whose peer the screen does not tell."""
    found = counters(text)
    if found is None:
        return Operational()
    return Operational(tunnels=(TunnelState(remote=EVERYBODY, children=(found,)),))
