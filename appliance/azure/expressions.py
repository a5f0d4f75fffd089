"""Values of templates with their expressions resolved, as far as the files tell.

What only Azure knows stays unknown, and says why. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from appliance.azure import functions
from appliance.azure.laziness import LAZY, absent, member
from appliance.azure.origin import Unknown
from appliance.azure.scope import (
    Scope,
    extension_id,
    resource_group,
    resource_id,
    subscription,
    subscription_id,
)
from appliance.azure.spelling import shorten
from appliance.azure.syntax import BrokenExpressionError, Call, Expression, Literal, parse
from appliance.azure.tokens import unreplaced
from appliance.azure.unknowns import carries, symbol

MAX_COPIES = 800
"""Elements of a copy loop ("Template limits")."""
_MAX_CHAIN = 60
_GIVE = "give the deployment's parameters file, too, or export what is deployed"
_MAX_DEPTH = 64
_ENDLESS = Unknown("{endless}", "the template takes too long to evaluate")
_DEEP = Unknown("{deep}", "the template is nested too deeply to evaluate")
_LIMITS = (_ENDLESS, _DEEP)
_IDENTIFYING = frozenset({"id", "name", "ipconfigurationid"})
"""Members whose unknown values still tell that two of them are the same."""


def evaluate(value: object, scope: Scope) -> object:
    """A value of a template without expressions and copy loops; `Unknown` where it is not told."""
    try:
        return _evaluated(value, scope)
    except RecursionError:
        return _DEEP


def _evaluated(value: object, scope: Scope) -> object:
    if not scope.effort.spend():
        return _ENDLESS
    if isinstance(value, str):
        return _text(value, scope)
    if isinstance(value, list):
        return [_evaluated(each, scope) for each in value]
    if not isinstance(value, dict):
        return value
    found = {
        key: _evaluated(inner, scope) for key, inner in value.items() if not _loops(key, inner)
    }
    for key, inner in value.items():
        if _loops(key, inner):
            found.update((loop["name"], _rounds(loop, scope)) for loop in inner)
    return {key: _identity(key, inner) for key, inner in found.items()}


def count(loop: object, scope: Scope) -> int | Unknown:
    """How often a copy loop goes round; each round is an effort."""
    said = evaluate(loop.get("count") if isinstance(loop, dict) else None, scope)
    if isinstance(said, Unknown):
        return said
    if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= MAX_COPIES:
        return Unknown("{copy}", f"the count of a copy loop must be a number up to {MAX_COPIES}")
    return said if scope.effort.spend(said) else _ENDLESS


def _identity(key: str, value: object) -> object:
    """An unknown name or id as its text: the same text stands wherever the same is meant."""
    identifying = isinstance(value, Unknown) and key.casefold() in _IDENTIFYING
    return value.text if identifying and isinstance(value, Unknown) else value


def _identified(made: object, name: str) -> object:
    """What a function has made; an object's names and ids as in one that is written out."""
    if name != "createobject" or not isinstance(made, dict):
        return made
    return {key: _identity(key, inner) for key, inner in made.items()}


def _loops(key: str, value: object) -> bool:
    """Whether a member makes lists ("Property iteration in ARM templates")."""
    return (
        key.casefold() == "copy"
        and isinstance(value, list)
        and all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in value)
    )


def _rounds(loop: dict[str, object], scope: Scope) -> object:
    rounds = count(loop, scope)
    if isinstance(rounds, Unknown):
        return rounds
    name = str(loop["name"])
    return [_evaluated(loop.get("input"), scope.inside(name, at)) for at in range(rounds)]


def _text(value: str, scope: Scope) -> object:
    if value.startswith("[["):
        return value[1:]
    if not (value.startswith("[") and value.endswith("]")):
        return unreplaced(value)
    try:
        return _compute(parse(value[1:-1]), scope)
    except BrokenExpressionError as error:
        return Unknown("{broken}", f"the expression here is broken: {error}")


def _compute(tree: Expression, scope: Scope) -> object:
    if not scope.effort.spend():
        return _ENDLESS
    if isinstance(tree, Literal):
        return tree.value
    if isinstance(tree, Call):
        if tree.name in _SPECIAL:
            return _SPECIAL[tree.name](tree, scope)
        lazy = LAZY.get(tree.name)
        return lazy(tree, scope, _compute) if lazy else _call(tree, scope)
    found = member(_compute(tree.target, scope), _compute(tree.key, scope))
    return None if tree.safe and absent(found) else found


