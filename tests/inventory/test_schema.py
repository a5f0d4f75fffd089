"""The schema: valid, complete for an editor, and of one mind with `load`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import jsonschema_rs
import pytest
import yaml

from appliance.errors import InventoryError
from appliance.inventory.build import _INLINE
from appliance.inventory.example import example
from appliance.inventory.formats import FORMATS
from appliance.inventory.load import load
from appliance.inventory.schema import schema, verdicts

Rules = Mapping[str, object]


def _parts(rules: object, path: str = "") -> Iterator[tuple[str, Rules]]:
    if isinstance(rules, dict):
        yield path, rules
        for name, inner in rules.items():
            if name not in {"enum", "examples", "const", "default", "required"}:
                yield from _parts(inner, f"{path}/{name}")
    elif isinstance(rules, list):
        for index, inner in enumerate(rules):
            yield from _parts(inner, f"{path}/{index}")


def test_is_a_valid_schema() -> None:
    jsonschema_rs.meta.validate(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    json.dumps(schema())


def test_editors_have_something_to_show() -> None:
    for path, rules in _parts(schema()):
        if re.search(r"/properties/\w+$", path) and "/layered/" not in path and "$ref" not in rules:
            assert (
                {"title", "description", "enum"} & set(rules) or "dpd" in path or "bgp" in path
            ), path
        for member in cast(Rules, rules.get("properties", {})).values():
            assert isinstance(member, dict)
        if "format" in rules:
            assert rules["format"] in FORMATS, path


def test_examples_and_defaults_in_it_are_right() -> None:
    whole = schema()
    for path, rules in _parts(whole):
        values = [
            *cast(list[object], rules.get("examples", [])),
            *([rules["default"]] if "default" in rules else ()),
        ]
        for value in values:
            alone = {**rules, "$defs": whole["$defs"]}
            jsonschema_rs.Draft202012Validator(alone).validate(value)
            if "format" in rules:
                assert FORMATS[str(rules["format"])](str(value)) is None, path


def test_words_of_azure_are_taken_in_any_case_and_no_others() -> None:
    found = 0
    for path, rules in _parts(schema()):
        branches = cast(list[Rules], rules.get("anyOf", []))
        if [set(branch) for branch in branches] != [{"enum"}, {"pattern"}]:
            continue
        found += 1
        words = cast(list[str], branches[0]["enum"])
        for word in words:
            for spelled in (word, word.lower(), word.upper(), word.swapcase()):
                assert re.search(str(branches[1]["pattern"]), spelled), (path, word)
            assert not re.search(str(branches[1]["pattern"]), f"{word}x"), (path, word)
    assert found == 8


def test_every_inline_member_reaches_the_azure_side() -> None:
    members = set(
        cast(dict[str, dict[str, dict[str, object]]], schema()["$defs"])["azure"]["properties"]
    )
    assert members - {"export", "live", "connection", "max_age_days"} == _INLINE


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in entries:
            yield from _paths(inner, (*path, step))


def _changed(path: tuple[str | int, ...], value: object) -> dict[str, object]:
    root: dict[str, object] = yaml.safe_load(example())
    here: object = root
    for step in path[:-1]:
        here = here[step]  # type: ignore[index]  # a path of this document
    here[path[-1]] = value  # type: ignore[index]  # as above
    return root


@pytest.mark.parametrize(
    "value", ["x y", "!", -1, True, None, [], {}, ["a", "a"], {"zz": 1}, 10**12]
)
def test_refuses_and_accepts_shapes_as_load_does(value: object, tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    for at in _paths(yaml.safe_load(example())):
        changed = _changed(at, value)
        path.write_text(json.dumps(changed))
        shape = list(verdicts(changed))
        try:
            load(path)
        except InventoryError as error:
            told = "\n".join(error.faults)
            assert all(verdict.text in told for verdict in shape), at
        else:
            assert not shape, at


def test_a_plain_validator_takes_the_example() -> None:
    """Editors know nothing of our formats."""
    validator = jsonschema_rs.Draft202012Validator(schema())
    validator.validate(yaml.safe_load(example()))
    broken = _changed(("sites", "site-a", "on_premises", "public_ip"), "203.0.113.10/32")
    assert not validator.is_valid(broken)
