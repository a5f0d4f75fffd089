"""ARM templates (authored, exported, or made by Bicep): the resources that they describe.

As in "Understand the structure and syntax of ARM templates" and "Symbolic names".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appliance.azure.expressions import count, evaluate
from appliance.azure.linked import Links, named_in
from appliance.azure.origin import PLACEHOLDER, Moved, Unknown
from appliance.azure.parameters import folded, given, passed, values_of
from appliance.azure.scope import Scope, resource_id
from appliance.azure.tree import Node
from appliance.record import dataclass

_DEPLOYMENT = "microsoft.resources/deployments"
_MAX_NESTING = 8
_CAVEAT = (
    "a template says what is to be, not what there is; compare with an export of what is deployed"
)
_BUILD = frozenset({"copy", "resources", "dependson", "condition", "comments", "apiversion"})
"""Members of a resource that are about deploying it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A resource of a template as written, and where; `owner` is the resource it stands in."""

    raw: Mapping[str, object]
    path: str
    symbol: str = ""
    owner: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class _Level:
    """A template: its place, what its expressions and links refer to, and how deep it is nested."""

    node: Node
    scope: Scope
    notes: list[str]
    links: Links
    depth: int = 0


def resources(
    templates: Sequence[tuple[Node, float]],
    parameters: Sequence[Node],
    notes: list[str],
    linked: Sequence[tuple[str, Node]] = (),
) -> Iterator[tuple[Node, float]]:
    """Resources of all templates in Azure's shape, with the times of their files.

    `parameters` are parameter files and deployments' records; each goes to the template whose
    parameters it sets. `linked` are templates that are deployed by a link only, by their paths.
    """
    links = Links()
    for path, node in (*((each.file, each) for each, _ in templates), *linked):
        links.add(path, node)
    used: list[Node] = []
    for template, modified in _linking_first(templates):
        if template in links.used:
            continue
        values, file = given(template, parameters, len(templates))
        used += [file] if file is not None else []
        level = _Level(template, _scope(template.value, values), notes, links)
        for node in _expanded(level):
            yield node, modified
        if not level.scope.effort.spend(0):
            template.fault("the template takes too long to evaluate", "export what is deployed")
    notes.extend(
        f"{node.where}: parameters of no template among the exports; not used"
        for node in parameters
        if node not in used and values_of(node)
    )


def _linking_first(templates: Sequence[tuple[Node, float]]) -> Sequence[tuple[Node, float]]:
    """Templates whose file another one may link to come last: they may be used up by then."""
    names = named_in(template for template, _ in templates) if len(templates) > 1 else frozenset()
    return sorted(templates, key=lambda each: _file_name(each[0]) in names)


def _file_name(template: Node) -> str:
    return template.file.replace("\\", "/").rpartition("/")[2].casefold()


def _scope(template: object, values: Mapping[str, object]) -> Scope:
    parts = folded(template)
    found = Scope(values, folded(parts.get("parameters")), folded(parts.get("variables")))
    found.functions = dict(_functions(parts.get("functions")))
    return found


def _functions(spaces: object) -> Iterator[tuple[str, object]]:
    """The functions that a template declares, by full name."""
    for space in spaces if isinstance(spaces, list) else []:
        named = folded(space)
        for name, declared in folded(named.get("members")).items():
            yield f"{named.get('namespace')}.{name}".casefold(), declared


def _expanded(level: _Level) -> Iterator[Node]:
    """All resources of a template, and of those nested in it."""
    for part in _declared(level):
        yield from _instances(part, level)


def _declared(level: _Level) -> tuple[_Part, ...]:
    """The resources of a template, which its expressions then can ask for."""
    parts = tuple(_parts(folded(level.node.value).get("resources"), f"{level.node.path}.resources"))
    deployments = {
        name: part for part in parts if _is_deployment(part) for name in _names(part, level)
    }

    def outputs(name: str) -> object:
        part = deployments.pop(name, None)  # popped: who asks for himself gets no answer
        found = _outputs(part, level) if part is not None else None
        if part is not None:
            deployments[name] = part
        return found

    level.scope.outputs = outputs
    symbols = {part.symbol: part for part in parts if part.symbol}
    level.scope.symbols = lambda name: _called(name, symbols, level)
    return parts


def _called(name: str, symbols: Mapping[str, _Part], level: _Level) -> object:
    """What `resourceInfo` tells of the resource (or one of a copy loop) with a symbolic name."""
    called, _, at = name.removesuffix("]").partition("[")
    part = symbols.get(called)
    if part is None:
        return None
    raw, scope = folded(part.raw), level.scope
    if at.isascii() and at.isdecimal():
        scope = scope.inside(str(folded(raw.get("copy")).get("name", "")), int(at))
    kind, title = _title(part, scope)
    elsewhere = [evaluate(raw.get(place), scope) for place in ("subscriptionid", "resourcegroup")]
    place = [each for each in elsewhere if each is not None]
    tail = title.split("/")
    return {"id": resource_id([*place, kind, *tail], scope), "name": tail[-1], "type": kind}


def _parts(found: object, path: str, owner: tuple[str, str] = ("", "")) -> Iterator[_Part]:
    """Resources, in a list or (with symbolic names) in an object."""
    if isinstance(found, dict):
        for name, raw in found.items():
            if isinstance(raw, dict):
                yield _Part(raw, f"{path}.{name}", name, owner)
    for at, raw in enumerate(found if isinstance(found, list) else []):
        if isinstance(raw, dict):
            yield _Part(raw, f"{path}[{at}]", "", owner)


def _instances(part: _Part, level: _Level) -> Iterator[Node]:
    """The resources that one declaration makes: none, one, or those of a copy loop."""
    raw = folded(part.raw)
    if raw.get("existing") is True:
        return
    loop = raw.get("copy")
    if not isinstance(loop, dict):
        yield from _instance(part, level, level.scope)
        return
    rounds = count(loop, level.scope)
    if isinstance(rounds, Unknown):
        place = Node(loop, level.node.file, f"{part.path}.copy", level.node.faults)
        place.fault(f"how many there are is not known: {rounds.why}", rounds.hint)
        return
    for at in range(rounds):
        yield from _instance(part, level, level.scope.inside(str(loop.get("name", "")), at))


def _instance(part: _Part, level: _Level, scope: Scope) -> Iterator[Node]:
    raw = folded(part.raw)
    condition = evaluate(raw.get("condition", True), scope)
    if condition is False:
        return
    if isinstance(condition, Unknown):
        level.notes.append(
            f"{level.node.file}: {part.path}.condition: not known whether this is deployed: "
            f"{condition.why}"
        )
    if _is_deployment(part):
        yield from _nested(part, level, scope)
        return
    kind, name = _title(part, scope)
    members = {key: value for key, value in part.raw.items() if key.casefold() not in _BUILD}
    value = evaluate(members, scope)
    told = value if isinstance(value, dict) else {}
    told |= {"type": kind, "name": name.rpartition("/")[2], "id": _id(kind, name, scope.group)}
    yield Node(Moved(told, caveat=_CAVEAT), level.node.file, part.path, level.node.faults)
    for child in _parts(raw.get("resources"), f"{part.path}.resources", (kind, name)):
        yield from _instances(child, level)


def _title(part: _Part, scope: Scope) -> tuple[str, str]:
    """Full type and full name of a resource; those of a child stand on its owner's."""
    raw, (owner_kind, owner_name) = folded(part.raw), part.owner
    kind = str(raw.get("type", "")).partition("@")[0].strip("/")
    said = evaluate(raw.get("name"), scope)
    name = said.text if isinstance(said, Unknown) else str(said)
    if owner_kind and "/" not in kind:
        return f"{owner_kind}/{kind}", f"{owner_name}/{name}"
    return kind, name


