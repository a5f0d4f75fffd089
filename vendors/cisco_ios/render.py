"""A whole IOS configuration for people and files: the change from nothing, set apart by `!`."""

from __future__ import annotations

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.cisco.writing.apart import apart
from vendors.cisco_ios.change import change


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """Statements in the order IOS takes them; byte-stable for equal tunnels."""
    return apart(change((), tunnels).steps)
