"""The ExpressRoute edge of a Junos device: read, placed and written apart from its tunnels."""

from __future__ import annotations

from appliance.driver import EdgeDriver
from appliance.lazily import Lazily

_change = Lazily("vendors.juniper_junos.edge.change")
_place = Lazily("vendors.juniper_junos.edge.place")
_state = Lazily("vendors.juniper_junos.edge.state")

EDGE = EdgeDriver(
    refusals=_change.refusals,
    place=_place.place,
    change=_change.change,
    state=_state.state,
)
