"""Names of IOS interfaces: `int tu 1`, `Tunnel 1` and `Tunnel1` are one."""

from __future__ import annotations

from collections.abc import Sequence

_TYPES = [
    "FastEthernet",
    "GigabitEthernet",
    "TenGigabitEthernet",
    "Tunnel",
    "Loopback",
    "Vlan",
    "Serial",
    "Dialer",
    "Ethernet",
    "Port-channel",
    "BVI",
    "BDI",
    "Null",
    "Cellular",
    "ATM",
    "Multilink",
    "Virtual-Template",
    "Virtual-Access",
    "VirtualPortGroup",
    "TwoGigabitEthernet",
    "FiveGigabitEthernet",
    "TwentyFiveGigE",
    "FortyGigabitEthernet",
    "FiftyGigE",
    "HundredGigE",
    "FourHundredGigE",
    "AppGigabitEthernet",
    "Async",
    "BRI",
    "Group-Async",
    "Dot11Radio",
    "Embedded-Service-Engine",
    "EOBC",
    "LISP",
    "MFR",
    "NVI",
    "POS",
    "PRI",
    "Pseudowire",
    "Service-Engine",
    "TokenRing",
    "UCSE",
    "VASILeft",
    "VASIRight",
    "Virtual-PPP",
    "Virtual-TokenRing",
    "Wlan-ap",
    "Wlan-GigabitEthernet",
    "Vmi",
    "CEM",
    "Content-Engine",
    "Integrated-Service-Engine",
    "Analysis-Module",
    "SM",
    "nve",
    "overlay",
    "Sdwan",
]
_SHORT = {name.lower(): name for name in _TYPES} | {
    "gig": "GigabitEthernet",
    "gi": "GigabitEthernet",
    "te": "TenGigabitEthernet",
    "twe": "TwentyFiveGigE",
    "tw": "TwoGigabitEthernet",
    "fo": "FortyGigabitEthernet",
    "hu": "HundredGigE",
    "fa": "FastEthernet",
    "eth": "Ethernet",
    "et": "Ethernet",
    "e": "Ethernet",
    "f": "FastEthernet",
    "g": "GigabitEthernet",
    "lo": "Loopback",
    "l": "Loopback",
    "tu": "Tunnel",
    "t": "Tunnel",
    "s": "Serial",
    "se": "Serial",
    "vl": "Vlan",
    "v": "Vlan",
    "po": "Port-channel",
    "d": "Dialer",
    "di": "Dialer",
    "vt": "Virtual-Template",
    "vi": "Virtual-Access",
}


def canonical(words: Sequence[str]) -> str:
    """The full name of the interface that `words` begin with; unknown types stay as written."""
    if not words:
        return ""
    kind = words[0].rstrip("0123456789/.:")
    number = words[0][len(kind) :]
    if not _is_type(kind) or number.startswith(("/", ".", ":")):
        return words[0]
    if not number and len(words) > 1 and words[1][0].isdigit():
        number = words[1]
    return f"{_type(kind)}{number}"


def _is_type(kind: str) -> bool:
    return kind[:1].isalpha() and kind.isascii() and kind.replace("-", "").isalpha()


def _type(kind: str) -> str:
    lower = kind.lower()
    if lower in _SHORT:
        return _SHORT[lower]
    return next((name for name in _TYPES if name.lower().startswith(lower)), kind)
