"""A whole Junos configuration for people and files, in `set` form: the change from nothing."""

from __future__ import annotations

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.juniper_junos.change import change


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """One `set` a step; byte-stable for equal tunnels."""
    return change((), tunnels).steps
