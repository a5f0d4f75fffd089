"""Dials what is not connected: an interface that gave up waits for hours, its routes gone."""

from __future__ import annotations

from contextlib import suppress

from appliance.errors import CommandRefused
from appliance.model.tunnel import Tunnels
from appliance.session import Session
from vendors.rras.cmdlets import command, words

_DOWN = ("disconnected", "unreachable")


def wake(session: Session, tunnels: Tunnels) -> None:
    """`Connect-VpnS2SInterface` for each enabled interface of these that is down.

    Raises what `Session.run` raises, but for `CommandRefused`: the state tells what came of it.
    """
    ours = {tunnel.name for tunnel in tunnels if tunnel.enabled}
    states = words(session, "Get-VpnS2SInterface", {}, ("Name", "ConnectionState"))
    for one in states:
        if one["Name"] in ours and one["ConnectionState"].lower() in _DOWN:
            with suppress(CommandRefused):
                given = {"Name": one["Name"]}
                session.run(command(("Connect-VpnS2SInterface", given)), timeout=120.0)
