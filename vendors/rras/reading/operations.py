"""A list of operations, as `render` writes it, played on a server that has nothing."""

from __future__ import annotations

from collections.abc import Callable

from appliance.model.tunnel import Source
from appliance.record import dataclass, field, replace
from vendors.rras import names
from vendors.rras.reading import played_filters as filters
from vendors.rras.reading.document import Document
from vendors.rras.reading.fields import Fields
from vendors.rras.reading.located import Record
from vendors.rras.reading.members import spelled

_SWITCHES = frozenset(
    {
        *("Force", "ErrorAction", "PassThru", "Confirm", "WhatIf", "Verbose", "Debug"),
        *("AsJob", "CimSession", "ThrottleLimit"),
    }
)


@dataclass(frozen=True, slots=True)
class _Server:
    """What the operations made so far, by lower-case name."""

    interfaces: dict[str, Record] = field(default_factory=dict)
    router: list[Record] = field(default_factory=list)
    peers: dict[str, Record] = field(default_factory=dict)
    routes: list[Record] = field(default_factory=list)
    filters: dict[tuple[str, ...], Record] = field(default_factory=dict)
    odd: list[Source] = field(default_factory=list)


def played(document: Document) -> Document:
    """The document with what its operations made, and those that nobody knows under `other`."""
    server = _Server()
    made = {_made(operation): at for at, operation in enumerate(document.operations)}
    for at, operation in enumerate(document.operations):
        cmdlet = str(operation.members.get("cmdlet", ""))
        given = operation.members.get("parameters")
        parameters = given if isinstance(given, Record) else Record(operation.line, {}, {})
        play = _PLAYS.get(cmdlet.lower())
        done = play is not None and play(server, _plain(parameters))
        sets = cmdlet.lower() == "set-vpns2sinterface"
        other = sets and made.get(_name(_plain(parameters)), at) > at
        if not (done or other):  # of `if (it is there) { Set } else { Add }` one is done
            server.odd.append(Source(operation.line, f'"cmdlet": "{cmdlet}"'))
    document.interfaces.extend(map(Fields, server.interfaces.values()))
    document.routers.extend(map(Fields, server.router))
    document.peers.extend(map(Fields, server.peers.values()))
    document.custom_routes.extend(map(Fields, server.routes))
    document.filters.extend(map(Fields, server.filters.values()))
    document.other.extend(server.odd)
    return document


def _made(operation: Record) -> str:
    """The interface that an operation adds, in lower case; empty for any other."""
    given = operation.members.get("parameters")
    adds = str(operation.members.get("cmdlet", "")).lower() == "add-vpns2sinterface"
    return _name(_plain(given)) if adds and isinstance(given, Record) else ""


def _plain(parameters: Record) -> Record:
    named = {spelled(name): one for name, one in parameters.members.items()}
    lines = {spelled(name): line for name, line in parameters.lines.items()}
    members = {name: one for name, one in named.items() if name not in _SWITCHES}
    written = {spelled(name): name for name in parameters.members} | parameters.written
    return replace(parameters, members=members, lines=lines, written=written)


def _name(parameters: Record) -> str:
    return str(parameters.members.get("Name", "")).lower()


def _add_interface(server: _Server, parameters: Record) -> bool:
    name = _name(parameters)
    computed = "$" in name and "$" in str(parameters.members.get("Destination", "$"))
    if not name or name in server.interfaces or computed:
        return False
    members: dict[str, object] = {**names.DEFAULTS, **parameters.members}
    server.interfaces[name] = replace(parameters, members=members)
    for way in names.NUMBERS["Direction"]:
        filters.begin(server.filters, parameters, way)
    return True


def _set_interface(server: _Server, parameters: Record) -> bool:
    return _update(server.interfaces, _name(parameters), parameters)


def _update(held: dict[str, Record], name: str, parameters: Record) -> bool:
    found = held.get(name)
    if found is None:
        return False
    members = {**found.members, **parameters.members, "Name": found.members.get("Name")}
    if "EncryptionType" in parameters.members:
        members = {name: one for name, one in members.items() if name not in _CUSTOM}
    if "CustomPolicy" in parameters.members:
        members.pop("EncryptionType", None)
    lines = {**found.lines, **parameters.lines, "Name": found.lines.get("Name", found.line)}
    written = {**found.written, **parameters.written, "Name": found.written.get("Name", "Name")}
    held[name] = replace(found, members=members, lines=lines, written=written)
    return True


_CUSTOM = ("CustomPolicy", *names.CRYPTO)


def _remove_interface(server: _Server, parameters: Record) -> bool:
    """Scripts take away what may be left of an earlier run: here nothing is."""
    server.interfaces.pop(_name(parameters), None)
    for key in [key for key in server.filters if key[0] == _name(parameters)]:
        del server.filters[key]
    return True


def _add_router(server: _Server, parameters: Record) -> bool:
    server.router.append(parameters)
    return len(server.router) == 1


def _remove_router(server: _Server, _: Record) -> bool:
    server.router.clear()
    return True


def _add_peer(server: _Server, parameters: Record) -> bool:
    members = {**parameters.members, "PeerName": parameters.members.get("Name")}
    server.peers[_name(parameters)] = replace(parameters, members=members)
    return True


def _set_peer(server: _Server, parameters: Record) -> bool:
    return _update(server.peers, _name(parameters), parameters)


def _remove_peer(server: _Server, parameters: Record) -> bool:
    server.peers.pop(_name(parameters), None)
    return True


def _add_route(server: _Server, parameters: Record) -> bool:
    server.routes.append(parameters)
    return True


def _remove_route(server: _Server, parameters: Record) -> bool:
    gone = Fields(parameters).texts("Network")
    kept = [
        Record(one.line, {**one.members, "Network": left}, one.lines)
        for one in server.routes
        if (left := [network for network in Fields(one).texts("Network") if network not in gone])
    ]
    server.routes[:] = kept
    return True


def _nothing(_: _Server, __: Record) -> bool:
    return True


_PLAYS: dict[str, Callable[[_Server, Record], bool]] = {
    "add-vpns2sinterface": _add_interface,
    "set-vpns2sinterface": _set_interface,
    "remove-vpns2sinterface": _remove_interface,
    "connect-vpns2sinterface": _nothing,
    "disconnect-vpns2sinterface": _nothing,
    "add-remoteaccessipfilter": lambda server, given: filters.add(server.filters, given),
    "set-remoteaccessipfilter": lambda server, given: filters.change(server.filters, given),
    "remove-remoteaccessipfilter": lambda server, given: filters.remove(server.filters, given),
    "add-bgprouter": _add_router,
    "remove-bgprouter": _remove_router,
    "add-bgppeer": _add_peer,
    "set-bgppeer": _set_peer,
    "remove-bgppeer": _remove_peer,
    "add-bgpcustomroute": _add_route,
    "remove-bgpcustomroute": _remove_route,
}
