"""netmiko's connections, with one pinned host key and a channel that waits instead of sleeping."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, cast

import paramiko
from netmiko import ssh_dispatcher
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel

from appliance.errors import AuthenticationError, ConnectError
from appliance.session import Credentials, Target
from appliance.session.algorithms import missing
from appliance.session.dial import dial, fell
from appliance.session.failures import our_errors
from appliance.session.login import Proof, check_shown, no_algorithm, pinned_key, proof
from appliance.session.transport import Transport, our_offer


class EventChannel(SSHChannel):
    """netmiko's channel as raw bytes; `receive` blocks in paramiko's own condition variable.

    Nothing that passes here is logged: netmiko's own read and write methods log it all.
    """

    remote_conn: paramiko.Channel

    def receive(self, timeout: float) -> bytes:
        """The next bytes; empty when there are none within `timeout` seconds.

        Raises `EOFError` when the device, or a jump host before it, has closed the channel.
        """
        self.remote_conn.settimeout(max(timeout, 0.0))
        end = time.monotonic() + timeout
        while True:
            try:
                data: bytes = self.remote_conn.recv(1 << 18)
                break
            except TimeoutError:  # paramiko goes by the wall clock, which may have jumped
                if time.monotonic() >= end:
                    return b""
        if not data:
            raise EOFError(self._gone() or "the device hung up")
        return data

    def ready(self) -> bool:
        """Whether there is more to read at once."""
        return bool(self.remote_conn.recv_ready())

    def send(self, text: str, timeout: float) -> None:
        """All of the text, as UTF-8, in one piece.

        Raises `TimeoutError` when it is not taken in `timeout` seconds, `EOFError` as `receive`.
        """
        self.remote_conn.settimeout(timeout)
        try:
            self.remote_conn.sendall(text.encode())
        except TimeoutError:
            raise
        except (EOFError, OSError):  # paramiko's own EOFError, of a dead socket, has no words
            raise EOFError(self._gone() or "the device hung up") from None

    def _gone(self) -> str:
        """Which jump host ended the connection, in words."""
        return fell(self.remote_conn.get_transport().sock)


class _Pinned(paramiko.MissingHostKeyPolicy):
    """Asked by paramiko before it authenticates: there are no other known hosts."""

    def __init__(self, target: Target, key: str) -> None:
        self._target = target
        self._key = key

    def missing_host_key(
        self,
        client: paramiko.SSHClient,  # noqa: ARG002 -- paramiko's signature
        hostname: str,  # noqa: ARG002 -- paramiko's signature
        key: paramiko.PKey,
    ) -> None:
        """Raises `ConnectError` unless the key is the pinned one."""
        check_shown(self._target, self._key, key)


def _class(device_type: str, transport: Callable[..., Transport]) -> type[BaseConnection]:
    """netmiko's class for a device, on our transport; all the rest of it stays as it is."""
    base: type[BaseConnection] = ssh_dispatcher(device_type)

    def parameters(self: BaseConnection) -> dict[str, object]:
        return {**base._connect_params_dict(self), "transport_factory": transport}

    def cleanup(self: BaseConnection, command: str = "") -> None:
        """Nothing: our sessions leave configuration mode themselves, netmiko would sleep for it."""

    methods = {"_connect_params_dict": parameters, "cleanup": cleanup}
    return type(f"Pinned{base.__name__}", (base,), methods)


def login(target: Target, credentials: Credentials, device_type: str) -> BaseConnection:
    """A connection that is logged in and has a terminal, about which nothing is known yet.

    Raises `ConnectError` or `AuthenticationError`; whatever is raised, nothing stays open.
    """
    key = pinned_key(target)
    shown = proof(credentials, where=target.site)
    ours = our_offer(target.legacy, pinned=key.partition(" ")[0], where=target.site)
    made: list[Transport] = []

    def transport(sock: socket.socket, **_: object) -> Transport:
        made.append(Transport(sock, ours=ours))
        return made[-1]

    parameters = _parameters(target, credentials, shown)
    connection = _class(device_type, transport)(device_type=device_type, **parameters)
    connection.key_policy = _Pinned(target, key)
    try:
        with our_errors(f"{target.site} at {target.host}:{target.port}"):
            connection.sock = dial(target)
            connection.establish_connection()
    except BaseException as error:
        hang_up(connection)
        for opened in made:
            opened.close()
        refused = isinstance(error, (ConnectError, AuthenticationError))
        if refused and made and made[0].theirs and any(missing(ours, made[0].theirs)):
            raise no_algorithm(ours, made[0].theirs, where=target.site) from None
        raise
    return connection


def wire(connection: BaseConnection) -> EventChannel:
    """The terminal of a connection as a wire for our own engine."""
    return EventChannel(cast("paramiko.Channel", connection.remote_conn), connection.encoding)


def hang_up(connection: BaseConnection) -> None:
    """Closes the connection and takes back netmiko's log filter, which knows the password."""
    connection.disconnect()


def _parameters(target: Target, credentials: Credentials, shown: Proof) -> dict[str, Any]:
    return {
        "host": target.host,
        "port": target.port,
        "username": credentials.username,
        "password": shown.password.reveal() if shown.password else None,
        "secret": credentials.enable.reveal() if credentials.enable else "",
        "pkey": shown.key,
        "conn_timeout": target.timeout,
        "auth_timeout": target.timeout,
        "banner_timeout": target.timeout,
        "keepalive": 30,
        "auto_connect": False,
    }
