"""Objects put into ARM's shape by tables: how each member of ARM's is made of Terraform's."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.azure.origin import Moved, Unknown
from appliance.record import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """An object of Terraform's, and its JSON path."""

    values: Mapping[str, object]
    path: str


@dataclass(frozen=True, slots=True)
class Name:
    """A plain member, under the first of these names that there is."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """A member that says the opposite of this one, or the same as `alike`, its older name."""

    name: str
    alike: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A member with a resource's id."""

    name: str


@dataclass(frozen=True, slots=True)
class Prefixes:
    """A member with a list of prefixes."""

    name: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """Nested blocks, all of them; their members are in `table`."""

    name: str
    table: Table


@dataclass(frozen=True, slots=True)
class Block:
    """The one nested block of this name."""

    name: str
    table: Table


@dataclass(frozen=True, slots=True)
class Apart:
    """An object of Azure's whose members stand beside the others in Terraform."""

    table: Table


@dataclass(frozen=True, slots=True)
class Instances:
    """Blocks or members, one for each gateway instance, that Azure keeps in one list.

    `table` is None where the members hold an address only.
    """

    holder: str
    names: tuple[str, str]
    table: Table | None


Rule = Name | Negated | Ref | Prefixes | Blocks | Block | Apart | Instances
_Made = Name | Negated | Ref | Prefixes | Blocks | Block | Instances
Table = Mapping[str, "Rule | str"]
"""ARM's name -> how to make it; text is a plain member's name, or with a `/` ARM's own type."""


def moved(table: Table, given: Given) -> Moved:
    """The object in ARM's shape; members that Terraform leaves out are left out."""
    members: dict[str, object] = {}
    origin: dict[str, str] = {}
    for arm, rule in table.items():
        if isinstance(rule, Apart):
            members[arm] = moved(rule.table, given)
            continue
        if isinstance(rule, str) and "/" in rule:
            members[arm] = rule
            continue
        found = _made(Name((rule,)) if isinstance(rule, str) else rule, given)
        if found is not None:
            members[arm], place = found
            origin[arm] = f"{given.path}.{place}"
    return Moved(members, origin)


def _made(rule: _Made, given: Given) -> tuple[object, str] | None:
    """A member's value and the name it has in Terraform; None when it is not there."""
    if isinstance(rule, Instances):
        return _instances(rule, given)
    if isinstance(rule, Negated):
        return _negated(rule, given)
    names = rule.names if isinstance(rule, Name) else (rule.name,)
    name = next((each for each in names if given.values.get(each) is not None), None)
    if name is None:
        return None
    value = given.values[name]
    if isinstance(value, Unknown) and isinstance(rule, Ref) and value.text.startswith("/"):
        value = value.text  # which resource is meant is known, though not its id
    if isinstance(value, Unknown) or isinstance(rule, Name):
        return value, name
    return _shaped(rule, value, Given(given.values, f"{given.path}.{name}")), name


def _negated(rule: Negated, given: Given) -> tuple[object, str] | None:
    value = given.values.get(rule.name)
    if value is not None:
        return (not value if isinstance(value, bool) else value), rule.name
    older = given.values.get(rule.alike)
    return None if older is None else (older, rule.alike)


def _shaped(rule: Ref | Prefixes | Blocks | Block, value: object, given: Given) -> object:
    if isinstance(rule, Ref):
        return Moved({"id": value}, {"id": given.path}) if value else None
    if isinstance(rule, Prefixes):
        return Moved({"addressPrefixes": value}, {"addressPrefixes": given.path})
    blocks = value if isinstance(value, list) else [value]
    found = [
        moved(rule.table, Given(block, f"{given.path}[{at}]")) if isinstance(block, dict) else block
        for at, block in enumerate(blocks)
    ]
    if isinstance(rule, Blocks):
        return found
    return found[0] if found else None


def _instances(rule: Instances, given: Given) -> tuple[object, str] | None:
    holder = given.values.get(rule.holder) if rule.holder else [dict(given.values)]
    if isinstance(holder, Unknown) or not holder:
        return (holder, rule.holder) if holder else None
    block = holder[0] if isinstance(holder, list) else holder
    found: list[object] = []
    path = f"{given.path}.{rule.holder}[0]" if rule.holder else given.path
    for number, name in enumerate(rule.names):
        value = block.get(name) if isinstance(block, dict) else None
        if value is not None and value not in ([], ""):
            found.append(_instance(rule, value, number, f"{path}.{name}"))
    return (found, rule.holder or rule.names[0]) if found else None


def _instance(rule: Instances, value: object, number: int, path: str) -> Moved:
    name = f"Instance{number}"
    if rule.table is None:
        return Moved(
            {"ipConfigurationId": name, "customBgpIpAddress": value}, {"customBgpIpAddress": path}
        )
    first = value[0] if isinstance(value, list) and value else value
    at = Given(first if isinstance(first, dict) else {}, f"{path}[0]")
    made = moved(rule.table, at)
    made["ipconfigurationId"] = name
    return made
