"""The arguments of ASA command lines that other Cisco platforms spell differently."""

from __future__ import annotations

import re
from collections.abc import Sequence

from appliance.lab.cisco import words
from appliance.lab.cisco.words import Taken, address, dotted, is_mask

INTERFACE_TYPES = (
    "GigabitEthernet",
    "TenGigabitEthernet",
    "Ethernet",
    "Management",
    "Port-channel",
    "Redundant",
    "Vlan",
    "BVI",
    "Loopback",
    "Tunnel",
)
# Exist only because they are configured; all others are hardware.
VIRTUAL = ("Tunnel", "Port-channel", "Redundant", "Vlan", "BVI", "Loopback")
_PAIR = re.compile(r"\([\w-]+,[\w-]+\)")
_NAME = re.compile(r"[^\s()|?;]{1,64}")
_HOST = 0xFFFFFFFF
_FILE = re.compile(r"(?:disk0|disk1|flash):/?\S*")


def _pair(given: Sequence[str]) -> Taken:
    return (1, given[0]) if _PAIR.fullmatch(given[0]) else None


def _name(given: Sequence[str]) -> Taken:
    return (1, given[0]) if _NAME.fullmatch(given[0]) else None


def _network(given: Sequence[str]) -> Taken:
    """An address and a mask, as the ASA prints them: `host A`, `any` or both."""
    if len(given) < 2:  # noqa: PLR2004 -- address and mask
        return None
    value, mask = address(given[0]), address(given[1])
    if value is None or mask is None or not is_mask(mask):
        return None
    if mask == _HOST:
        return 2, f"host {dotted(value)}"
    return 2, f"{dotted(value)} {dotted(mask)}"


def _key(given: Sequence[str]) -> Taken:
    """A pre-shared key: up to 128 characters, no blanks; Cisco, "tunnel-group" reference."""
    return (1, given[0]) if len(given[0]) <= 128 else None  # noqa: PLR2004 -- see above


def _file(given: Sequence[str]) -> Taken:
    if not _FILE.fullmatch(given[0]):
        return None
    disk, _, path = given[0].partition(":")
    return 1, f"{'disk0' if disk == 'flash' else disk}:/{path.lstrip('/')}"


KINDS = {
    **words.KINDS,
    "IFACE": words.interface_kind(INTERFACE_TYPES),
    "PAIR": _pair,
    "NAME": _name,
    "NETWORK": _network,
    "KEY": _key,
    "FILE": _file,
}


def one_network(words_: Sequence[str]) -> str:
    """`10.1.0.0/16` from `host A`, `A M` or `any`; empty when it is none of these."""
    match list(words_):
        case ["any" | "any4"]:
            return "0.0.0.0/0"
        case ["host", host]:
            return f"{host}/32"
        case [network, mask] if address(network) is not None:
            return f"{network}/{bin(address(mask) or 0).count('1')}"
        case _:
            return ""
