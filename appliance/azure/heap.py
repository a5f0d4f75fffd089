"""The heap of exported JSON, sorted: every resource once, and found by its id."""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.azure.likeness import differing, only_in
from appliance.azure.origin import PLACEHOLDER, Moved
from appliance.azure.resources import Kind, Resource, name_of
from appliance.azure.tree import Node

_SESSION = 3600.0
"""Seconds between two exports of which the later shows what has changed; within, both are true."""


@dataclass(slots=True)
class Heap:
    """Everything exported, each resource once.

    `keys` are shared keys exported on their own, `named` places that only name a resource,
    `branches` the sites of Virtual WAN configuration files, each with its file's time. `others` are
    documents that look like exports and are none: where, what they are, and what to do.
    """

    resources: dict[tuple[Kind, str], Resource] = field(default_factory=dict)
    keys: list[Node] = field(default_factory=list)
    named: dict[tuple[Kind, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    branches: list[tuple[Node, float]] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    _listed: dict[Kind, tuple[Resource, ...]] = field(default_factory=dict)

    def of(self, kind: Kind) -> tuple[Resource, ...]:
        """All resources of a kind, by name and id."""
        if kind not in self._listed:
            found = (resource for resource in self.resources.values() if resource.kind is kind)
            ordered = sorted(found, key=lambda resource: (resource.name, resource.id or ""))
            self._listed[kind] = tuple(ordered)
        return self._listed[kind]

    def drop(self, key: tuple[Kind, str]) -> None:
        """Take one out."""
        del self.resources[key]
        self._listed.clear()

    def find(self, kind: Kind, identity: str) -> Resource | None:
        """The resource of this id, or one exported without an id that has its name.

        Where one of the ids has no subscription (templates), the name must tell it.
        """
        identity = identity.rstrip("/")
        name = name_of(identity).casefold()
        exact = self.resources.get((kind, identity.casefold()))
        exact = exact or self.resources.get((kind, name))
        if exact is not None or not name:
            return exact
        made_up = identity.startswith(PLACEHOLDER)
        near = [
            resource
            for resource in self.of(kind)
            if resource.name.casefold() == name
            and (made_up or (resource.id or "").startswith(PLACEHOLDER))
        ]
        return near[0] if len(near) == 1 else None

    def nameless(self, kind: Kind, identity: str) -> Resource | None:
        """The only resource of a kind, if it was exported without id and name to tell it by.

        Its name may be unknown, too, or that of the resource that is meant.
        """
        known = self.of(kind)
        only = known[0] if len(known) == 1 and known[0].id is None else None
        if only is None or not name_of(identity) or "{" in identity:
            return only
        return only if "{" in only.name or only.node.text("name") is None else None

    def why_not(self, kind: Kind, identity: str) -> str:
        """What comes near a resource that is not there: the same name elsewhere, or a mere name."""
        if place := self.named.get((kind, identity.casefold())):
            return f" ({place} only names it, without its properties)"
        for resource in self.of(kind):
            if resource.name.casefold() == name_of(identity).casefold():
                return f" ({resource.node.where} has that name, but another id: {resource.id})"
        return ""

    def add(self, resource: Resource) -> None:
        """Take one in; of two exports of one resource the newer counts, and a note says so."""
        key = (resource.kind, (resource.id or resource.name).casefold().rstrip("/"))
        old = self.resources.get(key)
        self._listed.clear()
        if old is None:
            self.resources[key] = resource
            return
        apart = differing(old.node, resource.node) or _gone(old, resource)
        kept, dropped = _newer(old, resource, same=not apart)
        self.resources[key] = kept
        if kept.node.value != dropped.node.value:
            what = f"; they differ in {', '.join(apart)}" if apart else ""
            self.notes.append(
                f"{resource.kind} {resource.name} is in {dropped.node.where} and in "
                f"{kept.node.where}: {_which(kept, dropped, same=not apart)}, "
                f"counts{what}"
            )


def _gone(one: Resource, other: Resource) -> list[str]:
    """Members that only the older of two whole answers of one shape has: az leaves out what is no
    more. A list of a gateway's connections never has all of them, so that a connection's may be.
    """
    old, new = sorted((one, other), key=lambda each: each.modified)
    whole = _whole(old) and _whole(new) and _fullness(old)[0] == _fullness(new)[0]
    apart = new.modified - old.modified > _SESSION and _nested(old) == _nested(new)
    if not (whole and apart) or one.kind is Kind.CONNECTION:
        return []
    return only_in(old.node, new.node)


def _whole(resource: Resource) -> bool:
    """Whether this is Azure's own answer and nothing picked out of it."""
    made = isinstance(resource.node.value, Moved)
    return not made and resource.node.get("provisioningState") is not None


def _nested(resource: Resource) -> bool:
    return isinstance(resource.node.value, dict) and "properties" in resource.node.value


def _which(kept: Resource, dropped: Resource, *, same: bool) -> str:
    if dropped.caveat and not kept.caveat:
        return "the second, Azure's own answer"
    return f"the {'fuller' if same else 'newer'}, the second"


def _newer(old: Resource, new: Resource, *, same: bool) -> tuple[Resource, Resource]:
    """Which of two counts, and which does not: Azure's own answer before what is only to be; of
    equal ones that which tells more.
    """
    if bool(old.caveat) != bool(new.caveat):
        return (new, old) if old.caveat else (old, new)
    if same:
        return (new, old) if _fullness(new) > _fullness(old) else (old, new)
    return (new, old) if new.modified >= old.modified else (old, new)


def _fullness(resource: Resource) -> tuple[bool, int]:
    """How much is told; first whether it is where tunnels end, which Terraform's data omits."""
    settings = resource.node.get("bgpSettings") if isinstance(resource.node.value, dict) else None
    inner = settings if settings is not None and isinstance(settings.value, dict) else None
    ends = inner is not None and inner.get("bgpPeeringAddresses") is not None
    return ends, len(str(resource.node.value))
