"""`show bfd neighbors`: fast failure detection, peer by peer."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from appliance.model.state import BfdState, Operational
from appliance.template import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_ios/bfd_neighbors.textfsm` names its parts."""

    peer: str
    state: str


def read(text: str) -> Operational:
    """Sessions with IPv4 peers; only `Up` is up."""
    found = rows("cisco_ios/bfd_neighbors", text, Row)
    return Operational(
        bfd=tuple(BfdState(peer=IPv4Address(row.peer), up=row.state == "Up") for row in found)
    )
