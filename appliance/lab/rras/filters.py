"""The cmdlets of static packet filters: an action for each way of an interface, and exceptions.

After the published reference of `Add-`, `Set-`, `Remove-` and `Get-RemoteAccessIpFilter`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_network

from appliance.lab.rras.binding import Bound, CmdletError, forced
from appliance.lab.rras.formats import Object, Word
from appliance.lab.rras.server import Interface, Server
from appliance.lab.rras.tables import ENUMS

_PARTS = {
    "tcp": (r"\d+", r"\d+"),
    "udp": (r"\d+", r"\d+"),
    "tcpestablished": (r"\d+", r"\d+"),
    "icmp": (r"\d+", r"\d+"),
    "other": (r"\d+",),
    "any": (),
}
_MOST = {"icmp": 255, "other": 255}
_V4, _V6 = re.compile(r"[\d./]+"), re.compile(r"[\da-fA-F:]*::?[\da-fA-F:]*/\d+")


@dataclass(slots=True)
class Listed:
    """What one way of an interface does for one family, but for the lines."""

    action: str = "Allow"
    lines: list[str] = field(default_factory=list)


def add(server: Server, bound: Bound) -> list[Object]:
    """Lines, and the action of the list."""
    held = _listed(server, bound)
    lines = _lines(bound)
    known = {_alike(line) for line in held.lines}
    for line in lines:
        if _alike(line) in known:
            raise CmdletError(f"The filter {line} already exists.", identity="WIN32 183")
        known.add(_alike(line))
    held.action = str(bound["Action"])
    held.lines += lines
    return []


def change(server: Server, bound: Bound) -> list[Object]:
    """The action alone."""
    _listed(server, bound).action = str(bound["Action"])
    return []


def remove(server: Server, bound: Bound) -> list[Object]:
    """Each of the lines; the action stays."""
    forced("Remove-RemoteAccessIpFilter", bound)
    held = _listed(server, bound)
    gone = [_alike(line) for line in _lines(bound)]
    for line in gone:
        if line not in map(_alike, held.lines):
            raise CmdletError(f"The filter {line} was not found.", identity="WIN32 1168")
    held.lines[:] = [line for line in held.lines if _alike(line) not in gone]
    return []


def show(server: Server, bound: Bound) -> list[Object]:
    """One object a family, or (as the examples of the reference print it) one for both."""
    interface = _interface(server, bound)
    way = str(bound["Direction"])
    head: Object = {"InterfaceAlias": interface.name, "Direction": _word("Direction", way)}
    both = {family: _of(interface, family, way) for family in ENUMS["AddressFamily"]}
    if not server.settings.families_apart:
        shown: Object = {}
        for family, held in both.items():
            name = family.capitalize()
            shown[f"{name}FilterAction"] = _word("Action", held.action)
            shown[f"{name}Filters"] = list(held.lines)
        return [head | shown]
    return [
        {
            **head,
            "AddressFamily": _word("AddressFamily", family),
            "Action": _word("Action", held.action),
            "List": list(held.lines),
        }
        for family, held in both.items()
    ]


def _word(name: str, value: str) -> Word:
    return Word(value, ENUMS[name].index(value))


def _interface(server: Server, bound: Bound) -> Interface:
    held = server.interface(str(bound["InterfaceAlias"]))
    if held is None:
        raise CmdletError(
            f"The interface {bound['InterfaceAlias']} was not found.", identity="WIN32 1168"
        )
    return held


def _of(interface: Interface, family: str, way: str) -> Listed:
    return interface.filters.get((family, way)) or Listed()


def _listed(server: Server, bound: Bound) -> Listed:
    key = (str(bound["AddressFamily"]), str(bound["Direction"]))
    interface = _interface(server, bound)
    held = _of(interface, *key)
    interface.filters[key] = held
    return held


def _lines(bound: Bound) -> list[str]:
    """As they are kept: the protocol in small letters. Raises `CmdletError` for a wrong one."""
    family = str(bound["AddressFamily"])
    listed = bound["List"]
    return [_line(family, str(one)) for one in (listed if isinstance(listed, list) else [])]


def _line(family: str, text: str) -> str:
    source, target, protocol, data = _split(family, text)
    kinds = _PARTS.get(protocol.lower())
    if kinds is None or len(data) != len(kinds):
        raise _wrong(text)
    for kind, value in zip(kinds, data, strict=True):
        if not re.fullmatch(kind, value) or int(value) > _MOST.get(protocol.lower(), 65_535):
            raise _wrong(text)
    for place in (source, target):
        try:
            ip_network(place, strict=False)
        except ValueError:
            raise _wrong(text) from None
    return ":".join((source, target, protocol.lower(), *data))


def _split(family: str, text: str) -> tuple[str, str, str, list[str]]:
    """Source, destination, protocol and the rest; networks of IPv6 have colons of their own."""
    place = _V4 if family == "IPv4" else _V6
    match = re.fullmatch(rf"({place.pattern}):({place.pattern}):([A-Za-z]+)((?::[^:]*)*)", text)
    if match is None or match[1].count("/") != 1 or match[2].count("/") != 1:
        raise _wrong(text)
    return match[1], match[2], match[3], match[4].split(":")[1:]


def _wrong(text: str) -> CmdletError:
    return CmdletError(f"The parameter is incorrect: filter '{text}'.", identity="WIN32 87")


def _alike(line: str) -> str:
    """Without what does not tell two filters apart: bits behind the mask, and capitals."""
    family = "IPv6" if "::" in line else "IPv4"
    source, target, protocol, data = _split(family, line)
    places = (str(ip_network(place, strict=False)) for place in (source, target))
    return ":".join((*places, protocol.lower(), *data))
