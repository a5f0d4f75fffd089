"""The way to a device: a TCP connection of its own, or one that a jump host makes for us."""

from __future__ import annotations

import socket
from typing import cast

import paramiko

from appliance.errors import ConnectError
from appliance.session import Hop, Target
from appliance.session.failures import our_errors
from appliance.session.login import authenticate, greet, pinned_key
from appliance.session.transport import Transport, our_offer

_ENDING = 2.0  # seconds; spent only where the jump host is still there
_FORBIDDEN = 1  # SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1)


def dial(target: Target) -> socket.socket:
    """A connection to the device, or something that paramiko takes for one.

    Raises `ConnectError` or `AuthenticationError` that names the jump host where the fault is its.
    """
    if target.hop is not None:
        return cast("socket.socket", _through(target.hop, target))
    return _connected(target.host, target.port, target.timeout)


def fell(sock: object) -> str:
    """Which jump host hung up, in words; empty where none is between, or it is still there."""
    return sock.fallen if isinstance(sock, _Forwarded) else ""


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    """It does not wait for acknowledgements before it sends (Nagle off)."""
    sock = socket.create_connection((host, port), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class _Forwarded:
    """A channel of the jump host as a socket; closing it hangs up there too."""

    def __init__(self, channel: paramiko.Channel, hop: Transport, host: str) -> None:
        self._channel = channel
        self._hop = hop
        self._host = host

    def __getattr__(self, name: str) -> object:
        return getattr(self._channel, name)

    @property
    def fallen(self) -> str:
        """Words for a jump host that is gone; empty while it is there."""
        self._hop.join(_ENDING)  # it closes its channels before it ends itself
        return "" if self._hop.is_active() else f"the jump host {self._host} hung up"

    def close(self) -> None:
        self._hop.close()  # and with it the channel, whose own close would still send something


def _through(hop: Hop, target: Target) -> _Forwarded:
    """Logs in at the jump host, and lets it connect to the device."""
    at = hop.at
    where = f"{target.site}, jump host {at.host}:{at.port}"
    key = pinned_key(at)
    ours = our_offer(at.legacy, pinned=key.partition(" ")[0], where=where)
    with our_errors(where):
        transport = Transport(_connected(at.host, at.port, at.timeout), ours=ours)
    try:
        with our_errors(where):
            greet(transport, at, key)
            authenticate(transport, at, hop.who)
            transport.set_keepalive(30)
            return _Forwarded(_opened(transport, target, where), transport, at.host)
    except BaseException:
        transport.close()
        raise


def _opened(transport: Transport, target: Target, where: str) -> paramiko.Channel:
    there, here = (target.host, target.port), ("127.0.0.1", 0)
    try:
        return transport.open_channel("direct-tcpip", there, here, timeout=target.timeout)
    except paramiko.ChannelException as error:
        forbidden = error.code == _FORBIDDEN
        raise ConnectError(
            f"the jump host {'forbids to connect' if forbidden else 'cannot connect'} to "
            f"{target.host}:{target.port}",
            where=where,
            hint="its sshd must allow it: AllowTcpForwarding, PermitOpen"
            if forbidden
            else "check the device's address and port, as the jump host sees them",
        ) from None
