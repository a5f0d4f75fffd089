"""The ExpressRoute edge of a router: read, placed and written apart from its tunnels."""

from __future__ import annotations

from appliance.driver import EdgeDriver
from appliance.lazily import Lazily

_change = Lazily("vendors.cisco_ios.edge.change")
_place = Lazily("vendors.cisco_ios.edge.place")
_state = Lazily("vendors.cisco_ios.edge.state")

EDGE = EdgeDriver(
    refusals=_change.refusals,
    place=_place.place,
    change=_change.change,
    state=_state.state,
    interface=_place.interface,
)