def _id(kind: str, name: str, group: str) -> str:
    provider, *kinds = kind.split("/")
    tail = "/".join(f"{each}/{part}" for each, part in zip(kinds, name.split("/"), strict=False))
    return f"{PLACEHOLDER}subscription}}/resourceGroups/{group}/providers/{provider}/{tail}"


def _is_deployment(part: _Part) -> bool:
    kind = str(folded(part.raw).get("type", "")).casefold()
    return kind.partition("@")[0] == _DEPLOYMENT


def _names(part: _Part, level: _Level) -> tuple[str, ...]:
    """What expressions call a nested deployment."""
    if "copy" in part.raw:
        return ()
    name = _title(part, level.scope)[1].casefold()
    return (name, part.symbol.casefold()) if part.symbol else (name,)


def _nested(part: _Part, level: _Level, scope: Scope) -> Iterator[Node]:
    inner = _inner(part, level, scope)
    if inner is not None:
        yield from _expanded(inner)
        return
    level.notes.append(
        f"{level.node.file}: {part.path}: a deployment whose template is not in this file; name "
        "that file as well"
    )


def _inner(part: _Part, level: _Level, scope: Scope) -> _Level | None:
    """The template in a deployment or linked to by it, with what its expressions refer to."""
    properties = folded(folded(part.raw).get("properties"))
    if level.depth >= _MAX_NESTING:
        return None
    raw = properties.get("template")
    place = f"{part.path}.properties.template"
    own = Node(raw, level.node.file, place, level.node.faults) if isinstance(raw, dict) else None
    node = own or level.links.find(properties.get("templatelink"), scope, level.node.file)
    if node is None:
        return None
    options = folded(properties.get("expressionevaluationoptions"))
    if own is not None and str(options.get("scope", "outer")).casefold() != "inner":
        inside = scope.inside("", scope.loops.get("", 0))
    else:
        inside = _scope(node.value, dict(passed(properties.get("parameters"), scope)))
        inside.effort = scope.effort
    return _Level(node, inside, level.notes, level.links, level.depth + 1)


def _outputs(part: _Part, level: _Level) -> object:
    inner = _inner(part, level, level.scope)
    if inner is None:
        return None
    _declared(inner)
    said = folded(folded(inner.node.value).get("outputs"))
    return {"outputs": {name: _output(entry, inner.scope) for name, entry in said.items()}}


def _output(entry: object, scope: Scope) -> object:
    return {"value": evaluate(folded(entry).get("value"), scope)}
