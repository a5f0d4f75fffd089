"""`show interfaces` and `show ip interface brief`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.model.state import InterfaceState, Operational
from appliance.template import rows

# Short forms IOS itself prints in its tables.
_SHORT = {
    "twe": "TwentyFiveGigE",
    "hu": "HundredGigE",
    "fo": "FortyGigabitEthernet",
    "te": "TenGigabitEthernet",
    "gi": "GigabitEthernet",
    "fa": "FastEthernet",
    "et": "Ethernet",
    "lo": "Loopback",
    "po": "Port-channel",
    "se": "Serial",
    "di": "Dialer",
    "ce": "Cellular",
    "vl": "Vlan",
    "vi": "Virtual-Access",
    "vt": "Virtual-Template",
    "tu": "Tunnel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_ios/interfaces.textfsm` names its parts."""

    name: str
    status: str | None
    protocol: str | None


def read(text: str) -> Operational:
    """Interfaces with their line protocol; one is up when both of its states are."""
    found = rows("cisco_ios/interfaces", text, Row)
    return Operational(
        interfaces=tuple(
            InterfaceState(name=row.name, up=row.status == "up" and row.protocol == "up")
            for row in found
        )
    )


def long_name(name: str) -> str:
    """`Tu1` as `Tunnel1`; a name already long, or unknown, stays as it is."""
    parts = re.fullmatch(r"([A-Za-z-]+)(\d.*)", name)
    if parts is None:
        return name
    kind = _SHORT.get(parts[1].lower(), parts[1])
    return f"{kind}{parts[2]}"
