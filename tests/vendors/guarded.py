"""What tests of guarded changes share: the way in, and waiting that takes no time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from appliance.lab import Lab
from appliance.model.secret import Secret
from appliance.session import Credentials, Target


class Timed(Protocol):
    """A device whose clock stands still until it is told to go on."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""


def way_in(lab: Lab, name: str) -> tuple[Target, Credentials]:
    """Where a device of the lab is, its host key known, and who may log in."""
    site = lab.ssh(name)
    target = Target(site=name, host=site.host, port=site.port, host_key=site.host_key, timeout=10.0)
    enable = Secret(site.enable) if site.enable else None
    return target, Credentials(
        username=site.username, password=Secret(site.password), enable=enable
    )


def passing(device: Timed) -> tuple[Callable[[float], None], Callable[[], float]]:
    """`sleep` and `now` for whoever waits: waiting makes time pass on the device."""
    waited = [0.0]

    def sleep(seconds: float) -> None:
        waited[0] += seconds
        device.advance(seconds)

    return sleep, lambda: waited[0]
