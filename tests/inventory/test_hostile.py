"""No value that could act as more than a value gets past the inventory, in any member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import pytest

from appliance.inventory.schema import schema, verdicts

HOSTILE = (
    *("a\nb", "a\rb", "a\x00b", "a\x1bb", "a\x07b", "a\u2028b", "a!b", "a;b", "a|b", "a&b", "a b"),
    *("a{{b}}", "a{%b%}", "a$(b)", "a`b`", "a'b", 'a"b', "a\u2019b", "a\u201cb", "a<b", "a?b"),
)
OURS = {
    "key_file",
    "seal_to",
    "require_signed_plan",
    "ca",
    "export",
    "password",
    "enable_secret",
    "psk",
}
"""Paths and references on our own side: they are opened, never sent anywhere."""

Members = Mapping[str, object]


def _strings(name: str, rules: Members) -> Iterator[tuple[str, ...]]:
    """Paths of the members that are text, from the site down; `[]` stands for a list's entry."""
    target = str(rules.get("$ref", "")).removeprefix("#/$defs/")
    if target:
        rules = cast(Members, cast(Members, schema()["$defs"])[target])
    kinds = rules.get("type", [])
    if "string" in (kinds if isinstance(kinds, list) else [kinds]):
        yield (name,)
    if "items" in rules:
        yield from ((name, *path) for path in _strings("[]", cast(Members, rules["items"])))
    for member, inner in cast(Members, rules.get("properties", {})).items():
        if member not in OURS:
            yield from ((name, *path) for path in _strings(member, cast(Members, inner)))


PATHS = sorted({path[1:] for path in _strings("site", {"$ref": "#/$defs/partial"})})


def _site(path: tuple[str, ...], value: str) -> object:
    made: object = value
    for step in reversed(path):
        made = [made] if step == "[]" else {step: made}
    return made


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_hostile_value_is_refused_where_it_stands(path: tuple[str, ...]) -> None:
    for value in HOSTILE:
        found = verdicts({"version": 1, "sites": {"site-a": _site(path, value)}})
        told = [one.path for one in found if len(one.path) >= len(path)]
        assert told, f"{'.'.join(path)} takes {value!r}"


def test_all_of_a_site_was_looked_at() -> None:
    assert {path[0] for path in PATHS} >= {"device", "on_premises", "azure"}
    assert len(PATHS) > 20


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_a_site_is_refused(name: str) -> None:
    assert any(one.at_name for one in verdicts({"version": 1, "sites": {name: {}}}))
