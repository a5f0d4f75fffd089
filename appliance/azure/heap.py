"""The heap of exported JSON, sorted: every resource once, and found by its id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.azure.likeness import differing
from appliance.azure.origin import PLACEHOLDER
from appliance.azure.reading import Document
from appliance.azure.resources import Kind, Resource, complete, name_of, recognise, show_command
from appliance.azure.sources import Pile, is_foreign
from appliance.azure.spelling import shorten
from appliance.azure.tree import Node, fold

_KEY_MEMBERS = frozenset({"value", "id", "name", "type", "etag", "resourcegroup"})
"""What the answer to a question for the shared key has; `value` is the key."""
_MAX_UNUSED = 4


@dataclass(slots=True)
class Heap:
    """Everything exported, each resource once.

    `keys` are shared keys exported on their own, `named` places that only name a resource,
    `branches` the sites of Virtual WAN configuration files, each with its file's time.
    """

    resources: dict[tuple[Kind, str], Resource] = field(default_factory=dict)
    keys: list[Node] = field(default_factory=list)
    named: dict[tuple[Kind, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    branches: list[tuple[Node, float]] = field(default_factory=list)
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


def gather(documents: Iterator[Document], notes: list[str]) -> Heap:
    """Sort documents into resources; what is none is noted, foreign formats are faults."""
    heap, pile = Heap(notes=notes), Pile(notes=notes)
    unused = []
    for document in documents:
        taken = is_foreign(document.root) and pile.take(document.root, document.modified)
        if not (taken or _walk(document.root, document.modified, heap, depth=0)):
            unused.append(document.root)
    for node, modified in pile.resources():
        _resource(node, modified, heap)
    heap.branches = pile.branches
    notes.extend(_not_used(unused))
    _prefer_deployed(heap)
    return heap


def _not_used(roots: list[Node]) -> list[str]:
    """Notes of documents in which nothing was; one for all of them where they are many."""
    files = tuple(dict.fromkeys(root.file for root in roots))
    if len(files) <= _MAX_UNUSED:
        return [f"{root.where}: nothing of a VPN gateway's sites in it; not used" for root in roots]
    shown = ", ".join(files[:_MAX_UNUSED])
    return [
        f"{len(files)} files have nothing of a VPN gateway's sites in them and are not used: "
        f"{shown} and {len(files) - _MAX_UNUSED} more"
    ]


def _prefer_deployed(heap: Heap) -> None:
    """Azure's own answer counts, not a template, plan or script that has the same resource."""
    planned = [(key, resource) for key, resource in heap.resources.items() if resource.caveat]
    deployed: dict[tuple[Kind, str], Resource] = {}
    for kind in {resource.kind for _, resource in planned}:
        for resource in heap.of(kind):
            if not resource.caveat:
                deployed.setdefault((kind, resource.name), resource)
    for key, resource in planned:
        if (real := deployed.get((resource.kind, resource.name))) is not None:
            heap.drop(key)
            apart = [
                name
                for name in differing(real.node, resource.node)
                if PLACEHOLDER not in str((told := resource.node.get(name)) and told.value)
            ]
            what = f"; they differ in {', '.join(apart)}" if apart else ""
            heap.notes.append(
                f"{resource.kind} {resource.name} is in {resource.node.where} and in "
                f"{real.node.where}: the second, Azure's own answer, counts{what}"
            )


def _walk(node: Node, modified: float, heap: Heap, *, depth: int) -> bool:
    """Add what is in `node`; False when nothing is of use."""
    if depth > 4:  # noqa: PLR2004 -- a list in {"value"} in a response body in a wrapper
        return False
    if isinstance(node.value, list):
        return _each(node.elements(), modified, heap, depth)
    if not isinstance(node.value, dict):
        return _bare_key(node, heap)
    if (error := node.get("error")) is not None and isinstance(error.value, dict):
        error.fault(
            f"Azure answered with an error: {error.text('code') or 'without a code'}",
            "repeat the export, signed in as someone who may read the resource",
        )
        return True
    return _resource(node, modified, heap) or _inner(node, modified, heap, depth)


