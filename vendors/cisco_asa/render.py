"""A whole ASA configuration for people and files: the change from nothing, set apart by `!`."""

from __future__ import annotations

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.cisco.writing.apart import apart
from vendors.cisco_asa.change import change


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """Statements in the order the ASA takes them; byte-stable for equal tunnels."""
    return apart(change((), tunnels).steps)
