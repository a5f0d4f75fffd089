"""The heap of exported JSON, sorted: every resource once, and found by its id."""

from __future__ import annotations

from dataclasses import dataclass, field

from appliance.azure.likeness import differing
from appliance.azure.origin import PLACEHOLDER
from appliance.azure.resources import Kind, Resource, name_of
from appliance.azure.tree import Node


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

    def nameless(self, kind: Kind) -> Resource | None:
        """The only resource of a kind, if it was exported without an id to tell it by."""
        known = self.of(kind)
        return known[0] if len(known) == 1 and known[0].id is None else None

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
        key = (resource.kind, (resource.id or resource.name).casefold())
        old = self.resources.get(key)
        self._listed.clear()
        if old is None:
            self.resources[key] = resource
            return
        apart = differing(old.node, resource.node)
        kept, dropped = _newer(old, resource, same=not apart)
        self.resources[key] = kept
        if kept.node.value != dropped.node.value:
            what = f"; they differ in {', '.join(apart)}" if apart else ""
            self.notes.append(
                f"{resource.kind} {resource.name} is in {dropped.node.where} and in "
                f"{kept.node.where}: the {'newer' if apart else 'fuller'}, the second, "
                f"counts{what}"
            )


def _newer(old: Resource, new: Resource, *, same: bool) -> tuple[Resource, Resource]:
    """Which of two counts, and which does not; of equal ones that which tells more."""
    if same:
        return (new, old) if _fullness(new) > _fullness(old) else (old, new)
    return (new, old) if new.modified >= old.modified else (old, new)


def _fullness(resource: Resource) -> tuple[bool, int]:
    """How much is told; first whether it is where tunnels end, which Terraform's data omits."""
    settings = resource.node.get("bgpSettings") if isinstance(resource.node.value, dict) else None
    inner = settings if settings is not None and isinstance(settings.value, dict) else None
    ends = inner is not None and inner.get("bgpPeeringAddresses") is not None
    return ends, len(str(resource.node.value))
