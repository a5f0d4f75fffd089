"""What is left over of a site on its device, as differences: more than is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.compare.finding import Finder
from appliance.model.difference import Difference
from appliance.model.leftover import Leftover
from appliance.model.pairing import LABEL
from appliance.model.tunnel import Source

LEFT = ("leftover", "edge.leftover")
"""Paths of these differences: a plan leaves such things as they are, unless it is to clear them."""

_HOW = "`push --remove-leftovers` takes it away"


def left(found: Leftover) -> Iterator[Difference]:
    """One for each tunnel and each link."""
    for tunnel in found.tunnels:
        peers = ", ".join(map(str, tunnel.remote.addresses))
        reason = (
            f"the device has it as {tunnel.objects.get(LABEL)}, which this site does not have any "
            f"more: it stays, and its key with it; {_HOW}"
        )
        finder = Finder(tunnel.name, _at(tunnel.sources, "remote.addresses", LEFT[0]))
        yield finder.warning(LEFT[0], None, f"tunnel to {peers}", reason)
    for link in found.links:
        where = f"{link.interface or 'no interface'}, session with {link.session.peer}"
        reason = (
            "this site does not have the link any more: while it stays, Azure is told of our "
            f"networks over it, and traffic may take it; {_HOW}"
        )
        sources = _at(link.sources, "edge.session", LEFT[1])
        yield Finder(link.label or "express route", sources).warning(LEFT[1], None, where, reason)


def _at(sources: Mapping[str, Source], known: str, path: str) -> Mapping[str, Source]:
    """The line that says what it is, as that of the difference."""
    return {path: sources[known]} if known in sources else {}
