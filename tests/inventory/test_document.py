"""The strict reader: what YAML means here, where everything stands, and nothing that crashes it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.errors import InventoryError
from appliance.inventory import document
from appliance.inventory.document import read
from appliance.inventory.load import load
from tests.growth import growth


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("y", "y"),
        ("1e3", "1e3"),
        ("1.5", "1.5"),
        ("17.10", "17.10"),
        (".inf", ".inf"),
        ("0777", "0777"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2026-11-21", "2026-11-21"),
        ("=", "="),
        ("9" * 19, "9" * 19),
        ("'true'", "true"),
        ('"22"', "22"),
        ("22", 22),
        ("-1", -1),
        ("+1", 1),
        ("0", 0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("''", ""),
        ("a b  c", "a b  c"),
        ("a#b", "a#b"),
        ("a #b", "a"),
    ],
)
def test_plain_values(written: str, value: object) -> None:
    found = read(f"name: {written}\n")
    assert found.faults == ()
    assert found.root == {"name": value}
    assert isinstance(found.root, dict)
    assert type(found.root["name"]) is type(value)


def test_names_are_text_whatever_they_look_like() -> None:
    found = read("{no: 1, 2: 2, null: 3, true: 4, 1e3: 5}")
    assert found.root == {"no": 1, "2": 2, "null": 3, "true": 4, "1e3": 5}
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1", "anchors"),
        ("a: *x", "aliases"),
        ("a: !!str 1", "tags"),
        ("a: ! 1", "tags"),
        ("a: !!python/object/apply:os.system [id]", "tags"),
        ("a: {<<: {b: 1}}", "merge keys"),
        ("a: 1\na: 2", "a second time; first on line 1"),
        ("a:", "no value here"),
        ("a: [1, ]\nb: ~", "null in disguise"),
        ('a: "x\\ny"', "line breaks"),
        ("a: |\n  x\n", "line breaks"),
        ('a: "\\u200bx"', "invisible"),
        ('"a\\0": 1', "invisible"),
        ("? {a: 1}\n: 1", "plain text"),
        ("a: 1\n--- \nb: 2", "second document"),
        ("%TAG ! x:\n---\na: 1", "directives"),
        ("", "empty"),
        ("# only a comment\n", "empty"),
        ("a: b: c", "a ':' too many"),
        ("a: 1\nb\n", "':' is missing"),
        ("a: [1, 2", "opened and not closed"),
        ('a: "\\q"', "unknown escape"),
        ("a: @b", "cannot begin with this character"),
        ("a:\n\tb: 1", "a tab in the indentation"),
        ("a: - b", "list cannot begin here"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    assert any(words in fault.text for fault in read(text).faults), read(text).faults


def test_places() -> None:
    found = read("a: 1\nbc:\n  - x\n  - {d: 'y', e: z}\n")
    assert found.place(("a",)) == (1, 4)
    assert found.place(("a",), name=True) == (1, 1)
    assert found.place(("bc", 0)) == (3, 5)
    assert found.place(("bc", 1, "d")) == (4, 9)
    assert found.place(("bc", 1, "e"), name=True) == (4, 14)
    assert found.place(("bc", 1, "nothing", "here")) == (4, 5)
    assert found.place(("nothing",)) == (1, 1)
    assert found.place(()) == (1, 1)
    assert found.has(("bc", 1, "e"))
    assert not found.has(("bc", 2))
    assert not found.has(("a", "b"))
    assert found.child_at((), 3) == ("bc",)
    assert found.child_at((), 1) == ("a",)
    assert found.child_at(("a",), 1) == ("a",)


def test_places_far_out() -> None:
    found = read("\n" * 100_000 + "a: " + " " * 5000 + "1")
    assert found.place(("a",)) == (100_001, 5004)


def test_bombs_are_small() -> None:
    laughs = "a: &a [x,x]\n" + "".join(f"b{i}: &b{i} [*a,*a,*a,*a]\n" for i in range(1000))
    assert len(read(laughs).faults) > 4000
    deep = read("[" * 100_000)
    assert "nested deeper" in deep.faults[-1].text
    assert "nested deeper" in read("- " * 5000 + "x").faults[-1].text
    assert "nested deeper" in read("{a: " * 5000).faults[-1].text


def test_a_limit_on_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 100)
    assert "split the inventory" in read("[" + "x," * 200 + "]").faults[-1].text


def test_without_libyaml_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "inventory.yaml").read_text()
    fast = read(text)
    monkeypatch.setattr(document, "_Parser", yaml.SafeLoader)
    pure = read(text)
    assert pure.root == fast.root
    assert list(pure.places.values()) == list(fast.places.values())
    assert read("a: &b *c").faults


@pytest.mark.parametrize("text", ["a", "a: ", "? ", "'", "&a ", "k{}: v\n"])
def test_hostile_text_takes_no_time(text: str) -> None:
    def repeated(count: int) -> None:
        read("".join(text.format(number) for number in range(count)))

    assert growth(repeated, 10_000, 40_000) < 10, "four times as much, squared: sixteen"


SNIPPETS = st.sampled_from(
    """version: 1|sites:|  site-a:|    device:|      driver: cisco_ios|defaults:|groups: {g: {}}|
    groups: [g]|    psk: env:A|    psk: Canary|      port: 99999999999999999999|
    azure: {export: []}|  - x|- |? |: |&a |*a|!!x |{|}|[|]|,|"|'|\\|#|%|@|\t|---|...|null|~|
    true|1.0|    on_premises:|      prefixes: [10.0.0.0/8, 1.2.3.4/33]|<<: |
    on_premises: {public_ip: 1.2.3.4, prefixes: [[]]}|    azure: {endpoints: [{}], bgp: 1}|
    device: {tunnel: {addresses: [x], dpd: []}}|\u2028|\ufeff""".split("|")  # noqa: SIM905 -- forty quoted snippets cannot be read
)


@given(
    st.lists(SNIPPETS, max_size=30).map("\n".join) | st.lists(SNIPPETS, max_size=30).map("".join)
)
@example("sites: {a: {groups: [[]]}}")
@example("version: 1\nsites: {a: {azure: {endpoints: [1, {address: []}], bgp: {enabled: true}}}}")
def test_mangled_inventories_raise_nothing_else(text: str) -> None:
    _load(text.encode())


@given(st.text() | st.text(alphabet=":-?[]{}&*!|>'\"%@`,# \n\t01ab~<."))
def test_random_text_raises_nothing_else(text: str) -> None:
    _load(text.encode("utf-8", "surrogatepass"))


@given(st.binary())
def test_random_bytes_raise_nothing_else(data: bytes) -> None:
    _load(data)


MEMBERS = (
    "device on_premises azure psk tags groups driver host port prefixes bgp asn address endpoints "
    "policy tunnel addresses export interfaces outside dpd mss mtu"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS.split()), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(st.fixed_dictionaries({"version": st.just(1), "sites": st.dictionaries(st.just("a"), JSON)}))
def test_any_shape_raises_nothing_else(value: dict[str, object]) -> None:
    _load(yaml.safe_dump(value, allow_unicode=True).encode())


def _load(data: bytes) -> None:
    path = Path(tempfile.gettempdir()) / f"inventory-fuzz-{os.getpid()}.yaml"
    path.write_bytes(data)
    told = ""
    try:
        load(path, drivers=("cisco_ios",))
    except InventoryError as error:
        told = str(error)
    finally:
        path.unlink()
    assert "Canary" not in told
