"""`show bgp summary`."""

from __future__ import annotations

from appliance.model.state import Operational
from vendors.cisco.screens import bgp


def read(text: str) -> Operational:
    """IPv4 neighbours. A number in the last column means established, and is the prefixes."""
    return bgp.read("cisco_asa/bgp_summary", text)
