"""The box that is measured against, in a process of its own so that it takes no time from us."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import netmiko

from appliance.model.secret import Secret
from appliance.session import Credentials, Target
from tests.session.server import PASSWORD, Address, Box, serve

CREDENTIALS = Credentials(username="admin", password=Secret(PASSWORD))


@contextmanager
def device(box: Box) -> Iterator[Target]:
    """The box on loopback, and how to reach it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(box, theirs), daemon=True)
    process.start()
    address: Address = ours.recv()
    try:
        yield Target(
            site="bench",
            host="127.0.0.1",
            port=address.port,
            host_key=address.host_key,
            timeout=5.0,
        )
    finally:
        ours.send("stop")
        process.join(10)


def _serve(box: Box, pipe: Connection) -> None:
    with serve(box) as address:
        pipe.send(address)
        pipe.recv()


def netmiko_default(target: Target) -> netmiko.BaseConnection:
    """netmiko as its own examples use it."""
    connection: netmiko.BaseConnection = netmiko.ConnectHandler(
        device_type="cisco_ios",
        host=target.host,
        port=target.port,
        username=CREDENTIALS.username,
        password=PASSWORD,
    )
    return connection
