"""Functions of template expressions whose arguments are evaluated as needed, or several times.

Conditions ("Logical functions") and lambda functions ("Lambda functions for ARM templates"), whose
variables are read by `lambdaVariables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cmp_to_key
from types import MappingProxyType

from appliance.azure import functions
from appliance.azure.origin import Unknown
from appliance.azure.scope import Scope
from appliance.azure.spelling import shorten
from appliance.azure.syntax import Call, Expression, Literal

Compute = Callable[[Expression, Scope], object]
_ABSENT = "{absent}"
_ENDLESS = "the template takes too long to evaluate"


def absent(value: object) -> bool:
    """Whether a value is unknown because a member was asked for that is not there."""
    return isinstance(value, Unknown) and value.text == _ABSENT


def member(target: object, key: object) -> object:
    """What is under a key or an index of a value; unknown where there is nothing."""
    if isinstance(target, Unknown):
        name = key.text if isinstance(key, Unknown) else functions.text(key)
        return Unknown(f"{target.text}.{name}", target.why, target.hint)
    if isinstance(key, Unknown):
        return key
    try:
        return functions.member(target, key)
    except (LookupError, TypeError, StopIteration):
        why = f"an expression asks for {shorten(str(key))}, which is not there"
        return Unknown(_ABSENT, why)


def _if(tree: Call, scope: Scope, compute: Compute) -> object:
    if len(tree.arguments) != 3:  # noqa: PLR2004 -- condition, then, else
        return Unknown("{if}", "if() takes three arguments")
    condition = compute(tree.arguments[0], scope)
    if isinstance(condition, Unknown):
        return Unknown("{if}", condition.why, condition.hint)
    return compute(tree.arguments[1 if condition is True else 2], scope)


def _both(tree: Call, scope: Scope, compute: Compute) -> object:
    return _decided(tree, scope, compute, decisive=False)


def _either(tree: Call, scope: Scope, compute: Compute) -> object:
    return _decided(tree, scope, compute, decisive=True)


def _decided(tree: Call, scope: Scope, compute: Compute, *, decisive: bool) -> object:
    """`and`, `or`: one decisive argument decides, whatever is unknown beside it."""
    values = [compute(each, scope) for each in tree.arguments]
    if any(value is decisive for value in values):
        return decisive
    return next((each for each in values if isinstance(each, Unknown)), not decisive)


def _coalesce(tree: Call, scope: Scope, compute: Compute) -> object:
    values = (compute(each, scope) for each in tree.arguments)
    return next((value for value in values if value is not None), None)


def _try_get(tree: Call, scope: Scope, compute: Compute) -> object:
    """`tryGet(object, key, ...)`: null where a member is not there."""
    found, *keys = [compute(each, scope) for each in tree.arguments] or [None]
    for key in keys:
        found = member(found, key)
        if isinstance(found, Unknown):
            return None if absent(found) else found
    return found


def _applied(
    tree: Call, at: int, values: tuple[object, ...], scope: Scope, compute: Compute
) -> object:
    """What the lambda function among the arguments at a place gives for values."""
    made = tree.arguments[at] if at < len(tree.arguments) else None
    if not (isinstance(made, Call) and made.name == "lambda" and made.arguments):
        return Unknown("{lambda}", f"{tree.name}() is called without a lambda function")
    *names, body = made.arguments
    called = [name.value for name in names if isinstance(name, Literal)]
    given = {str(name).casefold(): each for name, each in zip(called, values, strict=False)}
    return compute(body, scope.with_lambdas(given))


def _elements(tree: Call, scope: Scope, compute: Compute) -> list[object] | Unknown:
    """The first argument's elements; those of an object are pairs of `key` and `value`."""
    found = compute(tree.arguments[0], scope) if tree.arguments else None
    if isinstance(found, dict):
        return [{"key": key, "value": found[key]} for key in found]
    if isinstance(found, list):
        return found if scope.effort.spend(len(found)) else Unknown("{endless}", _ENDLESS)
    return found if isinstance(found, Unknown) else Unknown("{list}", f"{tree.name}() of no list")


