"""All statements that a set of tunnels amounts to.

Renderer and change have this one source: a whole configuration is the change from nothing, and a
rollback is the change the other way. Everything is derived from the model and from the names in
`Tunnel.objects`, so what the model does not know on a device is on neither side and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from appliance.errors import RefusedError
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace
from vendors.juniper_junos.writing.ike import ike
from vendors.juniper_junos.writing.ipsec import ipsec
from vendors.juniper_junos.writing.routing import around, bgp, routes
from vendors.juniper_junos.writing.statement import KEPT, Statement

Statements = dict[tuple[str, bool], Statement]
"""By text and whether it is the deactivation of what stands there."""


def statements(tunnels: Tunnels, more: Iterable[Statement] = ()) -> Statements:
    """All statements of these tunnels, and `more`; what several tunnels share once.

    Raises `RefusedError` when two tunnels want different values of one statement.
    """
    merged: Statements = {}
    slots: dict[str, Statement] = {}
    of_tunnels = (new for tunnel in _clamping(tunnels) for new in _of(tunnel))
    for new in chain(of_tunnels, more):
        key = (new.text, new.inactive)
        known = merged.get(key) or (None if new.several else slots.get(new.slot))
        merged[key] = new if known is None else _merge(known, new)
        if not new.inactive:
            slots[new.slot] = merged[key]
    return merged


def _clamping(tunnels: Tunnels) -> Tunnels:
    """The MSS for VPNs is one for the whole box: where some of its tunnels are ours, ours tell it.

    One that stands elsewhere (`Tunnel.objects` tell where) is no matter here.
    """
    told = [tunnel for tunnel in tunnels if "mss" not in tunnel.objects]
    if not any("label" in tunnel.objects for tunnel in told):
        return tunnels
    return tuple(
        tunnel
        if tunnel.interface is None or {"label", "mss"} & tunnel.objects.keys()
        else replace(tunnel, interface=replace(tunnel.interface, mss=None))
        for tunnel in tunnels
    )


def _merge(known: Statement, new: Statement) -> Statement:
    users = tuple(dict.fromkeys((*known.users, *new.users)))
    clash = known.secret is not None and new.secret is not None and known.secret != new.secret
    if known.text != new.text or clash:
        raise RefusedError(
            f"{' and '.join(users)} share `{known.slot}` but need different values"
            + ("" if clash else f": `{known.text}` and `{new.text}`"),
            hint="give one of the tunnels an object of its own on the device",
        )
    return replace(known, users=users, secret=known.secret or new.secret)


def _of(tunnel: Tunnel) -> Iterator[Statement]:
    """Nothing of one without st0 (`then permit tunnel`): that form is read, never written."""
    if tunnel.interface is None or not tunnel.interface.name or tunnel.dynamic:
        return
    parts = (ike(tunnel), ipsec(tunnel), around(tunnel), routes(tunnel), bgp(tunnel))
    for statement in chain.from_iterable(parts):
        yield replace(statement, users=(tunnel.name,))


def kept(tunnels: Iterable[Tunnel], kind: str = KEPT) -> frozenset[str]:
    """Paths that are on the device apart from us, or (`AGAIN`) without being in force."""
    return frozenset(
        path for tunnel in tunnels for path in tunnel.objects.get(kind, "").splitlines()
    )
