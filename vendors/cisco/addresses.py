"""Reading addresses and masks as Cisco's systems write them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network


@lru_cache(maxsize=4096)
def address(text: str) -> IPv4Address | None:
    """An IPv4 address, None when it is something else."""
    try:
        return IPv4Address(text)
    except ValueError:
        return None


_MASKS = {str(IPv4Network((0, length)).netmask): length for length in range(33)}


def network(base: str, mask: str) -> IPv4Network | None:
    """A network from address and mask, host bits dropped; None when they are none."""
    found, length = address(base), _MASKS.get(mask)
    if found is None or length is None:
        return None
    return IPv4Network((int(found) >> (32 - length) << (32 - length), length))
