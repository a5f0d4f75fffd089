"""The server in memory: what it holds, its SAs, and time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from appliance.lab.associations import Associations
from appliance.lab.clock import Clock
from appliance.lab.rras.links import Network

if TYPE_CHECKING:
    from appliance.lab.azure_peer import AzurePeer
    from appliance.lab.faults import Fault
    from appliance.lab.rras.filters import Listed
    from appliance.lab.rras.tasks import Task
    from appliance.lab.shell import Endpoint

MODERN = 2016
Properties = dict[str, object]


@dataclass(slots=True, kw_only=True)
class Settings:
    """What the server is. `level` is 2012 (R2) or 2016; `installed` the role; `local` the address
    it dials from; `module_logging` the modules whose parameters the event log gets. `typed` False
    is a module that hands out policies as bare numbers, with words in its views only. `free` is
    what the system drive has left, in bytes. `families_apart` False is a module that shows the
    filters of IPv4 and IPv6 as one object."""

    name: str = "SITE-A-RRAS"
    version: str = "10.0.20348"
    caption: str = "Microsoft Windows Server 2022 Standard"
    serial: str = "VMW-4711"
    level: int = MODERN
    installed: bool = True
    local: str = "203.0.113.10"
    module_logging: tuple[str, ...] = ()
    typed: bool = True
    free: int = 31_138_512_896
    families_apart: bool = True


@dataclass(slots=True, kw_only=True)
class Interface:
    """One S2S interface: its properties by the names of `Get-`, its key, and its connection.

    `dialled` counts the times it was told to connect; 0 is disconnected. `waits_until` is when it
    may dial again after it gave up (None: it did not), `failures` how often that was in a row.
    `filters` are its static packet filters by family and direction.
    """

    properties: Properties
    key: str = field(default="", repr=False)
    dialled: int = 0
    failures: int = 0
    waits_until: float | None = None
    filters: dict[tuple[str, str], Listed] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name, as it was added."""
        return str(self.properties["Name"])

    @property
    def enabled(self) -> bool:
        """Whether it may be dialled."""
        return bool(self.properties["AdminStatus"])

    @property
    def destinations(self) -> tuple[str, ...]:
        """Where it dials."""
        listed = self.properties["Destination"]
        return tuple(map(str, listed)) if isinstance(listed, list) else (str(listed),)


@dataclass(slots=True, kw_only=True)
class Routing:
    """BGP: one router at most."""

    router: Properties | None = None
    peers: dict[str, Properties] = field(default_factory=dict)
    custom: list[str] = field(default_factory=list)


class Server:
    """The device; `lock` is held while it changes."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        peers: Iterable[AzurePeer] = (),
        clock: Clock | None = None,
        nat: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.lock = threading.RLock()
        self.interfaces: dict[str, Interface] = {}
        self.routing = Routing()
        self.tasks: dict[str, Task] = {}
        self.booted = self.clock.now()
        self.log: list[str] = []
        self.away_until = 0.0
        self.users = {"netops": "branch-0ffice"}
        self.associations = Associations(list(peers), dict(nat or {}))

    def interface(self, name: str) -> Interface | None:
        """By name, which has no capitals for Windows."""
        return self.interfaces.get(name.lower())

    def dials(self) -> Iterator[Interface]:
        """Interfaces that were told to connect and have not given up."""
        yield from (
            one for one in self.interfaces.values() if one.enabled and one.dialled and one.key
        )

    def settle(self) -> None:
        """Bring SAs in line with what is configured and dialled, and do what is due."""
        self.run_due_tasks()
        now = self.clock.now()
        self.associations.settle(Network(self), now, self.log.append)

    def run_due_tasks(self) -> None:
        """Scheduled tasks whose time has come."""
        from appliance.lab.rras.tasks import run_due  # noqa: PLC0415 -- it runs cmdlets on us

        run_due(self)

    def advance(self, seconds: float) -> None:
        """Let time pass: tasks run, SAs age."""
        with self.lock:
            self.clock.advance(seconds)
            self.settle()

    def away(self, seconds: float) -> None:
        """Restart, and let nobody in for so many real seconds; what is configured stays."""
        with self.lock:
            self.away_until = monotonic() + seconds
            self.booted = self.clock.now()
            self.associations.live.clear()

    def up(self, interface: Interface) -> bool:
        """Whether its tunnel carries traffic."""
        held = self.associations.live.get(interface.name)
        return held is not None and held.outcome.up

    def serve(
        self,
        name: str,
        *,
        host: str,
        port: int,
        faults: Iterable[Fault] = (),
        scheme: str = "https",
    ) -> AbstractContextManager[Endpoint]:
        """Listen as WinRM does until the context ends; `scheme` http encrypts messages itself."""
        from appliance.lab.rras.listener import serve  # noqa: PLC0415 -- needs the extra `lab`

        return serve(self, name, host=host, port=port, faults=faults, scheme=scheme)