def _call(tree: Call, scope: Scope) -> object:
    arguments = [_compute(each, scope) for each in tree.arguments]
    if place := _PLACES.get(tree.name):
        return place(arguments, scope)
    if tree.name in scope.functions:
        return _own_function(scope.functions[tree.name], arguments, scope)
    missing = next(filter(None, (_first_unknown(each, scope) for each in arguments)), None)
    if missing is not None and (not carries(tree.name, arguments) or missing in _LIMITS):
        return symbol(tree.name, arguments, missing)
    scope.effort.spend(sum(len(each) for each in arguments if isinstance(each, str | list)) // 8)
    try:
        return _identified(functions.call(tree.name, arguments), tree.name)
    except KeyError:
        return symbol(
            tree.name, arguments, Unknown("", f"{tree.name}() cannot be evaluated without Azure")
        )
    except functions.ArgumentError as error:
        return symbol(tree.name, arguments, missing or Unknown("", str(error)))


def _own_function(declared: object, arguments: Sequence[object], scope: Scope) -> object:
    """What a function that the template declares itself gives ("User-defined functions")."""
    parts = declared if isinstance(declared, dict) else {}
    names = [
        str(each.get("name", "")).casefold()
        for each in parts.get("parameters") or []
        if isinstance(each, dict)
    ]
    output = parts.get("output")
    given = dict(zip(names, arguments, strict=False))
    scope.effort.chain += 1
    deep = scope.effort.chain > _MAX_CHAIN
    value = output.get("value") if isinstance(output, dict) else None
    found = _DEEP if deep else evaluate(value, scope.of_function(given))
    scope.effort.chain -= 1
    return found


def _first_unknown(value: object, scope: Scope, depth: int = 0) -> Unknown | None:
    """The first unknown anywhere in a value; one that is too large or deep is unknown itself."""
    if not scope.effort.spend():
        return _ENDLESS
    if depth > _MAX_DEPTH:
        return _DEEP
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        inside = (_first_unknown(each, scope, depth + 1) for each in value)
        return next(filter(None, inside), None)
    return value if isinstance(value, Unknown) else None


def _named(tree: Call, scope: Scope) -> str | Unknown:
    """The one argument of `parameters` and `variables`: a name."""
    name = _compute(tree.arguments[0], scope) if tree.arguments else None
    if isinstance(name, Unknown):
        return name
    return name if isinstance(name, str) else ""


def _parameter(tree: Call, scope: Scope) -> object:
    name = _named(tree, scope)
    if isinstance(name, Unknown):
        return name
    folded = name.casefold()
    if folded in scope.given:
        return scope.given[folded]
    if folded not in scope.declared:
        return Unknown(f"{{{name}}}", f"parameter {shorten(name)} is not declared")
    return _default(name, scope.declared[folded], scope)


def _default(name: str, declared: object, scope: Scope) -> object:
    """The value of a parameter that is not set."""
    default = declared.get("defaultValue") if isinstance(declared, dict) else None
    if default is None and isinstance(declared, dict) and declared.get("nullable") is True:
        return None
    if default is None or (default == "" and _is_secret(declared)):
        return Unknown(f"{{{name}}}", f"parameter {shorten(name)} has no value", _GIVE)
    return _once(f"parameters {name.casefold()}", default, scope)


def _is_secret(declared: object) -> bool:
    kind = str(declared.get("type", "")) if isinstance(declared, dict) else ""
    return kind.casefold().startswith("secure")


def _variable(tree: Call, scope: Scope) -> object:
    name = _named(tree, scope)
    if isinstance(name, Unknown):
        return name
    folded = name.casefold()
    if folded in scope.variables:
        return _once(f"variables {folded}", scope.variables[folded], scope)
    loops = scope.variables.get("copy")
    for loop in loops if isinstance(loops, list) else []:
        if isinstance(loop, dict) and str(loop.get("name")).casefold() == folded:
            return _rounds(loop, scope)
    return Unknown(f"{{{name}}}", f"variable {shorten(name)} is not defined")


def _once(key: str, definition: object, scope: Scope) -> object:
    """A definition's value, evaluated when it is first asked for."""
    if key not in scope.known:
        name = key.partition(" ")[2]
        scope.known[key] = Unknown(f"{{{name}}}", f"{shorten(name)} refers to itself")
        scope.effort.chain += 1
        deep = scope.effort.chain > _MAX_CHAIN
        scope.known[key] = (
            Unknown(f"{{{name}}}", f"{shorten(name)} refers to too many others, one by one")
            if deep
            else evaluate(definition, scope)
        )
        scope.effort.chain -= 1
        if (limit := _first_unknown(scope.known[key], scope)) in _LIMITS:
            scope.known[key] = limit
    return scope.known[key]


def _copy_index(tree: Call, scope: Scope) -> object:
    values = [_compute(each, scope) for each in tree.arguments]
    loop = next((each for each in values if isinstance(each, str)), "")
    offset = next((each for each in values if isinstance(each, int)), 0)
    if loop.casefold() not in scope.loops:
        return Unknown("{copyIndex}", "copyIndex() stands outside of its copy loop")
    return scope.loops[loop.casefold()] + offset


def _reference(tree: Call, scope: Scope) -> object:
    what = _compute(tree.arguments[0], scope) if tree.arguments else None
    text = what.text if isinstance(what, Unknown) else str(what)
    known = scope.outputs(text.rstrip("/").rpartition("/")[2].casefold())
    if known is not None:
        return known
    return symbol(
        "reference", [text], Unknown("", "reference(...) is what Azure tells after deployment")
    )


def _resource_info(tree: Call, scope: Scope) -> object:
    """What `resourceInfo('symbol')` gives of a resource of the same template."""
    what = _compute(tree.arguments[0], scope) if tree.arguments else None
    text = what.text if isinstance(what, Unknown) else str(what)
    known = scope.symbols(text)
    if known is not None:
        return known
    why = f"resourceInfo() names {shorten(text)}, which is no resource of this template"
    return symbol("resourceInfo", [text], Unknown("", why))


_PLACES: Mapping[str, Callable[[Sequence[object], Scope], object]] = {
    "extensionresourceid": extension_id,
    "resourcegroup": resource_group,
    "resourceid": resource_id,
    "subscription": subscription,
    "subscriptionresourceid": subscription_id,
}
_SPECIAL: Mapping[str, Callable[[Call, Scope], object]] = {
    "copyindex": _copy_index,
    "parameters": _parameter,
    "reference": _reference,
    "resourceinfo": _resource_info,
    "variables": _variable,
}
