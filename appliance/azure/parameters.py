"""Values for a template's parameters: of files, deployments' records, and what links pass.

As in "Create Resource Manager parameter file".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appliance.azure.expressions import evaluate
from appliance.azure.origin import Unknown
from appliance.azure.scope import Scope
from appliance.azure.spelling import shorten
from appliance.azure.tokens import unreplaced
from appliance.azure.tree import Node


def folded(value: object) -> dict[str, object]:
    """An object by folded names; empty for what is none."""
    if not isinstance(value, dict):
        return {}
    return {name.casefold(): inner for name, inner in value.items()}


def given(
    template: Node, files: Sequence[Node], templates: int
) -> tuple[dict[str, object], Node | None]:
    """Values for a template's parameters, and the file they are from."""
    declared = set(folded(folded(template.value).get("parameters")))
    fitting = [node for node in files if set(values_of(node)) <= declared and values_of(node)]
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
    return (values_of(chosen[0]), chosen[0]) if chosen else ({}, None)


def _belongs(parameters: str, template: str) -> bool:
    """Whether `site.parameters.json` or `site.parameters.prod.json` stands beside `site.json`."""
    stem = template.removesuffix(".json")
    return parameters.startswith(f"{stem}.param")


def values_of(node: Node) -> dict[str, object]:
    """The values of a parameter file, or of a deployment's record."""
    parameters = node.get("parameters")
    entries = folded(parameters.value) if parameters is not None else {}
    return {
        name: _value(name, entry) for name, entry in entries.items() if not _left_out(folded(entry))
    }


def _left_out(entry: Mapping[str, object]) -> bool:
    """Whether a parameter is not set: the portal's file names them all, each with null."""
    return "value" in entry and entry["value"] is None and "reference" not in entry


def _value(name: str, entry: object) -> object:
    inner = folded(entry)
    if inner.get("value") is not None:
        return unreplaced(inner["value"])
    why = "is in a key vault" if "reference" in inner else "is not shown"
    return Unknown(f"{{{name}}}", f"the value of parameter {shorten(name)} {why}")


def passed(parameters: object, scope: Scope) -> Iterator[tuple[str, object]]:
    """The values that a deployment gives to parameters; one that is null leaves the default."""
    for name, entry in folded(parameters).items():
        value = evaluate(entry, scope)
        if isinstance(value, Unknown):
            yield name, value
        elif not _left_out(folded(value)):
            yield name, _value(name, value)
