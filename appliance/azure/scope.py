"""What the expressions of one template refer to, and what only Azure knows of its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from appliance.azure.origin import PLACEHOLDER, Unknown

_MAX_STEPS = 500_000


@dataclass(slots=True)
class Effort:
    """What evaluating one template may still take."""

    steps: int = _MAX_STEPS
    chain: int = 0

    def spend(self, steps: int = 1) -> bool:
        """Take steps; False when none are left."""
        self.steps -= steps
        return self.steps > 0


@dataclass(slots=True)
class Scope:
    """What expressions refer to; names without case.

    `given` are values of parameters, `declared` the declarations of parameters, `variables` their
    definitions. `outputs` gives a nested deployment's outputs by its name, `symbols` the id, name
    and type of the resource with a symbolic name (`gw`, `site[0]`). `loops` are the indexes of copy
    loops, the innermost also under "". `functions` are the template's own, by full name, and
    `lambdas` the variables of those lambda functions that are being evaluated.
    """

    given: Mapping[str, object]
    declared: Mapping[str, object]
    variables: Mapping[str, object]
    group: str = "{resourceGroup}"
    loops: Mapping[str, int] = field(default_factory=dict)
    outputs: Callable[[str], object] = lambda _: None
    symbols: Callable[[str], object] = lambda _: None
    known: dict[str, object] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    functions: Mapping[str, object] = field(default_factory=dict)
    lambdas: Mapping[str, object] = field(default_factory=dict)

    def inside(self, loop: str, index: int) -> Scope:
        """The scope of one round of a copy loop."""
        return replace(self, loops={**self.loops, loop.casefold(): index, "": index})

    def with_lambdas(self, values: Mapping[str, object]) -> Scope:
        """The scope in a lambda function, with the values of its variables."""
        return replace(self, lambdas={**self.lambdas, **values})

    def of_function(self, given: Mapping[str, object]) -> Scope:
        """The scope in one of the template's own functions: its parameters, and no variables."""
        own = Scope(given, {}, {}, self.group)
        own.effort, own.functions = self.effort, self.functions
        return own


def _texts(values: Sequence[object]) -> list[str]:
    return [each.text if isinstance(each, Unknown) else str(each) for each in values]


def resource_id(values: Sequence[object], scope: Scope) -> object:
    """The id of a resource, with placeholders for what a template does not tell."""
    parts = _texts(values)
    at = next((index for index, part in enumerate(parts) if "/" in part.strip("/")), None)
    if at is None:
        return Unknown("{resourceId}", "resourceId() names no type of resource")
    group = parts[at - 1] if at else scope.group
    subscription = f"/subscriptions/{parts[0]}" if at > 1 else f"{PLACEHOLDER}subscription}}"
    return f"{subscription}/resourceGroups/{group}{_provided(parts[at:])}"


def extension_id(values: Sequence[object], scope: Scope) -> object:
    """`extensionResourceId(owner, type, names)`, which Bicep writes for other groups, too."""
    del scope
    owner, *parts = _texts(values) or [""]
    if not (owner and parts):
        return Unknown("{extensionResourceId}", "extensionResourceId() names no resource")
    return f"{owner}{_provided(parts)}"


def subscription_id(values: Sequence[object], scope: Scope) -> object:
    """`subscriptionResourceId([subscription], type, names)`."""
    del scope
    parts = _texts(values)
    told = bool(parts) and "/" not in parts[0]
    subscription = f"/subscriptions/{parts[0]}" if told else f"{PLACEHOLDER}subscription}}"
    return f"{subscription}{_provided(parts[told:])}"


def _provided(parts: Sequence[str]) -> str:
    """The end of an id, of a type and names."""
    provider, *kinds = parts[0].strip("/").split("/") if parts else [""]
    names = [name for part in parts[1:] for name in part.split("/")]
    tail = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=False))
    return f"/providers/{provider}/{tail}"


def resource_group(values: Sequence[object], scope: Scope) -> object:
    """`resourceGroup()`: all of it is unknown."""
    del values
    why = "a template does not tell its resource group"
    return {
        "id": Unknown(f"{PLACEHOLDER}subscription}}/resourceGroups/{scope.group}", why),
        "name": Unknown(scope.group, why),
        "location": Unknown("{location}", why),
    }


def subscription(values: Sequence[object], scope: Scope) -> object:
    """`subscription()`: all of it is unknown."""
    del values, scope
    why = "a template does not tell its subscription"
    return {
        "id": Unknown(f"{PLACEHOLDER}subscription}}", why),
        "subscriptionId": Unknown("{subscription}", why),
        "tenantId": Unknown("{tenant}", why),
    }
