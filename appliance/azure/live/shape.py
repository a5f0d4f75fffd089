"""Members of REST answers: where a resource refers to others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from appliance.azure.tree import fold

Members = dict[str, object]


def member(value: object, *names: str) -> object:
    """What is under a path of names, in any capitals; None when there is nothing.

    Names are looked for in `properties` too.
    """
    here = value
    for name in names:
        if not isinstance(here, dict):
            return None
        here = _own(here, name)
    return here


def members(value: object, *names: str) -> list[object]:
    """The list under a path of names, empty when there is none."""
    found = member(value, *names)
    return found if isinstance(found, list) else []


def text(value: object, *names: str) -> str:
    """The text under a path of names, empty when there is none."""
    found = member(value, *names)
    return found if isinstance(found, str) else ""


def truth(value: object, *names: str) -> bool:
    """Whether true is under a path of names."""
    return member(value, *names) is True


def with_properties(value: object, **changes: object) -> Members:
    """A copy of a resource with these properties set, or taken out where None."""
    whole = cast(Members, value) if isinstance(value, dict) else {}
    folded = {fold(name) for name in changes}
    old = member(whole, "properties")
    kept = {
        name: inner
        for name, inner in (old.items() if isinstance(old, dict) else ())
        if fold(name) not in folded
    }
    set_now = {name: inner for name, inner in changes.items() if inner is not None}
    rest = {name: inner for name, inner in whole.items() if fold(name) != "properties"}
    return {**rest, "properties": {**kept, **set_now}}


def parents(identity: str, level: str) -> str:
    """An id without what begins at `level`; empty when that is not in it."""
    cut = identity.casefold().find(f"/{level.casefold()}/")
    return identity[:cut] if cut > 0 else ""


def ids(entries: list[object], *names: str) -> Iterator[str]:
    """The ids in a list of references, or under a path of names in each."""
    for entry in entries:
        if found := text(entry, *names, "id"):
            yield found


def _own(here: Members, name: str) -> object:
    wanted = fold(name)
    for holder in (here, here.get("properties")):
        for key, inner in (holder or {}).items() if isinstance(holder, dict) else ():
            if fold(key) == wanted and inner is not None:
                return cast(object, inner)
    return None
