"""What a plan's attributes refer to: keys, modules, variables, outputs, and circles."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.azure.references import Configuration, place


def _refers(*references: str) -> dict[str, object]:
    return {"references": list(references)}


def _resource(address: str, **expressions: object) -> dict[str, object]:
    return {"address": address, "expressions": expressions}


def test_an_address_has_modules_a_name_and_a_key() -> None:
    found = place('module.a["x.y[0]"].module.b[3].data.azurerm_subnet.s["k\\"]."]')
    assert found.steps == (("a", '["x.y[0]"]'), ("b", "[3]"))
    assert (found.name, found.key) == ("data.azurerm_subnet.s", '["k\\"]."]')


HUB: dict[str, Any] = {
    "resources": [
        _resource("azurerm_c.each", to=_refers("azurerm_l.each", "each.key")),
        _resource("azurerm_c.first", to=_refers('azurerm_l.each["a"].id', "azurerm_l.each")),
        _resource("azurerm_c.any", to=_refers("azurerm_l.each")),
        _resource("azurerm_c.out", to=_refers("module.hub.gateway", "module.hub")),
        _resource("azurerm_c.kept", to=_refers("module.site.id", "module.site", "each.key")),
        _resource("azurerm_c.local", to=_refers("local.id", "path.module")),
    ],
    "module_calls": {
        "hub": {
            "expressions": {"given": _refers("azurerm_l.single.id", "azurerm_l.single")},
            "module": {
                "outputs": {"gateway": {"expression": _refers("azurerm_g.g.id", "azurerm_g.g")}},
                "resources": [_resource("azurerm_c.up", to=_refers("var.given"))],
            },
        },
        "site": {
            "for_each_expression": _refers("var.sites"),
            "module": {"outputs": {"id": {"expression": _refers("azurerm_s.s.id")}}},
        },
        "round": {
            "expressions": {"x": _refers("module.round.y", "module.round.z")},
            "module": {
                "outputs": {
                    "y": {"expression": _refers("var.x", "var.w")},
                    "z": {"expression": _refers("var.x", "var.w")},
                },
                "resources": [_resource("azurerm_c.lost", to=_refers("var.x"))],
            },
        },
    },
}
PLANNED = (
    'azurerm_l.each["a"]',
    'azurerm_l.each["b"]',
    "azurerm_l.single",
    "module.hub.azurerm_g.g",
    'module.site["a"].azurerm_s.s',
    'module.site["b"].azurerm_s.s',
)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ('azurerm_c.each["b"]', 'azurerm_l.each["b"]'),
        ("azurerm_c.first", 'azurerm_l.each["a"]'),
        ("azurerm_c.any", None),
        ("azurerm_c.out", "module.hub.azurerm_g.g"),
        ('azurerm_c.kept["b"]', 'module.site["b"].azurerm_s.s'),
        ("azurerm_c.local", None),
        ("module.hub.azurerm_c.up", "azurerm_l.single"),
        ("module.round.azurerm_c.lost", None),
        ("module.none.azurerm_c.c", None),
    ],
)
def test_one_resource_or_none(address: str, target: str | None) -> None:
    plan = Configuration(HUB, PLANNED)
    at = place(address)
    assert plan.target(at, plan.expressions(at).get("to")) == target


@pytest.mark.parametrize("root", [None, [], {"resources": 3}, {"module_calls": {"hub": None}}])
def test_what_is_no_configuration_refers_to_nothing(root: object) -> None:
    plan = Configuration(root, PLANNED)
    at = place("module.hub.azurerm_c.up")
    assert plan.expressions(at) == {}
    assert plan.target(at, _refers("var.given", "module.hub.x", "azurerm_l.each")) is None
