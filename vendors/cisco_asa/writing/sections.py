"""All sections of ASA configuration that a set of tunnels amounts to.

Renderer and change have this one source: a whole configuration is the change from nothing, and a
rollback is the change the other way. Everything is derived from the model and from the names in
`Tunnel.objects`, so what the model does not know on a device is on neither side and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco.writing.section import Section, merged
from vendors.cisco_asa.writing.esp import esp
from vendors.cisco_asa.writing.ike import ike
from vendors.cisco_asa.writing.networks import networks
from vendors.cisco_asa.writing.routing import bgp, permits, routes
from vendors.cisco_asa.writing.traffic import traffic


def sections(tunnels: Tunnels) -> dict[str, Section]:
    """All sections of these tunnels by key, what several tunnels share once."""
    return merged(section for tunnel in tunnels for section in of(tunnel))


def of(tunnel: Tunnel) -> Iterator[Section]:
    """The sections of one tunnel."""
    parts = (
        networks(tunnel),
        traffic(tunnel),
        ike(tunnel),
        permits(tunnel),
        esp(tunnel),
        routes(tunnel),
        bgp(tunnel),
    )
    for section in chain.from_iterable(parts):
        yield replace(section, users=(tunnel.name,))