def _map(tree: Call, scope: Scope, compute: Compute) -> object:
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown):
        return found
    return [_applied(tree, 1, (each, at), scope, compute) for at, each in enumerate(found)]


def _filter(tree: Call, scope: Scope, compute: Compute) -> object:
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown):
        return found
    kept = [_applied(tree, 1, (each, at), scope, compute) for at, each in enumerate(found)]
    undecided = next((each for each in kept if isinstance(each, Unknown)), None)
    return undecided or [each for each, keep in zip(found, kept, strict=True) if keep is True]


def _reduce(tree: Call, scope: Scope, compute: Compute) -> object:
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown) or len(tree.arguments) < 3:  # noqa: PLR2004 -- list, start, lambda
        return (
            found if isinstance(found, Unknown) else Unknown("{reduce}", "reduce() of too little")
        )
    result = compute(tree.arguments[1], scope)
    for at, each in enumerate(found):
        result = _applied(tree, 2, (result, each, at), scope, compute)
    return result


def _sort(tree: Call, scope: Scope, compute: Compute) -> object:
    """`sort(list, lambda(a, b))`; the lambda says whether the first belongs before the second."""
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown):
        return found
    undecided: list[Unknown] = []

    def order(one: object, other: object) -> int:
        first = _applied(tree, 1, (one, other), scope, compute)
        if isinstance(first, Unknown):
            undecided.append(first)
        if first is True:
            return -1
        return int(_applied(tree, 1, (other, one), scope, compute) is True)

    ordered = sorted(found, key=cmp_to_key(order))
    return undecided[0] if undecided else ordered


def _to_object(tree: Call, scope: Scope, compute: Compute) -> object:
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown):
        return found
    made: dict[str, object] = {}
    for each in found:
        key = _applied(tree, 1, (each,), scope, compute)
        if isinstance(key, Unknown):
            return key
        given = len(tree.arguments) > 2  # noqa: PLR2004 -- list, key, value
        made[str(key)] = _applied(tree, 2, (each,), scope, compute) if given else each
    return made


def _group_by(tree: Call, scope: Scope, compute: Compute) -> object:
    found = _elements(tree, scope, compute)
    if isinstance(found, Unknown):
        return found
    groups: dict[str, list[object]] = {}
    for each in found:
        key = _applied(tree, 1, (each,), scope, compute)
        if isinstance(key, Unknown):
            return key
        groups.setdefault(str(key), []).append(each)
    return groups


def _map_values(tree: Call, scope: Scope, compute: Compute) -> object:
    found = compute(tree.arguments[0], scope) if tree.arguments else None
    if not isinstance(found, dict):
        known = isinstance(found, Unknown)
        return found if known else Unknown("{object}", "mapValues() of no object")
    return {key: _applied(tree, 1, (found[key],), scope, compute) for key in found}


def _lambda_variable(tree: Call, scope: Scope, compute: Compute) -> object:
    name = compute(tree.arguments[0], scope) if tree.arguments else None
    if isinstance(name, str) and name.casefold() in scope.lambdas:
        return scope.lambdas[name.casefold()]
    return Unknown(f"{{{name}}}", f"{shorten(str(name))} is no variable of a lambda function here")


LAZY: Mapping[str, Callable[[Call, Scope, Compute], object]] = MappingProxyType(
    {
        "and": _both,
        "coalesce": _coalesce,
        "filter": _filter,
        "groupby": _group_by,
        "if": _if,
        "lambdavariables": _lambda_variable,
        "map": _map,
        "mapvalues": _map_values,
        "or": _either,
        "reduce": _reduce,
        "sort": _sort,
        "toobject": _to_object,
        "tryget": _try_get,
    }
)
"""By name in small letters."""
