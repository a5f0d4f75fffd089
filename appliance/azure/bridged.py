"""Resources that other tools keep under azurerm's names: Pulumi's `azure` provider and Crossplane.

Both are made of the Terraform provider ("Pulumi Terraform bridge", Crossplane's "Upjet"): the same
attributes in camelCase, Pulumi with lists in the plural and single blocks as objects. Crossplane
has what was asked for in `spec.forProvider`, and what there is in `status.atProvider`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from appliance.azure.azurerm import KINDS
from appliance.azure.renaming import (
    Apart,
    Block,
    Blocks,
    Given,
    Instances,
    Name,
    Negated,
    Prefixes,
    Ref,
    Rule,
    Table,
    moved,
)
from appliance.azure.tree import Node, fold

_PULUMI = re.compile(r"azure:\w+/(\w+):\w+")
_CROSSPLANE = re.compile(r"\bazure\b.*\.(?:upbound|crossplane)\.io/")
_TYPES: Mapping[str, str] = MappingProxyType(
    {fold(kind.removeprefix("azurerm_")): kind for kind in KINDS}
)


def bridged(node: Node) -> Node | None:
    """The resource in Azure's shape; None when the object is none of these tools'."""
    value = node.value if isinstance(node.value, dict) else {}
    found = _pulumi(value) or _crossplane(value)
    if found is None:
        return None
    kind, attributes, path = found
    table = KINDS[kind]
    given = Given(_renamed(attributes, table), f"{node.path}.{path}")
    return Node(moved(table, given), node.file, given.path, node.faults)


_Found = tuple[str, Mapping[str, object], str]


def _pulumi(value: Mapping[str, object]) -> _Found | None:
    named = _PULUMI.fullmatch(str(value.get("type"))) if "urn" in value else None
    kind = _TYPES.get(fold(named[1])) if named else None
    outputs = value.get("outputs")
    if kind is None or not isinstance(outputs, dict):
        return None
    return kind, {"id": value.get("id"), **outputs}, "outputs"


def _crossplane(value: Mapping[str, object]) -> _Found | None:
    """What there is, and what was asked for where that says more."""
    if not _CROSSPLANE.search(str(value.get("apiVersion"))):
        return None
    kind = _TYPES.get(fold(str(value.get("kind"))))
    asked, found = _inner(value, "spec", "forProvider"), _inner(value, "status", "atProvider")
    return None if kind is None or not found else (kind, {**asked, **found}, "status.atProvider")


def _inner(value: Mapping[str, object], outer: str, inner: str) -> Mapping[str, object]:
    held = value.get(outer)
    found = held.get(inner) if isinstance(held, dict) else None
    return found if isinstance(found, dict) else {}


def _renamed(values: Mapping[str, object], table: Table) -> dict[str, object]:
    """Attributes under azurerm's own names, blocks and what is in them as well."""
    names = _names(table)
    found: dict[str, object] = {}
    for key, value in values.items():
        name = next((one for one in _spellings(key) if one in names), None)
        if name is not None:
            known, inner = names[name]
            found[known] = value if inner is None else _blocks(value, inner)
    return found


def _blocks(value: object, table: Table) -> object:
    """A block, or a list of them, as a list."""
    each = value if isinstance(value, list) else [value]
    return [_renamed(one, table) if isinstance(one, dict) else one for one in each]


def _spellings(key: str) -> Iterator[str]:
    """How a name may be written: Pulumi has lists in the plural."""
    name = fold(key)
    yield name
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    yield from (name[: -len(end)] for end in ("es", "s") if name.endswith(end))


def _names(table: Table) -> dict[str, tuple[str, Table | None]]:
    """Names that a table asks for, folded: as it has them, and the table of what is in them."""
    asked = (one for rule in table.values() for one in _asked(rule))
    return {fold(name): (name, inner) for name, inner in asked}


def _asked(rule: Rule | str) -> Iterator[tuple[str, Table | None]]:
    match rule:
        case str():
            yield rule, None
        case Name():
            yield from ((name, None) for name in rule.names)
        case Negated():
            yield from ((name, None) for name in (rule.name, rule.alike))
        case Block() | Blocks():
            yield rule.name, rule.table
        case Instances():
            yield from _of_instances(rule)
        case Ref() | Prefixes():
            yield rule.name, None
        case Apart():
            yield from _names(rule.table).values()


def _of_instances(rule: Instances) -> Iterator[tuple[str, Table | None]]:
    if rule.holder:
        yield rule.holder, {name: name for name in rule.names}
    else:
        yield from ((name, rule.table) for name in rule.names)
