"""What the expressions of one template refer to, and what only Azure knows of its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
    definitions. `outputs` gives a nested deployment's outputs by its name. `loops` are the indexes
    of copy loops, the innermost also under "".
    """

    given: Mapping[str, object]
    declared: Mapping[str, object]
    variables: Mapping[str, object]
    group: str = "{resourceGroup}"
    loops: Mapping[str, int] = field(default_factory=dict)
    outputs: Callable[[str], object] = lambda _: None
    known: dict[str, object] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)

    def inside(self, loop: str, index: int) -> Scope:
        """The scope of one round of a copy loop."""
        return Scope(
            self.given,
            self.declared,
            self.variables,
            self.group,
            {**self.loops, loop.casefold(): index, "": index},
            self.outputs,
            self.known,
            self.effort,
        )


def resource_id(values: Sequence[object], scope: Scope) -> object:
    """The id of a resource, with placeholders for what a template does not tell."""
    parts = [each.text if isinstance(each, Unknown) else str(each) for each in values]
    at = next((index for index, part in enumerate(parts) if "/" in part.strip("/")), None)
    if at is None:
        return Unknown("{resourceId}", "resourceId() names no type of resource")
    provider, *kinds = parts[at].strip("/").split("/")
    names = [name for part in parts[at + 1 :] for name in part.split("/")]
    tail = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, names, strict=False))
    group = parts[at - 1] if at else scope.group
    subscription = f"/subscriptions/{parts[0]}" if at > 1 else f"{PLACEHOLDER}subscription}}"
    return f"{subscription}/resourceGroups/{group}/providers/{provider}/{tail}"


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
