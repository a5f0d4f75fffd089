"""Static packet filters of an interface, and the cmdlets from one set of them to another.

With one action new lines come before old ones go, so that what passes before and after passes in
between, and nothing else but what one of the two lets through. A first list comes with its action
in one call. Another action has no step without a gap: its exceptions would turn into their
contrary, so the lines go first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.model.change import Step
from appliance.model.tunnel import Tunnel
from appliance.record import dataclass, replace
from vendors.rras import names
from vendors.rras.lines import alike
from vendors.rras.writing.interface import Parameters
from vendors.rras.writing.steps import step

AT_ONCE = 100
"""Lines of one call where several may follow each other: what a scheduled task can hold."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one way of an interface does with packets, but for these lines."""

    action: str = names.ALLOW
    lines: tuple[str, ...] = ()


OPEN = Listed()
Lists = dict[str, Listed]
"""By direction, in the words of `names.NUMBERS`."""


def nothing() -> Lists:
    """The filters of a new interface: everything passes."""
    return dict.fromkeys(names.NUMBERS["Direction"], OPEN)


def held(tunnel: Tunnel) -> Lists | None:
    """The filters of an interface; None where they are not known."""
    if tunnel.objects.get(names.FILTERS) == names.UNREAD:
        return None
    return {way: _held(tunnel, way.lower()) for way in names.NUMBERS["Direction"]}


def _held(tunnel: Tunnel, way: str) -> Listed:
    action = tunnel.objects.get(names.filter_action(way))
    text = tunnel.objects.get(names.filter_lines(way), "")
    return OPEN if action is None else Listed(action, tuple(text.split("\n")) if text else ())


def said(lists: Lists) -> dict[str, str]:
    """As `Tunnel.objects` keeps them."""
    found = {}
    for way, one in lists.items():
        if one != OPEN:
            found[names.filter_action(way.lower())] = one.action
            found[names.filter_lines(way.lower())] = "\n".join(one.lines)
    return found


def steps(name: str, before: Lists | None, after: Lists | None) -> Iterator[Step]:
    """From one to the other; what one side does not know stays as it is."""
    if before is None or after is None:
        return
    for way, wanted in after.items():
        given: Parameters = {"InterfaceAlias": name, "AddressFamily": "IPv4", "Direction": way}
        why = f"what may cross {name}, {way.lower()}"
        yield from _way(given, why, before[way], wanted)


def _way(given: Parameters, why: str, before: Listed, after: Listed) -> Iterator[Step]:
    new, old = _lacking(after, before), _lacking(before, after)
    if before.action == after.action:
        yield from _added(given, why, after.action, new, whole=not before.lines)
        yield from _removed(given, f"{why}: no longer asked for", old)
        return
    passes = "nothing passes" if before.action == names.DENY else "all passes"
    way = str(given["Direction"]).lower()
    gap = f"{passes} {way} for a moment: its filters get another action, and have no lines then"
    for one in _removed(given, f"{why}: another action", before.lines):
        yield replace(one, gap=gap, touches=(str(given["InterfaceAlias"]),))
    if after.lines:
        yield from _added(given, why, after.action, after.lines, whole=not before.lines)
    else:
        yield step("Set-RemoteAccessIpFilter", {**given, "Action": after.action}, why)


def _lacking(one: Listed, other: Listed) -> tuple[str, ...]:
    there = set(map(alike, other.lines))
    return tuple(line for line in one.lines if alike(line) not in there)


def _added(
    given: Parameters, why: str, action: str, lines: Sequence[str], *, whole: bool
) -> Iterator[Step]:
    for some in [list(lines)] if whole and lines else _parts(lines):
        yield step("Add-RemoteAccessIpFilter", {**given, "Action": action, "List": some}, why)


def _removed(given: Parameters, why: str, lines: Sequence[str]) -> Iterator[Step]:
    for some in _parts(lines):
        yield step("Remove-RemoteAccessIpFilter", {**given, "List": some, "Force": True}, why)


def _parts(lines: Sequence[str]) -> Iterator[list[str]]:
    for at in range(0, len(lines), AT_ONCE):
        yield list(lines[at : at + AT_ONCE])
