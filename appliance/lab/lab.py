"""A lab: some devices served together, and what one needs to log in to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeGuard

from appliance.lab.login import PASSWORD

if TYPE_CHECKING:
    from appliance.lab.faults import Fault
    from appliance.lab.shell import Device, Endpoint, Host


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How to log in to a device; `host_key` as OpenSSH writes it, `ssh-ed25519 AAAA...`.

    A device that is not reached over SSH has a `certificate` (PEM) instead of the key.
    """

    name: str
    host: str
    port: int
    host_key: str
    username: str
    password: str = field(repr=False)
    enable: str = field(repr=False)
    certificate: str = ""

    @property
    def ssh(self) -> str:
        """The command a person types to look around; empty where SSH is not the way in."""
        if not self.host_key:
            return ""
        return f"ssh -p {self.port} -o StrictHostKeyChecking=no {self.username}@{self.host}"


class Lab:
    """Devices on loopback while the context lasts; without arguments one IOS router, `site-a`."""

    def __init__(
        self,
        devices: Mapping[str, Device | Host] | None = None,
        *,
        faults: Mapping[str, Iterable[Fault]] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._devices = dict(devices) if devices is not None else {"site-a": _router()}
        self._faults = faults or {}
        self._where = host, port
        self._serving = ExitStack()
        self._endpoints: dict[str, Endpoint] = {}

    def __enter__(self) -> Self:
        from appliance.lab.server import (  # noqa: PLC0415 -- asyncssh is slow to load, and an extra
            serve,
        )

        host, port = self._where
        shells = {name: one for name, one in self._devices.items() if _is_device(one)}
        others = {name: one for name, one in self._devices.items() if _is_host(one)}
        with ExitStack() as stack:
            served = serve(shells, host=host, port=port, faults=self._faults)
            self._endpoints.update(stack.enter_context(served) if shells else {})
            for number, (name, one) in enumerate(others.items(), start=len(shells)):
                given = self._faults.get(name, ())
                self._endpoints[name] = stack.enter_context(
                    one.serve(name, host=host, port=port + number if port else 0, faults=given)
                )
            self._serving = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._serving.__exit__(kind, error, trace)

    def ssh(self, name: str) -> Site:
        """How to log in to the device of that name. Raises KeyError for an unknown one."""
        endpoint = self._endpoints[name]
        return Site(
            name=name,
            host=endpoint.host,
            port=endpoint.port,
            host_key=endpoint.host_key,
            certificate=endpoint.certificate,
            username=endpoint.username,
            password=PASSWORD,
            enable=endpoint.enable,
        )

    def device(self, name: str) -> Device:
        """The device itself, for looking and for edits behind everybody's back.

        Raises KeyError for an unknown name and for a device that brings its own server.
        """
        found = self._devices[name]
        if _is_device(found):
            return found
        raise KeyError(name)

    def box(self, name: str) -> Device | Host:
        """The device, however it is reached. Raises KeyError for an unknown name."""
        return self._devices[name]

    @property
    def sites(self) -> tuple[Site, ...]:
        """All of them."""
        return tuple(self.ssh(name) for name in self._devices)


def _is_host(device: Device | Host) -> TypeGuard[Host]:
    return hasattr(device, "serve")


def _is_device(device: Device | Host) -> TypeGuard[Device]:
    return not _is_host(device)


def _router() -> Device:
    from appliance.lab.ios.factory import (  # noqa: PLC0415 -- a lab of other devices needs no router
        ios_device,
    )

    return ios_device()


def run(
    devices: Mapping[str, Device | Host] | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    stop: threading.Event | None = None,
) -> Iterator[tuple[Site, ...]]:
    """Serve until interrupted: yields the sites once they can be dialled, then waits.

    Ends when `stop` is set or on KeyboardInterrupt, after closing every connection.
    """
    with Lab(devices, host=host, port=port) as lab:
        yield lab.sites
        ended = stop or threading.Event()
        try:
            while not ended.wait(1.0):
                pass
        except KeyboardInterrupt:
            return
