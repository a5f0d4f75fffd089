"""Cmdlets from one set of tunnels to another: the other way round they are the rollback.

Interfaces come before the sessions inside them and go after them; one that differs is set, never
removed and added again, which would lose its key and its filters; a new key comes last, when the
rest is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.errors import RefusedError
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnels
from vendors.rras.writing.filters import nothing, steps
from vendors.rras.writing.interface import Parameters
from vendors.rras.writing.server import Interface, Server, server
from vendors.rras.writing.steps import step

_QUIET: Parameters = {"ErrorAction": "SilentlyContinue"}


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the server.

    Raises `RefusedError` where no cmdlet leads there: another protocol, another AS number.
    """
    before, after = server(running), server(intended)
    return Change(
        steps=(
            *_sessions_gone(before, after),
            *_interfaces(before, after),
            *_filters(before, after),
            *_interfaces_gone(before, after),
            *_sessions(before, after),
            *_keys(before, after),
            *_dialled(before, after),
        )
    )


def _interfaces(before: Server, after: Server) -> Iterator[Step]:
    for name, wanted in after.interfaces.items():
        held = before.interfaces.get(name)
        if held is None:
            yield _added(wanted)
        elif held.protocol != wanted.protocol:
            raise RefusedError(
                f"interface {name} was added with protocol {held.protocol}, which cannot be set",
                hint=f"remove it by hand: Remove-VpnS2SInterface -Name {name}",
            )
        elif held.psk is None and wanted.psk is not None:
            key = wanted.psk if isinstance(wanted.psk, Secret) else None
            given = {**_updated(held, wanted), "SharedSecret": KEY_MARK}
            yield step("Set-VpnS2SInterface", given, f"interface {name}, and its key", key=key)
        elif _settled(held) != _settled(wanted):
            yield step("Set-VpnS2SInterface", _updated(held, wanted), f"interface {name}")


def _filters(before: Server, after: Server) -> Iterator[Step]:
    """A new interface has them before it is dialled; one that goes takes its own along."""
    for name, wanted in after.interfaces.items():
        held = before.interfaces.get(name)
        yield from steps(name, nothing() if held is None else held.filters, wanted.filters)


def _settled(interface: Interface) -> dict[str, object]:
    """To compare: networks are a set."""
    return {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in interface.parameters.items()
    }


def _differs(held: Interface, wanted: Interface) -> bool:
    first_key = held.psk is None and wanted.psk is not None
    return first_key or _settled(held) != _settled(wanted)


def _updated(held: Interface, wanted: Interface) -> Parameters:
    """All of it. What is there and no longer wanted must be said; policies replace each other."""
    empty: Parameters = {"PostConnectionIPv4Subnet": [], "SourceIpAddress": "0.0.0.0"}  # noqa: S104 -- any
    gone = {
        name: value
        for name, value in empty.items()
        if name in held.parameters and name not in wanted.parameters
    }
    return {**wanted.parameters, **gone, "Force": True}


def _added(interface: Interface) -> Step:
    given: Parameters = {**interface.parameters, "Protocol": interface.protocol}
    first: Parameters = {"Name": given.pop("Name")}
    why = f"interface {interface.name}"
    if interface.psk is None:
        return step("Add-VpnS2SInterface", first | given, why)
    key = interface.psk if isinstance(interface.psk, Secret) else None
    given["SharedSecret"] = KEY_MARK
    return step("Add-VpnS2SInterface", first | given, why, key=key)


def _keys(before: Server, after: Server) -> Iterator[Step]:
    """A key that one side does not know is no reason to write it; a first one is set above."""
    for name, wanted in after.interfaces.items():
        if _rekeyed(before, after, name) and isinstance(wanted.psk, Secret):
            given = {**wanted.parameters, "Force": True, "SharedSecret": KEY_MARK}
            why = f"pre-shared key of {name}, after all else"
            yield step("Set-VpnS2SInterface", given, why, key=wanted.psk)


def _interfaces_gone(before: Server, after: Server) -> Iterator[Step]:
    for name in (name for name in before.interfaces if name not in after.interfaces):
        why = f"no longer needed: interface {name}"
        forced: Parameters = {"Name": name, "Force": True}
        yield step("Disconnect-VpnS2SInterface", {**forced, **_QUIET}, why)
        yield step("Remove-VpnS2SInterface", forced, why)


def _dialled(before: Server, after: Server) -> Iterator[Step]:
    """A live SA keeps its old values until it is disconnected; whoever is new dials at once."""
    keyed = {name for name in after.interfaces if _rekeyed(before, after, name)}
    for name, wanted in after.interfaces.items():
        held = before.interfaces.get(name)
        if held is not None and name not in keyed and not _differs(held, wanted):
            continue
        forced: Parameters = {"Name": name, "Force": True, **_QUIET}
        if held is not None:
            why = "negotiates again with the new settings"
            yield step("Disconnect-VpnS2SInterface", forced, why, bounces=name)
        if wanted.parameters["AdminStatus"]:
            given: Parameters = {"Name": name, **_QUIET}
            yield step("Connect-VpnS2SInterface", given, "dials, which an interface may put off")


def _rekeyed(before: Server, after: Server, name: str) -> bool:
    held, wanted = before.interfaces.get(name), after.interfaces[name].psk
    if held is None or not isinstance(wanted, Secret) or isinstance(held.psk, Hidden):
        return False
    return held.psk is not None and wanted != held.psk


def _sessions(before: Server, after: Server) -> Iterator[Step]:
    if after.router is not None and before.router is None and not after.router.kept:
        given: Parameters = {
            "BgpIdentifier": after.router.identifier,
            "LocalASN": after.router.asn,
            "Force": True,
        }
        yield step("Add-BgpRouter", given, "BGP router of the server")
    elif after.router is not None and before.router is not None:
        _same_router(before.router.asn, after.router.asn)
    for name, peer in after.peers.items():
        held = before.peers.get(name)
        if held is None:
            yield step("Add-BgpPeer", peer, f"BGP session {name}")
        elif held != peer:
            yield step("Set-BgpPeer", {**peer, "Force": True}, f"BGP session {name}")
    new = [str(n) for n in after.networks if n not in before.networks and n not in after.kept]
    if new:
        yield step("Add-BgpCustomRoute", {"Network": new}, "prefixes advertised to Azure")


def _same_router(held: int, wanted: int) -> None:
    if held != wanted:
        raise RefusedError(
            f"the server's BGP router is AS {held}, wanted is {wanted}: there is one a server",
            hint="set on_premises.bgp.asn to the router's number, or change the router by hand",
        )


def _sessions_gone(before: Server, after: Server) -> Iterator[Step]:
    for name in (name for name in before.peers if name not in after.peers):
        given: Parameters = {"Name": name, "Force": True}
        yield step("Remove-BgpPeer", given, f"no longer needed: BGP session {name}")
    old = [str(n) for n in before.networks if n not in after.networks and n not in before.kept]
    if old:
        why = "no longer advertised"
        yield step("Remove-BgpCustomRoute", {"Network": old, "Force": True}, why)
    if before.router is not None and after.router is None and not before.router.kept:
        yield step("Remove-BgpRouter", {"Force": True}, "the last session is gone")
