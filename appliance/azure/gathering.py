"""Documents sorted onto the heap: what is wrapped is unwrapped, what is of no use is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from appliance.azure.heap import Heap
from appliance.azure.likeness import differing
from appliance.azure.origin import PLACEHOLDER, Moved
from appliance.azure.reading import Document
from appliance.azure.resources import (
    Kind,
    Resource,
    complete,
    is_resource,
    name_of,
    recognise,
    show_command,
)
from appliance.azure.sources import Pile, is_foreign
from appliance.azure.spelling import shorten
from appliance.azure.tree import Node, fold
from appliance.azure.unused import not_used, request, stranger

_DEEPEST = 8
"""Where the search for resources ends: scripts gather them by subscription, group and kind."""
_HELD = {Kind.WAN_GATEWAY: "connections", Kind.HUB_CIRCUITS: "expressRouteConnections"}
"""Gateways of Virtual WAN that carry their connections."""
_DEEPEST_KEY = 2
"""Where an answer for the shared key may stand; deeper, `value` is in all sorts of objects."""
_MORE = ("nextLink", "skip_token", "$skipToken")
"""What says that there are more pages, in lists and in answers of Resource Graph."""
_EXPRESSION = re.compile(r"\[\w+\(.*\)[^\[]*\]")
_FRAGMENT = "a part of a template, which does not tell what its expressions mean"
_UNCHANGED = frozenset({"nochange", "noeffect", "ignore", "unsupported"})
_FORECAST = "a what-if says what is to be, not what there is"
_KEY_MEMBERS = frozenset({"value", "id", "name", "type", "etag", "resourcegroup"})
"""What the answer to a question for the shared key has; `value` is the key."""


def gather(documents: Iterator[Document], notes: list[str]) -> Heap:
    """Sort documents into resources; what is none is noted, foreign formats are faults."""
    heap, pile = Heap(notes=notes), Pile(notes=notes)
    unused = []
    for document in documents:
        taken = is_foreign(document.root) and pile.take(document.root, document.modified)
        asks = request(document.root) is not None
        if asks or not (taken or _walk(document.root, document.modified, heap, depth=0)):
            unused.append(document.root)
    for node, modified in pile.resources():
        _resource(node, modified, heap)
    heap.branches = pile.branches
    heap.others += [each for root in unused if (each := stranger(root)) is not None]
    notes.extend(not_used(unused))
    _prefer_deployed(heap)
    return heap


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
    if depth > _DEEPEST:
        return False
    if isinstance(node.value, list):
        elements = node.elements()
        answers = [body for each in elements if (body := _content(each)) is not None]
        several = len(answers) == len(elements) > 1
        return _each(_answered(answers, heap) if several else elements, modified, heap, depth)
    if not isinstance(node.value, dict):
        inner = node.decoded()  # a text that holds JSON, as `jq tostring` and Logic Apps write it
        told = isinstance(inner.value, dict | list)
        return _walk(inner, modified, heap, depth=depth + 1) if told else _bare_key(node, heap)
    if _refused(node):
        return True
    node = _of_tools(node)
    if _resource(node, modified, heap) or _key(node, heap, depth):
        return True
    return not is_resource(node) and _inner(node, modified, heap, depth)


def _of_tools(node: Node) -> Node:
    """The resource in what Pulumi and Crossplane keep of one; anything else as it is."""
    value = node.value if isinstance(node.value, dict) else {}
    if not value.keys() & {"urn", "apiVersion"}:
        return node
    from appliance.azure.bridged import bridged  # noqa: PLC0415 -- files of these tools only

    made = node.get("outputs") if "urn" in value else None  # the inputs beside them say less
    return bridged(node) or made or node


def _refused(node: Node) -> bool:
    """Whether this is an answer with an error in the place of what was asked for: a fault."""
    error = None if is_resource(node) else node.get("error")
    if error is None or not isinstance(error.value, dict):
        return False
    error.fault(
        f"Azure answered with an error: {error.text('code') or 'without a code'}",
        "repeat the export, signed in as someone who may read the resource",
    )
    return True


def _resource(node: Node, modified: float, heap: Heap) -> bool:
    kind = recognise(node)
    if kind is None:
        return False
    identity = node.text("id")
    name = node.text("name") or name_of(identity or "")
    if _EXPRESSION.fullmatch(name):
        if kind is Kind.CONNECTION:
            heap.others.append(
                (node.where, _FRAGMENT, "give the whole template and its parameters")
            )
        heap.notes.append(f"{node.where}: {_FRAGMENT}; not used")
    elif not name.isprintable():
        node.fault(f"{shorten(name)} is no name of a resource")
    elif complete(kind, node):
        heap.add(Resource(kind, identity, name or kind, node, modified))
        for connection in node.items(_HELD[kind]) if kind in _HELD else ():
            _resource(connection, modified, heap)
    else:
        heap.named[kind, (identity or name).casefold()] = node.where
        heap.notes.append(
            f"{node.where}: only names {kind} {name}, without its properties; for all of it: "
            + show_command(kind, identity)
        )
    return True


def _inner(node: Node, modified: float, heap: Heap, depth: int) -> bool:
    """What is wrapped: a page of a list, an answer with its head, what a script has gathered."""
    for wrapped in (_bodies(node, heap), _changed(node), _page(node, heap)):
        if wrapped is not None:
            return _each(wrapped, modified, heap, depth) or not wrapped
    return _each(_children(node), modified, heap, depth)


def _key(node: Node, heap: Heap, depth: int) -> bool:
    """Take the answer to a question for a shared key; a name without an id is a setting's."""
    members = {fold(key) for key in node.value} if isinstance(node.value, dict) else set()
    answer = "value" in members <= _KEY_MEMBERS and ("id" in members or "name" not in members)
    value = node.get("value") if answer else None
    found = depth <= _DEEPEST_KEY and value is not None and isinstance(value.value, str)
    if found:
        heap.keys.append(node)
    return found


