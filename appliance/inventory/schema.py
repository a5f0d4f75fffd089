"""The inventory's JSON Schema, and where it refuses what.

The schema is the only description of the inventory's shape: names, types, ranges and patterns are
read from it here too. `errorMessage` in it completes a sentence that begins with the value; editors
show the same words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import jsonschema_rs

from appliance.inventory.document import Path
from appliance.inventory.fault import nearest
from appliance.inventory.formats import FORMATS
from appliance.inventory.words import Rules, sentence, unknown_member
from appliance.record import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One thing the schema refuses: where, in words, and whether it is the member's name.

    `meant` is the member that a wrong or missing one stands for.
    """

    path: Path
    text: str
    at_name: bool = False
    meant: str | None = None


def schema() -> dict[str, object]:
    """The schema as `appliance schema inventory` prints it."""
    text = files("appliance.inventory").joinpath("schema.json").read_text("utf-8")
    return cast(dict[str, object], json.loads(text))


def verdicts(
    instance: object, drivers: tuple[str, ...] = (), *, layered: bool = False
) -> Iterator[Verdict]:
    """What the schema refuses, once for each place, the most telling reason first.

    `instance` is a whole inventory or, with `layered`, a mapping of names to merged sites.
    `drivers` are the names that `driver` may have; empty leaves that open.
    """
    rules = _rules(drivers)
    errors = _validator(drivers, layered).iter_errors(instance)
    seen: set[tuple[Path, bool, str | None]] = set()
    for error in sorted(errors, key=lambda error: error.kind.name != "format"):
        holder = _holder(rules, error.schema_path)
        for verdict in _judge(error, holder):
            place = (verdict.path, verdict.at_name, verdict.meant)
            if place not in seen:
                seen.add(place)
                yield verdict


def _judge(error: jsonschema_rs.ValidationError, rules: Rules) -> Iterator[Verdict]:
    path = tuple(error.instance_path)
    match error.kind.name:
        case "additionalProperties":
            known = sorted(cast(Rules, rules["properties"]))
            for name in cast(Mapping[str, list[str]], error.kind.as_dict())["unexpected"]:
                text = unknown_member(name, known, _homes())
                meant = nearest(name, known)
                yield Verdict(path=(*path, name), text=text, at_name=True, meant=meant)
        case "propertyNames":
            inner = cast(Mapping[str, jsonschema_rs.ValidationError], error.kind.as_dict())["error"]
            text = str(_holder(_rules(()), inner.schema_path)["errorMessage"])
            yield Verdict(path=(*path, str(inner.instance)), text=text, at_name=True)
        case "required":
            missing = cast(Mapping[str, str], error.kind.as_dict())["property"]
            yield Verdict(path=path, text=sentence(error, rules), at_name=True, meant=missing)
        case _:
            yield Verdict(path=path, text=sentence(error, rules))


def _holder(rules: Rules, path: list[str | int]) -> Rules:
    """The part of the schema that holds the keyword at `path`."""
    here: object = rules
    for step in path[:-1]:
        here = here[int(step)] if isinstance(here, list) else cast(Rules, here)[str(step)]
    return cast(Rules, here)


@cache
def _rules(drivers: tuple[str, ...]) -> Rules:
    """The schema, with `driver` narrowed to the names there are."""
    rules = schema()
    if drivers:
        parts = cast(Mapping[str, dict[str, dict[str, object]]], rules["$defs"])
        parts["device"]["properties"]["driver"] = {"type": "string", "enum": list(drivers)}
    return rules


@cache
def _validator(drivers: tuple[str, ...], layered: bool) -> jsonschema_rs.Draft202012Validator:  # noqa: FBT001 -- a cache key
    rules = dict(_rules(drivers))
    if layered:
        every = {"type": "object", "additionalProperties": {"$ref": "#/$defs/layered"}}
        rules = {"$schema": rules["$schema"], "$defs": rules["$defs"], **every}
    takes = {name: _taker(explain) for name, explain in FORMATS.items()}
    return jsonschema_rs.Draft202012Validator(rules, formats=takes, validate_formats=True)


def _taker(explain: Callable[[str], str | None]) -> Callable[[str], bool]:
    return lambda text: explain(text) is None


@cache
def _homes() -> Mapping[str, str]:
    """In which section of a site each member lives, as a dotted prefix; the first one wins."""
    parts = cast(Mapping[str, Rules], _rules(())["$defs"])
    homes: dict[str, str] = {}

    def walk(rules: Rules, prefix: str) -> None:
        for name, member in cast(Mapping[str, Rules], rules.get("properties", {})).items():
            target = str(member.get("$ref", "")).removeprefix("#/$defs/")
            homes.setdefault(name, prefix)
            walk(parts.get(target, member), f"{prefix}{name}.")

    walk(parts["partial"], "")
    return homes
