"""A lab: some devices served together, and what one needs to log in to them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from appliance.lab.factory import ENABLE, PASSWORD, USERNAME, ios_device

if TYPE_CHECKING:
    from appliance.lab.faults import Fault
    from appliance.lab.ios.device import Device
    from appliance.lab.server import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How to log in to a device; `host_key` as OpenSSH writes it, `ssh-ed25519 AAAA...`."""

    name: str
    host: str
    port: int
    host_key: str
    username: str
    password: str = field(repr=False)
    enable: str = field(repr=False)

    @property
    def ssh(self) -> str:
        """The command a person types to look around."""
        return f"ssh -p {self.port} -o StrictHostKeyChecking=no {self.username}@{self.host}"


class Lab:
    """Devices on loopback while the context lasts; without arguments one router, `site-a`."""

    def __init__(
        self,
        devices: Mapping[str, Device] | None = None,
        *,
        faults: Mapping[str, Iterable[Fault]] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._devices = dict(devices) if devices is not None else {"site-a": ios_device()}
        self._faults = faults
        self._where = host, port
        self._serving: AbstractContextManager[Mapping[str, Endpoint]] | None = None
        self._endpoints: Mapping[str, Endpoint] = {}

    def __enter__(self) -> Self:
        from appliance.lab.server import (  # noqa: PLC0415 -- asyncssh is slow to load, and an extra
            serve,
        )

        host, port = self._where
        self._serving = serve(self._devices, host=host, port=port, faults=self._faults)
        self._endpoints = self._serving.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._serving is not None:
            self._serving.__exit__(kind, error, trace)

    def ios(self, name: str) -> Site:
        """How to log in to the device of that name. Raises KeyError for an unknown one."""
        endpoint = self._endpoints[name]
        return Site(
            name=name,
            host=endpoint.host,
            port=endpoint.port,
            host_key=endpoint.host_key,
            username=USERNAME,
            password=PASSWORD,
            enable=ENABLE,
        )

    def device(self, name: str) -> Device:
        """The device itself, for looking and for edits behind everybody's back."""
        return self._devices[name]

    @property
    def sites(self) -> tuple[Site, ...]:
        """All of them."""
        return tuple(self.ios(name) for name in self._endpoints)


def run(
    devices: Mapping[str, Device] | None = None,
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
