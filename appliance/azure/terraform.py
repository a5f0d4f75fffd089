"""Terraform's state, `terraform show -json` and plans, as resources of Azure's shape.

OpenTofu writes the same. As in "JSON Output Format" and the state format 4; which member of azurerm
is which of ARM stands in `azurerm`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import zip_longest
from types import MappingProxyType

from appliance.azure.azurerm import KINDS
from appliance.azure.origin import PLACEHOLDER, Moved, Unknown
from appliance.azure.references import Configuration, place
from appliance.azure.renaming import Given, moved
from appliance.azure.tree import Node
from appliance.record import dataclass, replace

_STATE = 4
_DEEPEST = 32
_SHOW = "terraform show -json > terraform.json"
_LEFT_TO_AZURE = frozenset(
    {"connection_protocol", "use_policy_based_traffic_selectors", "bgp_enabled", "enable_bgp"}
)
"""Attributes that azurerm computes where nobody sets them: what Azure then has is its default."""
_LIFETIMES = frozenset({"sa_lifetime", "sa_datasize"})
"""The same in a policy, of which a `dynamic` block says nothing in a plan."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One resource: its address, its attributes with their place, and what is not known of it.

    Of a plan `identity` is the id that others know it by, `said` what its configuration says of its
    attributes, and `meant` gives the id of the resource that an expression there refers to.
    """

    address: str
    kind: str
    values: Mapping[str, object]
    path: str
    unknown: Mapping[str, object]
    caveat: str = ""
    identity: str = ""
    said: Mapping[str, object] = MappingProxyType({})
    meant: Callable[[object], str | None] = lambda _: None


def resources(root: Node, notes: list[str]) -> Iterator[Node]:
    """The network resources in a state, or in the JSON of a state or a plan."""
    document = root.value if isinstance(root.value, dict) else {}
    if "encrypted_data" in document:
        root.fault("the state is encrypted", _SHOW)
        return
    for piece in (one for each in _pieces(root, document, notes) for one in _single(each)):
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
    configuration = _object(document.get("configuration")).get("root_module")
    by_address = {piece.address: piece for piece in planned}
    plan = Configuration(configuration, tuple(by_address))

    def meant(piece: _Piece, expression: object) -> str | None:
        target = by_address.get(plan.target(place(piece.address), expression) or "")
        return None if target is None else _identity(target, plan, by_address)

    for piece in planned:
        yield replace(
            piece,
            identity=_identity(piece, plan, by_address),
            said=plan.expressions(place(piece.address)),
            meant=partial(meant, piece),
        )
    prior = _object(_object(document.get("prior_state")).get("values"))
    path = "$.prior_state.values.root_module"
    for piece in _of_module(_object(prior.get("root_module")), path, {}, 0):
        if ".data." in f".{piece.address}":
            yield piece


def _identity(piece: _Piece, plan: Configuration, planned: Mapping[str, _Piece]) -> str:
    """The id of a planned resource, made up of its address where it has none yet."""
    known = piece.values.get("id")
    if isinstance(known, str) and known:
        return known
    kind = str(KINDS[piece.kind]["type"]) if piece.kind in KINDS else f"{piece.kind}/{piece.kind}"
    owner = _owner(piece, plan, planned)
    if owner is None:
        return _made_up(kind, piece.address)
    return f"{_identity(owner, plan, planned)}/subnets/{piece.values.get('name') or piece.address}"


def _owner(piece: _Piece, plan: Configuration, planned: Mapping[str, _Piece]) -> _Piece | None:
    """The planned network of a planned subnet, in whose id it stands."""
    if piece.kind != "azurerm_subnet":
        return None
    at = place(piece.address)
    said = plan.expressions(at).get("virtual_network_name")
    found = planned.get(plan.target(at, said) or "")
    name = piece.values.get("virtual_network_name")
    same = [
        each
        for each in planned.values()
        if each.kind == "azurerm_virtual_network" and each.values.get("name") == name
    ]
    return found or (same[0] if name and len(same) == 1 else None)


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
        value["id"] = piece.identity or _made_up(str(value.get("type")), piece.address)
        value["name"] = value.get("name") or piece.address
    value.caveat = piece.caveat
    return Node(value, root.file, piece.path, root.faults)


def _known(piece: _Piece) -> dict[str, object]:
    """Attributes, with those marked that are known after `terraform apply` only."""
    return _marked(piece, piece.values, piece.unknown, piece.said)


def _marked(
    piece: _Piece,
    values: Mapping[str, object],
    unknown: Mapping[str, object],
    said: Mapping[str, object],
) -> dict[str, object]:
    """The values of a resource or of a block in it; an unknown one tells what it refers to."""
    why = f"Terraform tells it for {piece.address} only after the plan is applied"
    found = dict(values)
    for name, mark in unknown.items():
        expression, blocks = said.get(name), found.get(name)
        if expression is None and _left_to_azure(name, said):
            continue
        if mark is True:
            meant = piece.meant(expression)
            if meant or values is piece.values or not name.endswith("_id"):
                hint = "apply the plan, then: " + _SHOW
                found[name] = Unknown(meant or "{later}", why, hint)
        elif isinstance(mark, list) and isinstance(blocks, list):
            inner = zip_longest(blocks, mark[: len(blocks)], _list(expression)[: len(blocks)])
            found[name] = [
                _marked(piece, block, _object(unknown_), _object(said_))
                if isinstance(block, dict)
                else block
                for block, unknown_, said_ in inner
            ]
    return found


def _left_to_azure(name: str, said: Mapping[str, object]) -> bool:
    """Whether an attribute that is not set is unknown for just that; `said` is what is set."""
    return name in _LIFETIMES or (bool(said) and name in _LEFT_TO_AZURE)


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


def _single(piece: _Piece) -> Iterator[_Piece]:
    """The resource itself; of a list of azapi's those in it."""
    if piece.kind != "azapi_resource_list":
        yield piece
        return
    for at, found in enumerate(_list(_json(piece.values.get("output")).get("value"))):
        one = _object(found)
        values = {**one, "output": one, "type": one.get("type") or piece.values.get("type")}
        yield replace(piece, values=values, path=f"{piece.path}.output.value[{at}]")


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
