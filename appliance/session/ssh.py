"""Opens a session over SSH."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from appliance.session import Credentials, Session, Target
from appliance.session.dialogue import Dialogue
from appliance.session.platform import Platform
from appliance.session.terminal import Terminal

if TYPE_CHECKING:
    from netmiko.base_connection import BaseConnection

    from appliance.session.plain import PlainSession

Engine = Literal["events", "netmiko"]


@contextmanager
def open_ssh(
    target: Target,
    credentials: Credentials,
    platform: Platform,
    *,
    engine: Engine = "events",
    window: int = 1,
) -> Iterator[Session]:
    """A privileged session without paging; the connection is closed at the end of the context.

    `engine` "netmiko" lets netmiko's own unchanged methods talk, slowly, where a device's prompts
    defy ours. `window` lines of configuration are typed ahead; 1 waits for each, and only then
    does nothing follow a refused line.
    Raises `ConnectError` (not reachable, host key unknown or changed, no common algorithm),
    `AuthenticationError` (login or enable secret refused) or `SessionTimeout`.
    """
    from appliance.session.channel import hang_up, login  # noqa: PLC0415 -- netmiko loads slowly

    connection = login(target, credentials, platform.netmiko)
    try:
        if engine == "netmiko":
            session: Dialogue | PlainSession = _plain(connection, target, platform)
        else:
            session = _dialogue(connection, target, platform, window)
        session.mask.add(credentials.password)
        session.mask.add(credentials.enable)
        try:
            session.begin(credentials.enable)
            yield session
        finally:
            session.close()
    finally:
        hang_up(connection)


def _dialogue(
    connection: BaseConnection, target: Target, platform: Platform, window: int
) -> Dialogue:
    from appliance.session.channel import wire  # noqa: PLC0415 -- netmiko loads slowly

    terminal = Terminal(wire(connection), platform, where=target.site, timeout=target.timeout)
    return Dialogue(terminal, platform, where=target.site, window=window)


def _plain(connection: BaseConnection, target: Target, platform: Platform) -> PlainSession:
    from appliance.session.plain import PlainSession  # noqa: PLC0415 -- netmiko loads slowly

    return PlainSession(connection, platform, where=target.site, timeout=target.timeout)
