"""Networks as access lists write them."""

from __future__ import annotations

from ipaddress import IPv4Network


def wildcard(network: IPv4Network) -> str:
    """`any`, a host, or address and wildcard bits."""
    if network.prefixlen == 0:
        return "any"
    if network.prefixlen == 32:  # noqa: PLR2004 -- a host
        return f"host {network.network_address}"
    return f"{network.network_address} {network.hostmask}"