def _resource(node: Node, modified: float, heap: Heap) -> bool:
    kind = recognise(node)
    if kind is None:
        return False
    identity = node.text("id")
    name = node.text("name") or name_of(identity or "")
    if not name.isprintable():
        node.fault(f"{shorten(name)} is no name of a resource")
    elif complete(kind, node):
        heap.add(Resource(kind, identity, name or kind, node, modified))
        for connection in node.items("connections") if kind is Kind.WAN_GATEWAY else ():
            _resource(connection, modified, heap)
    else:
        heap.named[kind, (identity or name).casefold()] = node.where
        heap.notes.append(
            f"{node.where}: only names {kind} {name}, without its properties; for all of it: "
            + show_command(kind, identity)
        )
    return True


def _inner(node: Node, modified: float, heap: Heap, depth: int) -> bool:
    """What is wrapped: a page of a list, a spec example's response, az's create output."""
    if responses := node.get("responses"):
        answers = _children(responses) or responses.elements()
        bodies = [answer.get("body") or answer.get("content") for answer in answers]
        return _each(_answered([body for body in bodies if body], heap), modified, heap, depth)
    if changes := node.get("changes"):  # what-if: what each resource is going to be
        after = [change.get("after") for change in changes.elements() if change.is_object]
        return _each([each for each in after if each is not None], modified, heap, depth)
    for page in (node.get("value"), _rows(node.get("data"))):
        if page is not None and isinstance(page.value, list):
            if node.text("nextLink"):
                heap.notes.append(f"{node.where}: only a page of a longer list (see nextLink)")
            return _each(page.elements(), modified, heap, depth) or not page.value
    members = {fold(key) for key in node.value} if isinstance(node.value, dict) else set()
    if "value" in members and members <= _KEY_MEMBERS:
        heap.keys.append(node)
        return True
    return _each(_children(node), modified, heap, depth)


def _answered(bodies: list[Node], heap: Heap) -> list[Node]:
    """The bodies of a batch but for errors, which are noted; all of them if none is well."""
    refused = {
        body.path: error.text("code")
        for body in bodies
        if isinstance(body.value, dict)
        and (error := body.get("error")) is not None
        and isinstance(error.value, dict)
    }
    if len(refused) == len(bodies):
        return bodies
    heap.notes.extend(
        f"{body.where}: Azure answered with an error ({refused[body.path] or 'without a code'}); "
        "what was asked for there is missing"
        for body in bodies
        if body.path in refused
    )
    return [body for body in bodies if body.path not in refused]


def _rows(data: Node | None) -> Node | None:
    """A table of Resource Graph (columns apart from rows) as the list of objects that it is."""
    columns = data.get("columns") if data is not None and isinstance(data.value, dict) else None
    rows = data.get("rows") if data is not None and columns is not None else None
    if rows is None or columns is None:
        return data
    names = [column.text("name") or "" for column in columns.elements()]
    objects = [
        dict(zip(names, row.value, strict=False)) if isinstance(row.value, list) else row.value
        for row in rows.elements()
    ]
    return Node(objects, rows.file, rows.path, rows.faults)


def _children(node: Node) -> tuple[Node, ...]:
    members = node.value if isinstance(node.value, dict) else {}
    return tuple(
        Node(value, node.file, f"{node.path}.{key}", node.faults)
        for key, value in members.items()
        if isinstance(value, dict) and key.isprintable()
    )


def _each(nodes: tuple[Node, ...] | list[Node], modified: float, heap: Heap, depth: int) -> bool:
    found = [_walk(node, modified, heap, depth=depth + 1) for node in nodes]
    return any(found)


def _bare_key(node: Node, heap: Heap) -> bool:
    """PowerShell's shared key command gives a bare string; believe it by the file's name only."""
    name = fold(node.file.rpartition("/")[2]).replace("-", "")
    if isinstance(node.value, str) and ("sharedkey" in name or "psk" in name):
        heap.keys.append(node)
        return True
    return False


def _newer(old: Resource, new: Resource, *, same: bool) -> tuple[Resource, Resource]:
    """Which of two counts, and which does not; of equal ones that which tells more."""
    if same:
        fuller = len(str(new.node.value)) > len(str(old.node.value))
        return (new, old) if fuller else (old, new)
    return (new, old) if new.modified >= old.modified else (old, new)
