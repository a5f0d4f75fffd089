"""`show interface` and `show interface ip brief`."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.model.state import InterfaceState, Operational
from appliance.template import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_asa/interfaces.textfsm` names its parts."""

    name: str
    nameif: str | None
    status: str | None
    protocol: str | None


def read(text: str) -> Operational:
    """Interfaces by device name; one is up when both of its states are."""
    found = (InterfaceState(name=row.name, up=_up(row)) for row in _rows(text))
    return Operational(interfaces=tuple(dict.fromkeys(found)))


def by_nameif(text: str) -> tuple[InterfaceState, ...]:
    """The same by the names that people gave them; `show interface ip brief` does not tell."""
    named = (InterfaceState(name=row.nameif, up=_up(row)) for row in _rows(text) if row.nameif)
    return tuple(dict.fromkeys(named))


def _rows(text: str) -> tuple[Row, ...]:
    return tuple(rows("cisco_asa/interfaces", text, Row))


def _up(row: Row) -> bool:
    return row.status == "up" and row.protocol == "up"
