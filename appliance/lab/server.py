"""SSH servers on loopback, one port for each device, on an event loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import asyncssh

from appliance.lab.faults import Fault, Plan
from appliance.lab.shell import Device, Endpoint
from appliance.lab.terminal import Terminal

_TICK = 0.25
_START = 10.0


@dataclass(slots=True, kw_only=True)
class _Running:
    """The servers of one `serve()` and what they share."""

    devices: Mapping[str, Device]
    plans: Mapping[str, Plan]
    listeners: list[asyncssh.SSHAcceptor] = field(default_factory=list)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    connections: set[asyncssh.SSHServerConnection] = field(default_factory=set)


class _Gate(asyncssh.SSHServer):
    """Lets in who the device's configuration knows, while the device is up."""

    def __init__(self, device: Device, plan: Plan, running: _Running) -> None:
        self._device = device
        self._plan = plan
        self._running = running

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody dials; a device that is restarting does not answer."""
        self._connection = conn
        self._running.connections.add(conn)
        if monotonic() < self._device.away_until:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- its signature
        """The line is gone."""
        self._running.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 -- its signature
        """Everybody must show a password; the login banner comes before it."""
        text = self._device.banner("login")
        if text:
            self._connection.send_auth_banner(text.strip("\n") + "\n")
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are all a lab device asks for."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Whether the device knows this user with this password."""
        return self._device.lets_in(username, password)

    def session_requested(self) -> Terminal:
        """A new session."""
        user = str(self._connection.get_extra_info("username"))
        return Terminal(self._device, user, self._plan)


@contextmanager
def serve(
    devices: Mapping[str, Device],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    faults: Mapping[str, Iterable[Fault]] | None = None,
) -> Iterator[Mapping[str, Endpoint]]:
    """Serve the devices until the context ends; yields where each listens.

    The first device gets `port` (0: any free one), the others the ports after it.
    Raises OSError when a port is taken.
    """
    given = faults or {}
    running = _Running(devices=devices, plans={name: Plan(given.get(name, ())) for name in devices})
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=_loop_body, args=(loop, running, (host, port)), name="lab", daemon=True
    )
    thread.start()
    running.ready.wait(_START)
    if running.failure is not None:
        thread.join(_START)
        raise running.failure
    try:
        yield dict(running.endpoints)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_START)


def _loop_body(loop: asyncio.AbstractEventLoop, running: _Running, where: tuple[str, int]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_listen(running, where))
    except (OSError, asyncssh.Error) as error:
        running.failure = error
    finally:
        running.ready.set()
    if running.failure is None:
        ticking = loop.create_task(_tick(running.devices))
        loop.run_forever()
        ticking.cancel()
    loop.run_until_complete(_close(running))
    loop.close()


async def _listen(running: _Running, where: tuple[str, int]) -> None:
    host, port = where
    for number, (name, device) in enumerate(running.devices.items()):
        key = asyncssh.generate_private_key("ssh-ed25519")
        plan = running.plans[name]
        listener = await asyncssh.create_server(
            lambda device=device, plan=plan: _Gate(device, plan, running),
            host,
            port + number if port else 0,
            server_host_keys=[key],
            server_version=device.ssh_version,
            encoding=None,
            line_editor=False,
            agent_forwarding=False,
            x11_forwarding=False,
            keepalive_interval=0,
            backlog=512,
        )
        running.listeners.append(listener)
        running.endpoints[name] = Endpoint(
            name=name,
            host=host,
            port=listener.get_port(),
            host_key=key.export_public_key().decode().strip(),
        )


async def _tick(devices: Mapping[str, Device]) -> None:
    """Timers run also while nobody types."""
    while True:
        await asyncio.sleep(_TICK)
        for device in devices.values():
            with device.lock:
                device.tick()
                device.settle()


async def _close(running: _Running) -> None:
    for listener in running.listeners:
        listener.close()
    lines = list(running.connections)
    for connection in lines:
        connection.abort()
    await asyncio.gather(*(one.wait_closed() for one in lines), return_exceptions=True)
    pending = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    await asyncio.sleep(0)  # transports close their sockets in a callback of their own
