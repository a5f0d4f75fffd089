"""The verdicts of a JSON Schema validator in the words of somebody who edits an inventory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

import jsonschema_rs

from appliance.inventory.fault import nearest, suggestion
from appliance.inventory.formats import FORMATS, secret_reference

Rules = Mapping[str, object]

_SHOWN = 60
_KINDS = {
    "object": "a mapping (name: value)",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


def sentence(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    """What is wrong with the value that `rules`, a part of the schema, refused."""
    if rules.get("format") == "secret-reference":
        return secret_reference(error.instance if isinstance(error.instance, str) else "") or ""
    kind = error.kind.name
    if kind in _SPOKEN:
        return _SPOKEN[kind](error, rules)
    if "errorMessage" in rules:
        return _own_words(error.instance, rules)
    return f"{shown(error.instance)} is not taken here"


def shown(value: object) -> str:
    """A value as it may stand in a message: short, and as YAML spells it."""
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= _SHOWN else f"'{value[:_SHOWN]}...'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "a mapping"


def _own_words(value: object, rules: Rules) -> str:
    """The schema's `errorMessage`, made a sentence; with the nearest of the words it lists."""
    message = str(rules["errorMessage"])
    if isinstance(value, dict | list):
        return message
    return (
        f"{shown(value)} {message}"
        if message.startswith("is ")
        else f"{message}, not {shown(value)}"
    )


def _type(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    wanted = rules["type"]
    names = [wanted] if isinstance(wanted, str) else list(cast(list[str], wanted))
    kinds = " or ".join(_KINDS[name] for name in names if name != "null")
    if kinds == _KINDS["object"] and isinstance(error.instance, str):
        return f"must be {kinds}, not text"  # which may be a line in bad quotes, with a key in it
    return f"must be {kinds}, not {_kind(error.instance)}{_type_hint(error.instance, names)}"


def _kind(value: object) -> str:
    match value:
        case str():
            return f"the text {shown(value)}"
        case bool() | None:
            return shown(value)
        case int():
            return f"the number {value}"
        case _:
            return shown(value)


_TRUTH = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def _type_hint(value: object, names: list[str]) -> str:
    if isinstance(value, str) and "boolean" in names:
        truth = _TRUTH.get(value.casefold(), value.casefold())
        return f"; write {truth}, without quotes" if truth in {"true", "false"} else ""
    if isinstance(value, str) and "integer" in names:
        digits = value.strip().lstrip("+0") or "0"
        return f"; write {digits}" if digits.isascii() and digits.isdecimal() else ""
    if isinstance(value, str | int) and "array" in names:
        return f"; write [{value}]" if len(str(value)) <= _SHOWN else "; write it in [brackets]"
    if isinstance(value, int) and "string" in names:
        return f"; write it in quotes: '{shown(value)}'"
    return ""


def _enum(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    options = [str(word) for word in cast(list[object], rules["enum"]) if word is not None]
    listed = ", ".join(options)
    digits = "".join(filter(str.isdecimal, str(error.instance)))
    close = f"; write {digits}" if digits in options else suggestion(str(error.instance), options)
    return f"{shown(error.instance)} is not one of {listed}{close}"


def _any_of(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    if "errorMessage" in rules:
        return _own_words(error.instance, rules)
    branches = cast(list[Rules], rules["anyOf"])
    return _enum(error, next(branch for branch in branches if "enum" in branch))


def _format(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    return FORMATS[str(rules["format"])](str(error.instance)) or ""


def _range(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    low, high = rules.get("minimum"), rules.get("maximum")
    span = (
        f"{low} to {high}"
        if low is not None and high is not None
        else (f"at least {low}" if high is None else f"at most {high}")
    )
    return f"must be {span}, not {shown(error.instance)}"


def _items(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    count = len(cast(list[object], error.instance))
    if error.kind.name == "minItems":
        return f"must have at least {rules['minItems']} entry, or not be there"
    return f"has {count} entries; at most {rules['maxItems']} are taken"


def _unique(error: jsonschema_rs.ValidationError, _: Rules) -> str:
    entries = cast(list[object], error.instance)
    twice = next((entry for at, entry in enumerate(entries) if entry in entries[:at]), None)
    return f"lists {shown(twice)} twice"


def _length(error: jsonschema_rs.ValidationError, rules: Rules) -> str:
    if error.instance == "":
        return "must not be empty"
    return (
        f"is {len(str(error.instance))} characters long; at most {rules.get('maxLength')} are taken"
    )


def _required(error: jsonschema_rs.ValidationError, _: Rules) -> str:
    return f"'{cast(Mapping[str, str], error.kind.as_dict())['property']}' is missing"


def unknown_member(name: str, known: list[str], elsewhere: Mapping[str, str]) -> str:
    """What to say of a member that is not taken here; `elsewhere` maps names to their section."""
    meant = nearest(name, known)
    if meant is not None:
        return f"unknown member; did you mean '{meant}'?"
    home = nearest(name, elsewhere)
    if home is not None:
        return f"unknown member; did you mean '{elsewhere[home]}{home}'?"
    return f"unknown member; known here: {', '.join(known)}"


_SPOKEN: Mapping[str, Callable[[jsonschema_rs.ValidationError, Rules], str]] = MappingProxyType(
    {
        "type": _type,
        "enum": _enum,
        "anyOf": _any_of,
        "format": _format,
        "minimum": _range,
        "maximum": _range,
        "minItems": _items,
        "maxItems": _items,
        "uniqueItems": _unique,
        "minLength": _length,
        "maxLength": _length,
        "required": _required,
    }
)
