"""Terraform's state, `terraform show -json` and plans, as resources of Azure's shape.

OpenTofu writes the same. As in "JSON Output Format" and the state format 4; which member of azurerm
is which of ARM stands in `azurerm`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from appliance.azure.azurerm import KINDS
from appliance.azure.origin import PLACEHOLDER, Moved, Unknown
from appliance.azure.renaming import Given, moved
from appliance.azure.tree import Node
from appliance.record import dataclass, replace

_STATE = 4
_DEEPEST = 32
_SHOW = "terraform show -json > terraform.json"


@dataclass(frozen=True, slots=True)
class _Piece:
    """One resource: its address, its attributes with their place, and what is not known of it.

    `refers` are the ids of resources that its attributes refer to in a plan's configuration.
    """

    address: str
    kind: str
    values: Mapping[str, object]
    path: str
    unknown: Mapping[str, object]
    caveat: str = ""
    refers: Mapping[str, str] = MappingProxyType({})


def resources(root: Node, notes: list[str]) -> Iterator[Node]:
    """The network resources in a state, or in the JSON of a state or a plan."""
    document = root.value if isinstance(root.value, dict) else {}
    if "encrypted_data" in document:
        root.fault("the state is encrypted", _SHOW)
        return
    for piece in _pieces(root, document, notes):
        node = _node(piece, root, notes)
        if node is not None:
            yield node


def _pieces(root: Node, document: Mapping[str, object], notes: list[str]) -> Iterator[_Piece]:
    if "planned_values" in document:
        notes.append(f"{root.where}: a plan: what Terraform is going to set, not what there is")
        yield from _planned(document)
    elif "format_version" in document:
        values = _object(document.get("values"))
        yield from _of_module(_object(values.get("root_module")), "$.values.root_module", {}, 0)
    elif document.get("version") != _STATE:
        root.fault("a state of an old version of Terraform", f"with a new one: {_SHOW}")
    else:
        yield from _of_state(document)


def _of_state(document: Mapping[str, object]) -> Iterator[_Piece]:
    for at, raw in enumerate(_list(document.get("resources"))):
        entry = _object(raw)
        module = f"{entry['module']}." if entry.get("module") else ""
        address = f"{module}{entry.get('type')}.{entry.get('name')}"
        for number, instance in enumerate(_list(entry.get("instances"))):
            if "deposed" in _object(instance):  # what a replacement has left to be destroyed
                continue
            values = _object(_object(instance).get("attributes"))
            path = f"$.resources[{at}].instances[{number}].attributes"
            yield _Piece(address, str(entry.get("type")), values, path, {})


def _of_module(
    module: Mapping[str, object], path: str, changes: Mapping[str, object], depth: int
) -> Iterator[_Piece]:
    """Resources of a module and of those called by it; `changes` are a plan's, by address."""
    for at, raw in enumerate(_list(module.get("resources"))):
        entry = _object(raw)
        address = str(entry.get("address"))
        change = _object(changes.get(address))
        yield _Piece(
            address,
            str(entry.get("type")),
            _object(entry.get("values")),
            f"{path}.resources[{at}].values",
            _object(change.get("after_unknown")),
            _caveat(path, change),
        )
    for at, child in enumerate(_list(module.get("child_modules")) if depth < _DEEPEST else ()):
        yield from _of_module(_object(child), f"{path}.child_modules[{at}]", changes, depth + 1)


def _caveat(path: str, change: Mapping[str, object]) -> str:
    planned = path.startswith("$.planned_values") and change.get("actions") != ["no-op"]
    return "a plan says what is to be, not what there is" if planned else ""


def _planned(document: Mapping[str, object]) -> Iterator[_Piece]:
    """What a plan leads to; what it needs of data sources it has read stands in `prior_state`."""
    changes = {
        str(_object(entry).get("address")): _object(entry).get("change")
        for entry in _list(document.get("resource_changes"))
    }
    values = _object(document.get("planned_values"))
    path = "$.planned_values.root_module"
    planned = tuple(_of_module(_object(values.get("root_module")), path, changes, 0))
    configuration = _object(_object(document.get("configuration")).get("root_module"))
    references = dict(_references(configuration, "", 0))
    for piece in planned:
        meant = references.get(_plain(piece.address), {})
        refers = {name: _id_of(targets, planned) for name, targets in meant.items()}
        known = {name: identity for name, identity in refers.items() if identity}
        yield replace(piece, refers=known)
    prior = _object(_object(document.get("prior_state")).get("values"))
    path = "$.prior_state.values.root_module"
    for piece in _of_module(_object(prior.get("root_module")), path, {}, 0):
        if ".data." in f".{piece.address}":
            yield piece


