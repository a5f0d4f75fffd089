"""ARM templates (authored, exported, or made by Bicep): the resources that they describe.

As in "Understand the structure and syntax of ARM templates" and "Symbolic names".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appliance.azure.expressions import count, evaluate
from appliance.azure.origin import PLACEHOLDER, Moved, Unknown
from appliance.azure.scope import Scope
from appliance.azure.spelling import shorten
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
    """A template: its place, what its expressions refer to, and how deep it is nested."""

    node: Node
    scope: Scope
    notes: list[str]
    depth: int = 0


def resources(
    templates: Sequence[tuple[Node, float]], parameters: Sequence[Node], notes: list[str]
) -> Iterator[tuple[Node, float]]:
    """Resources of all templates in Azure's shape, with the times of their files.

    `parameters` are parameter files and deployments' records; each goes to the template whose
    parameters it sets.
    """
    used: list[Node] = []
    for template, modified in templates:
        values, file = _given(template, parameters, len(templates))
        used += [file] if file is not None else []
        level = _Level(template, _scope(template.value, values), notes)
        for node in _expanded(level):
            yield node, modified
        if not level.scope.effort.spend(0):
            template.fault("the template takes too long to evaluate", "export what is deployed")
    notes.extend(
        f"{node.where}: parameters of no template among the exports; not used"
        for node in parameters
        if node not in used and _values(node)
    )


def _folded(value: object) -> dict[str, object]:
    """An object by folded names; empty for what is none."""
    if not isinstance(value, dict):
        return {}
    return {name.casefold(): inner for name, inner in value.items()}


def _scope(template: object, given: Mapping[str, object]) -> Scope:
    parts = _folded(template)
    found = Scope(given, _folded(parts.get("parameters")), _folded(parts.get("variables")))
    found.functions = dict(_functions(parts.get("functions")))
    return found


def _functions(spaces: object) -> Iterator[tuple[str, object]]:
    """The functions that a template declares, by full name."""
    for space in spaces if isinstance(spaces, list) else []:
        named = _folded(space)
        for name, declared in _folded(named.get("members")).items():
            yield f"{named.get('namespace')}.{name}".casefold(), declared


def _given(
    template: Node, files: Sequence[Node], templates: int
) -> tuple[dict[str, object], Node | None]:
    """Values for a template's parameters, and the file they are from."""
    declared = set(_folded(_folded(template.value).get("parameters")))
    fitting = [node for node in files if set(_values(node)) <= declared and _values(node)]
    named = [node for node in fitting if _belongs(node.file, template.file)]
    if templates > 1 and not named and len(files) > 1:
        fitting = []
    chosen = named or fitting
    if len(chosen) > 1:
        places = ", ".join(node.where for node in chosen)
        template.fault(
            f"{len(chosen)} files set the parameters of this template: {places}",
            "name the files of one deployment only",
        )
        return {}, None
    return (_values(chosen[0]), chosen[0]) if chosen else ({}, None)


def _belongs(parameters: str, template: str) -> bool:
    """Whether `site.parameters.json` or `site.parameters.prod.json` stands beside `site.json`."""
    stem = template.removesuffix(".json")
    return parameters.startswith(f"{stem}.param")


def _values(node: Node) -> dict[str, object]:
    """The values of a parameter file, or of a deployment's record."""
    parameters = node.get("parameters")
    entries = _folded(parameters.value) if parameters is not None else {}
    return {
        name: _value(name, entry)
        for name, entry in entries.items()
        if not _left_out(_folded(entry))
    }


def _left_out(entry: Mapping[str, object]) -> bool:
    """Whether a parameter is not set: the portal's file names them all, each with null."""
    return "value" in entry and entry["value"] is None and "reference" not in entry


def _value(name: str, entry: object) -> object:
    inner = _folded(entry)
    if inner.get("value") is not None:
        return inner["value"]
    why = "is in a key vault" if "reference" in inner else "is not shown"
    return Unknown(f"{{{name}}}", f"the value of parameter {shorten(name)} {why}")


def _expanded(level: _Level) -> Iterator[Node]:
    """All resources of a template, and of those nested in it."""
    parts = tuple(
        _parts(_folded(level.node.value).get("resources"), f"{level.node.path}.resources")
    )
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
    for part in parts:
        yield from _instances(part, level)


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
    raw = _folded(part.raw)
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
    raw = _folded(part.raw)
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
    raw, (owner_kind, owner_name) = _folded(part.raw), part.owner
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
    kind = str(_folded(part.raw).get("type", "")).casefold()
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
    """The template in a deployment, with what its expressions refer to."""
    properties = _folded(_folded(part.raw).get("properties"))
    template = properties.get("template")
    if not isinstance(template, dict) or level.depth >= _MAX_NESTING:
        return None
    node = Node(template, level.node.file, f"{part.path}.properties.template", level.node.faults)
    options = _folded(properties.get("expressionevaluationoptions"))
    if str(options.get("scope", "outer")).casefold() != "inner":
        return _Level(node, scope.inside("", scope.loops.get("", 0)), level.notes, level.depth + 1)
    passed = _folded(properties.get("parameters"))
    given = {name: _passed(name, entry, scope) for name, entry in passed.items()}
    own = _scope(template, given)
    own.effort = scope.effort
    return _Level(node, own, level.notes, level.depth + 1)


def _passed(name: str, entry: object, scope: Scope) -> object:
    value = evaluate(entry, scope)
    return value if isinstance(value, Unknown) else _value(name, value)


def _outputs(part: _Part, level: _Level) -> object:
    inner = _inner(part, level, level.scope)
    if inner is None:
        return None
    said = _folded(_folded(inner.node.value).get("outputs"))
    return {"outputs": {name: _output(entry, inner.scope) for name, entry in said.items()}}


def _output(entry: object, scope: Scope) -> object:
    return {"value": evaluate(_folded(entry).get("value"), scope)}
