"""A whole IOS configuration for people and files: the change from nothing, set apart by `!`."""

from __future__ import annotations

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.cisco_ios.change import change


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """Statements in the order IOS takes them; byte-stable for equal tunnels."""
    steps: list[Step] = []
    for step in change((), tunnels).steps:
        if not step.text.startswith(" ") and _apart(steps, step):
            steps.append(Step(text="!"))
        steps.append(step)
    return tuple(steps)


def _apart(steps: list[Step], step: Step) -> bool:
    """Runs of one-line statements (`ip route`) stand together."""
    return bool(steps) and (steps[-1].text.startswith(" ") or steps[-1].why != step.why)