def _references(
    module: Mapping[str, object], prefix: str, depth: int
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Addresses of resources in a configuration, and what each attribute of them refers to."""
    for raw in _list(module.get("resources")):
        entry = _object(raw)
        said = _object(entry.get("expressions"))
        yield (
            f"{prefix}{entry.get('address')}",
            {
                name: [f"{prefix}{each}" for each in _list(_object(inner).get("references"))]
                for name, inner in said.items()
            },
        )
    calls = _object(module.get("module_calls")) if depth < _DEEPEST else {}
    for name, call in calls.items():
        inner = _object(_object(call).get("module"))
        yield from _references(inner, f"{prefix}module.{name}.", depth + 1)


def _plain(address: str) -> str:
    """An address without the keys of `count` and `for_each`."""
    return re.sub(r"\[[^\]]*\]", "", address)


def _id_of(targets: Sequence[str], planned: Sequence[_Piece]) -> str | None:
    """The id of the one resource that is referred to; None when it is none, or one of several."""
    meant = [piece for piece in planned if _plain(piece.address) in map(_plain, targets)]
    if len(meant) != 1 or meant[0].kind not in KINDS:
        return None
    known = meant[0].values.get("id")
    kind = str(KINDS[meant[0].kind]["type"])
    return known if isinstance(known, str) else _made_up(kind, meant[0].address)


def _node(piece: _Piece, root: Node, notes: list[str]) -> Node | None:
    if piece.kind.startswith("azapi_"):
        value = _azapi(piece)
    elif piece.kind in KINDS:
        value = moved(KINDS[piece.kind], Given(_known(piece), piece.path))
    else:
        return None
    if value is None:
        notes.append(f"{root.file}: {piece.path}: {piece.address} tells no resource; not used")
        return None
    if not isinstance(value.get("id"), str):
        value["id"] = _made_up(str(value.get("type")), piece.address)
        value["name"] = value.get("name") or piece.address
    value.caveat = piece.caveat
    return Node(value, root.file, piece.path, root.faults)


def _known(piece: _Piece) -> dict[str, object]:
    """Attributes, with those marked that are known after `terraform apply` only."""
    why = f"Terraform tells it for {piece.address} only after the plan is applied"
    marked = {
        name: Unknown(piece.refers.get(name, "{later}"), why, "apply the plan, then: " + _SHOW)
        for name, mark in piece.unknown.items()
        if mark is True
    }
    return {**piece.values, **marked}


def _made_up(kind: str, address: str) -> str:
    provider, *kinds = kind.split("/")
    tail = "/".join(f"{each}/{address}" for each in kinds)
    return f"{PLACEHOLDER}subscription}}/resourceGroups/{{group}}/providers/{provider}/{tail}"


def _azapi(piece: _Piece) -> Moved | None:
    """A resource as written for the API: `body` is what was asked for, `output` what came of it."""
    values = piece.values
    kind = str(values.get("type", "")).partition("@")[0]
    body, output = _json(values.get("body")), _json(values.get("output"))
    if not kind or not (body or output):
        return None
    properties = {**_object(body.get("properties")), **_object(output.get("properties"))}
    origin = {"properties": f"{piece.path}.{'body' if body else 'output'}.properties"}
    members = {**body, **output, "type": kind, "properties": properties}
    named = {name: values[name] for name in ("id", "name") if values.get(name)}
    return Moved(members | named, origin)


def _json(value: object) -> Mapping[str, object]:
    """A body as text (azapi 1), as an object (azapi 2) or as a state keeps one of any type."""
    if isinstance(value, str):
        import json  # noqa: PLC0415 -- bodies of azapi 1 only

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    found = _object(value)
    return _object(found["value"]) if set(found) == {"type", "value"} else found


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
