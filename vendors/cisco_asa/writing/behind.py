"""Which interface of a device a network is behind, as far as its configuration tells."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from vendors.cisco_asa.writing.box import Box


def behind(box: Box, network: IPv4Network) -> str | None:
    """The name of the interface, by its own network or the longest static route; None: open.

    The default route does not tell.
    """
    for name, held in box.observed.interfaces.items():
        named = f"interface {name}" not in box.observed.objects
        if named and held is not None and held.network.overlaps(network):
            return name
    ways = [(way.prefixlen, name) for name, way in _routes(box) if network.subnet_of(way)]
    return max(ways)[1] if ways else None


def _routes(box: Box) -> Iterator[tuple[str, IPv4Network]]:
    for heading in box.headings("route "):
        words = heading.split()
        try:
            way = IPv4Network(f"{words[2]}/{words[3]}")
        except (IndexError, ValueError):
            continue  # a name stands for the address
        if way.prefixlen:
            yield words[1], way
