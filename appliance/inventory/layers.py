"""Layering: defaults, then groups in order, then the site itself; and where a value came from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import cast

from appliance.inventory.document import Document, Path
from appliance.record import dataclass

Members = Mapping[str, object]


def merged(under: Members, over: Members) -> Members:
    """`over` laid on `under`: groups of members are merged, everything else is replaced."""
    result = dict(under)
    for name, value in over.items():
        below = result.get(name)
        if isinstance(value, dict) and isinstance(below, dict):
            value = merged(below, value)  # noqa: PLW2901 -- the merged value takes its place
        result[name] = value
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """A site with all its layers merged. `origins` are the layers, strongest first."""

    name: str
    members: Members
    origins: tuple[Path, ...]

    def place(self, document: Document, path: Path) -> tuple[tuple[int, int], Path]:
        """Where the value at `path` of this site was written, and its path in the document.

        What no layer has is missed in the site itself: at its nearest parent there, at last at the
        site's own name.
        """
        for origin in self.origins:
            if document.has((*origin, *path)):
                whole = (*origin, *path)
                return document.place(whole, name=document.nests(whole)), whole
        own = self.origins[0]
        depth = next(n for n in range(len(path), -1, -1) if document.has((*own, *path[:n])))
        return document.place((*own, *path[:depth]), name=True), (*own, *path)


class Layers:
    """All layers of a document; the ones below the sites are merged once for each combination."""

    def __init__(self, root: Members) -> None:
        self.defaults = _members(root, "defaults")
        self.groups = _members(root, "groups")
        self.sites = _members(root, "sites")
        self._below: dict[tuple[str, ...], Members] = {}

    def site(self, name: str) -> Layered:
        """The site of this name, merged; groups that do not exist count for nothing."""
        own = _members(self.sites, name)
        listed = own.get("groups")
        groups = (
            tuple(group for group in listed if isinstance(group, str) and group in self.groups)
            if isinstance(listed, list)
            else ()
        )
        if groups not in self._below:
            chosen = (_members(self.groups, group) for group in groups)
            self._below[groups] = reduce(merged, chosen, self.defaults)
        members = dict(merged(self._below[groups], own))
        members.pop("groups", None)
        origins = (("sites", name), *(("groups", group) for group in reversed(groups)))
        return Layered(name=name, members=members, origins=(*origins, ("defaults",)))


def _members(parent: Members, name: str) -> Members:
    found = parent.get(name)
    return cast(Members, found) if isinstance(found, dict) else {}
