"""`show interfaces terse`."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.model.state import InterfaceState, Operational
from appliance.template import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line, as `templates/juniper_junos/interfaces_terse.textfsm` names its parts."""

    name: str
    admin: str
    link: str


def read(text: str) -> Operational:
    """Interfaces; one is up when both of its states are."""
    found = rows("juniper_junos/interfaces_terse", text, Row)
    return Operational(
        interfaces=tuple(
            InterfaceState(name=row.name, up=row.admin == "up" and row.link == "up")
            for row in found
        )
    )
