"""Whatever is in a file, importing it gives expectations or our own error, and shows no key."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.azure import as_inventory, document, inline, load
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


def shown(content: bytes) -> str:
    """Everything that importing these bytes says."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.json"
        file.write_bytes(content)
        try:
            found = load([file])
            assert found
            told = json.dumps(document(found)) + repr(found)
            for each in found:
                told += _inline(as_inventory(each))
        except ExpectationError as error:
            told = str(error) + repr(error)
    told.encode()
    return told


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
