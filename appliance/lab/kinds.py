"""Which devices the lab can play, by the name of the driver that speaks to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from appliance.lab.clock import Clock
from appliance.lab.wiring import USUAL, Wiring

if TYPE_CHECKING:
    from appliance.lab.azure_peer import AzurePeer
    from appliance.lab.shell import Device, Host


class Factory(Protocol):
    """Makes a ready-made device of one kind: `peers` answer it, `clock` is its own."""

    def __call__(
        self,
        name: str,
        *,
        peers: Iterable[AzurePeer] = (),
        clock: Clock | None = None,
        wiring: Wiring = USUAL,
    ) -> Device | Host:
        """The device."""


# driver: where its factory is. Modules load only when such a device is wanted.
_FACTORIES: Mapping[str, str] = {
    "cisco_ios": "appliance.lab.ios.factory:ios_device",
    "cisco_asa": "appliance.lab.asa.factory:asa_device",
    "juniper_junos": "appliance.lab.junos.factory:junos_device",
    "rras": "appliance.lab.rras.factory:rras_device",
    "strongswan": "appliance.lab.linux.factory:linux_host",
}
KINDS = tuple(_FACTORIES)


def factory(driver: str) -> Factory:
    """What makes a device for this driver. Raises KeyError where the lab has none."""
    module, _, name = _FACTORIES[driver].partition(":")
    found: Callable[..., Device | Host] = getattr(import_module(module), name)
    return found


def unavailable(driver: str) -> str:
    """Why such a device cannot be played on this machine; empty when it can."""
    if driver == "strongswan":
        from appliance.lab.linux.needs import missing  # noqa: PLC0415 -- as the factories

        return missing()
    needs = {"rras": "psrpcore"}.get(driver, "asyncssh")
    return "" if find_spec(needs) else f"{needs} is not installed (pip install 'appliance[lab]')"


def make(
    driver: str,
    name: str,
    *,
    peers: Iterable[AzurePeer] = (),
    wiring: Wiring = USUAL,
) -> Device | Host:
    """A device whose clock runs with the real one. Raises KeyError as `factory`."""
    clock = Clock(scale=1.0)
    return factory(driver)(name, peers=peers, clock=clock, wiring=wiring)
