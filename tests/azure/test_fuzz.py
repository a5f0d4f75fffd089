"""Whatever is in a file, importing it gives expectations or our own error, and shows no key."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.azure import Expectation, as_inventory, document, inline, load
from appliance.errors import ExpectationError, InventoryError

EXPORTS = Path(__file__).parent / "exports"
CANARY = "CanaryKey77Xq"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Step = str | int


def everything() -> list[Json]:
    """All hand-written exports of a rich deployment as one list, with a key in the connection."""
    found: list[Json] = []
    for shape in ("rest", "az"):
        files = sorted((EXPORTS / f"active-active-{shape}").iterdir())
        found += [json.loads(file.read_text()) for file in files]
    for part in found:
        if isinstance(part, dict) and "connections" in str(part["type"]):
            part["sharedKey"] = CANARY
    return found


BASE = everything()


def paths(value: Json, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


PATHS = [path for path in paths(BASE) if path and path[-1] != "sharedKey"]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "None", "PFSMM", "10.0.0.0/8", "::/0", "fe80::1", "256.1.1.1"]),
    st.sampled_from(["@{Id=x}", "null", "{", "[1]", '{"id": 3}', "true", "IKEv1", "PolicyBased"]),
    st.sampled_from(["\ud800", "\x1b[31m", "²", "/subscriptions/x", "System.Object[]"]),
)
VALUES: st.SearchStrategy[Json] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "name", "value", "Count", "properties", "addressPrefixes"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def mutate(value: Json, path: tuple[Step, ...], new: Json) -> Json:
    if not path:
        return new
    head, *rest = path
    if isinstance(value, dict) and isinstance(head, str) and head in value:
        return value | {head: mutate(value[head], tuple(rest), new)}
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        return [*value[:head], mutate(value[head], tuple(rest), new), *value[head + 1 :]]
    return value


SOURCES = Path(__file__).parent / "sources"
FOREIGN: list[Json] = [
    json.loads((SOURCES / name).read_text())
    for name in (
        "quickstart.json",
        "bicep-modules.json",
        "conditions.json",
        "open-policy.json",
        "state-azurerm4.tfstate",
        "state-of-wan.tfstate",
        "plan-change.json",
        "azapi.json",
        "wan-config.json",
        "wan-rest-gateway.json",
    )
]
FOREIGN_PATHS = [(at, path) for at, base in enumerate(FOREIGN) for path in paths(base) if path]
PLAIN = [
    (SOURCES / name).read_text().splitlines(keepends=True)
    for name in ("script-ios.txt", "script-asa-bgp.txt", "list-view.txt", "list-view-cut.txt")
]
EXPRESSIONS = st.one_of(
    VALUES,
    st.sampled_from(
        [
            "[variables('vnetID')]",
            "[concat(parameters('sites'), parameters('sites'))]",
            "[reference('network').outputs]",
            "[copyIndex()]",
            "[[literal]",
            "[if(true(), null(), json('{'))]",
            "[range(0, 99999999)]",
            "[format('{0}{9}', 1)]",
            "[" + "createArray(" * 30 + ")" * 30 + "]",
            "[parameters('key').a.?b[?0]]",
            "[resourceId('a/b')]",
            "[",
            "['it''s']",
            {"name": "x", "count": "[1]", "input": "[copyIndex('x')]"},
            [{"name": "addressPrefixes", "count": 900, "input": 1}],
        ]
    ),
    st.text(alphabet="[]()'.,{}abc019$-/ ", max_size=30).map(lambda text: f"[{text}]"),
)


def shown(content: bytes, name: str = "export.json") -> str:
    """Everything that importing these bytes says."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        try:
            found = load([file])
            assert found
            told = json.dumps(document(found)) + repr(found)
            for each in found:
                told += _inline_of(each)
        except ExpectationError as error:
            told = str(error) + repr(error)
    told.encode()
    return told


def _inline_of(expectation: Expectation) -> str:
    """What is inline of it; default lists of other gateways, and no address, cannot be."""
    try:
        return _inline(as_inventory(expectation))
    except ExpectationError as error:
        return str(error)


def _inline(values: dict[str, object]) -> str:
    azure = values["azure"]
    assert isinstance(azure, dict)
    return repr(inline.load(azure, name="x", where="inventory.yaml:1:1"))


QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@QUICK
@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=1, max_size=3))
def test_mutations_of_an_export(changes: list[tuple[tuple[Step, ...], Json]]) -> None:
    value: Json = BASE
    for path, new in changes:
        value = mutate(value, path, new)
    assert CANARY not in shown(json.dumps(value).encode())


@QUICK
@given(st.lists(st.tuples(st.sampled_from(FOREIGN_PATHS), EXPRESSIONS), min_size=1, max_size=3))
def test_mutations_of_foreign_sources(
    changes: list[tuple[tuple[int, tuple[Step, ...]], Json]],
) -> None:
    chosen = changes[0][0][0]
    value = FOREIGN[chosen]
    for (at, path), new in changes:
        value = mutate(value, path, new) if at == chosen else value
    shown(json.dumps(value).encode())


@QUICK
@given(st.sampled_from(PLAIN), st.data())
def test_mutations_of_plain_text(text: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(text), max_size=len(text)))
    cut = data.draw(st.integers(min_value=0, max_value=len(text)))
    shown("".join(text[:cut] + kept).encode(), "export.txt")


@pytest.mark.parametrize(
    "expression",
    [
        "[concat(variables('v0'), variables('v0'))]",
        "[createArray(variables('v0'), variables('v0'))]",
        "[mul(variables('v0'), variables('v0'))]",
        "[union(variables('v0'), createArray(variables('v0')))]",
        "[replace(variables('v0'), 'x', variables('v0'))]",
    ],
)
def test_templates_that_grow_are_stopped(expression: str) -> None:
    """Sixty variables, each made of the one before twice: more than any machine could hold."""
    variables: dict[str, Json] = {"v0": "[createArray('x')]" if "union" in expression else "xx"}
    if "mul" in expression:
        variables["v0"] = 10
    for at in range(1, 60):
        variables[f"v{at}"] = expression.replace("v0", f"v{at - 1}")
    template = mutate(FOREIGN[0], ("variables",), variables)
    name = ("resources", 1, "properties", "dpdTimeoutSeconds")
    told = shown(json.dumps(put(template, name, "[variables('v59')]")).encode())
    assert "dpdTimeoutSeconds" in told or "$: the template takes too long to evaluate" in told


def test_copies_of_copies_are_stopped() -> None:
    """Eight deployments in one another, 800 of each: 10 to the 23 connections."""
    part: Json = {"type": "Microsoft.Network/virtualNetworks", "name": "v", "properties": {}}
    for at in range(8):
        part = {
            "type": "Microsoft.Resources/deployments",
            "name": "[concat('d', string(copyIndex()))]",
            "copy": {"name": f"c{at}", "count": 800},
            "properties": {"template": {"resources": [part]}},
        }
    told = shown(json.dumps(mutate(FOREIGN[0], ("resources", 0), part)).encode())
    assert "the template takes too long to evaluate" in told


def put(value: Json, path: tuple[Step, ...], new: Json) -> Json:
    """Like `mutate`, but the last member need not be there yet."""
    *outer, last = path
    target = value
    for step in outer:
        target = target[step]  # type: ignore[index]  # JSON of a known shape
    assert isinstance(target, dict)
    return mutate(value, tuple(outer), target | {str(last): new})


@QUICK
@given(VALUES)
def test_any_json(value: Json) -> None:
    shown(json.dumps(value).encode())


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    shown(content)


@QUICK
@given(st.integers(min_value=0, max_value=len(json.dumps(BASE)) - 1))
def test_every_truncation_is_told(length: int) -> None:
    told = shown(json.dumps(BASE)[:length].encode())
    assert "export.json" in told
    assert CANARY not in told


INLINE = [
    "endpoints",
    "vnet_prefixes",
    "on_premises_prefixes",
    "ike_version",
    "policy",
    "policy_based_selectors",
    "selectors",
    "connection_mode",
    "dpd_seconds",
    "bgp",
]


@QUICK
@given(st.dictionaries(st.sampled_from(INLINE), VALUES))
def test_any_inline_values(values: dict[str, object]) -> None:
    try:
        told = repr(inline.load(values, name="x", where="inventory.yaml:1:1"))
    except InventoryError as error:
        told = str(error)
    assert told.encode()
