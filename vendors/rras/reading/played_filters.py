"""Operations on static packet filters, played on interfaces that begin with none."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.record import replace
from vendors.rras import lines, names
from vendors.rras.reading.fields import Fields
from vendors.rras.reading.located import Listed, Record

Played = dict[tuple[str, ...], Record]
"""Objects as `Get-RemoteAccessIpFilter` has them, by interface, direction and family in lower case.
"""

_HEAD = ("InterfaceAlias", "Direction", "AddressFamily")


def begin(held: Played, interface: Record, way: str) -> None:
    """What a new interface has: everything passes."""
    told = Fields(interface)
    members: dict[str, object] = {
        "InterfaceAlias": told.text("Name"),
        "Direction": way,
        "AddressFamily": "IPv4",
        "Action": names.ALLOW,
        "List": Listed(),
    }
    at = interface.lines.get("Name", interface.line)
    found = replace(interface, members=members, lines=dict.fromkeys(members, at), written={})
    held[_key(Fields(found))] = found


def add(held: Played, given: Record) -> bool:
    """Lines behind those that are there, and the action of the list."""
    return _changed(held, given, lambda rows, more: (*rows, *more))


def change(held: Played, given: Record) -> bool:
    """The action alone."""
    return _changed(held, given, lambda rows, _: rows)


def remove(held: Played, given: Record) -> bool:
    """Without these lines, however they are spelled."""

    def left(rows: _Rows, gone: _Rows) -> _Rows:
        said = {lines.alike(text) for text, _ in gone}
        return tuple(row for row in rows if lines.alike(row[0]) not in said)

    return _changed(held, given, left)


_Rows = tuple[tuple[str, int], ...]
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def _changed(held: Played, given: Record, edit: Callable[[_Rows, _Rows], _Rows]) -> bool:
    """Whether there is such an interface, and a family that is ours to read."""
    key = _key(Fields(given))
    if key not in held and key[2] == "ipv6" and (*key[:2], "ipv4") in held:
        held[key] = replace(given, members={**given.members, "List": Listed()})
    found = held.get(key)
    if found is None:
        return False
    listed = _listed(edit(_rows(found), _rows(given)))
    said = {name: given.members[name] for name in ("Action",) if name in given.members}
    at = {name: given.lines.get(name, given.line) for name in (*said, "List")}
    members = {**found.members, **said, "List": listed}
    held[key] = replace(found, members=members, lines={**found.lines, **at}, json=given.json)
    return True


def _key(told: Fields) -> tuple[str, ...]:
    return tuple(told.word(name).lower() for name in _HEAD)


def _rows(record: Record) -> _Rows:
    return tuple((text, source.line) for text, source in Fields(record).items("List"))


def _listed(rows: Iterable[tuple[str, int]]) -> Listed:
    found = Listed()
    for text, line in rows:
        found.append(text)
        found.lines.append(line)
    return found