def _bodies(node: Node, heap: Heap) -> Sequence[Node] | None:
    """Bodies of answers that stand with their heads: in a batch, a spec example, PowerShell's."""
    if responses := node.get("responses"):
        answers = _children(responses) or responses.elements()
        bodies = [answer.get("body") or answer.get("content") for answer in answers]
        return _answered([body for body in bodies if body], heap)
    body = _content(node)
    return None if body is None else [body]


def _content(node: Node) -> Node | None:
    """The body of an answer that Invoke-AzRestMethod has."""
    head = node.value if isinstance(node.value, dict) else {}
    content = node.get("content") if {"statuscode", "content"} <= set(map(fold, head)) else None
    body = content.decoded() if content is not None else None
    return body if body is not None and isinstance(body.value, dict | list) else None


def _changed(node: Node) -> Sequence[Node] | None:
    """The resources of a what-if, as each is going to be; what it leaves alone is as it was."""
    changes = node.get("changes")
    if changes is None or not isinstance(changes.value, list):
        return None
    each = [change for change in changes.elements() if isinstance(change.value, dict)]
    left = [change for change in each if (change.text("changeType") or "").casefold() != "delete"]
    return [told for change in left if (told := _foreseen(change)) is not None]


def _foreseen(change: Node) -> Node | None:
    """A resource of a what-if: as it is going to be where that is otherwise than it is."""
    after, before = change.get("after"), change.get("before")
    same = (change.text("changeType") or "").casefold() in _UNCHANGED
    if after is None or (same and before is not None) or not isinstance(after.value, dict):
        return before or after
    return Node(Moved(after.value, caveat=_FORECAST), after.file, after.path, after.faults)


def _page(node: Node, heap: Heap) -> Sequence[Node] | None:
    for page in (node.get("value"), _rows(node.get("data"))):
        if page is not None and isinstance(page.value, list):
            if more := next(filter(node.text, _MORE), None):
                heap.notes.append(f"{node.where}: only a page of a longer list (see {more})")
            return page.elements()
    return None


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
    """Members that are objects, or lists of them."""
    members = node.value if isinstance(node.value, dict) else {}
    return tuple(
        Node(value, node.file, f"{node.path}.{key}", node.faults)
        for key, value in members.items()
        if key.isprintable() and _holds_objects(value)
    )


def _holds_objects(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict) for each in value)
    )


def _each(nodes: Sequence[Node], modified: float, heap: Heap, depth: int) -> bool:
    found = [_walk(node, modified, heap, depth=depth + 1) for node in nodes]
    return any(found)


def _bare_key(node: Node, heap: Heap) -> bool:
    """PowerShell's shared key command gives a bare string; believe it by the file's name only."""
    name = fold(node.file.rpartition("/")[2]).replace("-", "")
    if isinstance(node.value, str) and ("sharedkey" in name or "psk" in name):
        heap.keys.append(node)
        return True
    return False
