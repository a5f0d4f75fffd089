"""A whole configuration: what makes these tunnels on a server that has none, and its script."""

from __future__ import annotations

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.rras.change import change


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """The operations in their order, keys as marks."""
    return change((), tunnels).steps
