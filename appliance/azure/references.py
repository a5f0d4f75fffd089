"""What attributes of a Terraform plan refer to, before anything has an id.

A plan's configuration names for each attribute what its expression uses ("JSON Output Format",
expression representation): resources, variables of a module, and outputs of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from appliance.record import dataclass

_KEY = r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]'
_STEP = re.compile(rf"module\.([\w-]+)({_KEY})?\.")
_RESOURCE = re.compile(rf"((?:data\.)?[a-z]\w*\.[\w-]+)({_KEY})?(?:\.|$)")
_OUTPUT = re.compile(rf"module\.([\w-]+)({_KEY})?\.([\w-]+)")
_NO_RESOURCES = ("each.", "count.", "local.", "path.", "self.", "terraform.", "var.", "module.")
_DEEPEST = 32

Steps = tuple[tuple[str, str], ...]
"""Modules from the root down: the name of each, and its key in brackets or ""."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address: its modules, `type.name`, and the key of `count` or `for_each` or ""."""

    steps: Steps
    name: str
    key: str


def place(address: str) -> Place:
    """The parts of a resource's address."""
    steps: list[tuple[str, str]] = []
    position = 0
    while (step := _STEP.match(address, position)) is not None:
        steps.append((step[1], step[2] or ""))
        position = step.end()
    found = _RESOURCE.match(address, position)
    name, key = (found[1], found[2] or "") if found else (address[position:], "")
    return Place(tuple(steps), name, key)


class Configuration:
    """The configuration of a plan, and the addresses of what is planned."""

    def __init__(self, root: object, addresses: Sequence[str]) -> None:
        self._root = _object(root)
        self._planned: dict[tuple[tuple[str, ...], str], list[tuple[Place, str]]] = {}
        for address in addresses:
            at = place(address)
            self._planned.setdefault(_kind(at), []).append((at, address))
        self._said: dict[tuple[str, ...], dict[str, Mapping[str, object]]] = {}

    def expressions(self, at: Place) -> Mapping[str, object]:
        """What is said of the attributes of a resource."""
        names = tuple(name for name, _ in at.steps)
        if names not in self._said:
            resources = _list(self._module(at.steps).get("resources"))
            self._said[names] = {
                str(_object(one).get("address")): _object(_object(one).get("expressions"))
                for one in resources
            }
        return self._said[names].get(at.name, {})

    def target(self, at: Place, expression: object) -> str | None:
        """The address of the one planned resource that an expression there refers to, if any."""
        said = _list(_object(expression).get("references"))
        meant = tuple(self._meant(at.steps, at.key, tuple(map(str, said)), set()))
        found = {address for one in meant if (address := self._one(one, at.key)) is not None}
        return found.pop() if len(found) == 1 else None

    def _one(self, meant: Place, key: str) -> str | None:
        """The planned resource that is meant; of several that with the key of who refers to it."""
        near = [
            (at, address)
            for at, address in self._planned.get(_kind(meant), ())
            if all(
                not ours[1] or ours == own for ours, own in zip(meant.steps, at.steps, strict=True)
            )
        ]
        for wanted in (meant.key, key):
            same = [address for at, address in near if wanted and at.key == wanted]
            if len(same) == 1:
                return same[0]
        return near[0][1] if len(near) == 1 else None

    def _meant(
        self, steps: Steps, key: str, references: tuple[str, ...], seen: set[tuple[Steps, str]]
    ) -> Iterator[Place]:
        """The resources that references in a module lead to, through variables and outputs.

        Each is followed once: `seen` are those that were, by the module they stand in.
        """
        fresh = [one for one in dict.fromkeys(references) if (steps, one) not in seen]
        seen.update((steps, one) for one in fresh)
        for reference in fresh if len(steps) < _DEEPEST else ():
            if reference.startswith("var.") and steps:
                yield from self._of_variable(steps, reference.split(".")[1], seen)
            elif output := _OUTPUT.match(reference):
                called, own, name = output[1], output[2] or "", output[3]
                inside = (*steps, (called, own or self._same_key(steps, called, key)))
                yield from self._meant(inside, "", self._of_output(inside, name), seen)
            elif not reference.startswith(_NO_RESOURCES) and (found := _RESOURCE.match(reference)):
                yield Place(steps, found[1], found[2] or "")

    def _same_key(self, steps: Steps, called: str, key: str) -> str:
        """The key under which a module is called that has as many instances as who refers to it."""
        call = self._call((*steps, (called, "")))
        return key if "for_each_expression" in call or "count_expression" in call else ""

    def _of_variable(
        self, steps: Steps, name: str, seen: set[tuple[Steps, str]]
    ) -> Iterator[Place]:
        given = _object(_object(self._call(steps).get("expressions")).get(name.partition("[")[0]))
        references = tuple(map(str, _list(given.get("references"))))
        yield from self._meant(steps[:-1], steps[-1][1], references, seen)

    def _of_output(self, steps: Steps, name: str) -> tuple[str, ...]:
        outputs = _object(self._module(steps).get("outputs"))
        expression = _object(_object(outputs.get(name)).get("expression"))
        return tuple(map(str, _list(expression.get("references"))))

    def _call(self, steps: Steps) -> Mapping[str, object]:
        calls = _object(self._module(steps[:-1]).get("module_calls"))
        return _object(calls.get(steps[-1][0]))

    def _module(self, steps: Steps) -> Mapping[str, object]:
        found = self._root
        for name, _ in steps[:_DEEPEST]:
            found = _object(_object(_object(found.get("module_calls")).get(name)).get("module"))
        return found


def _kind(at: Place) -> tuple[tuple[str, ...], str]:
    return tuple(name for name, _ in at.steps), at.name


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
