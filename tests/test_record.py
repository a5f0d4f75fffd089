"""A record behaves as the frozen, slotted dataclass that type checkers take it for."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping

import pytest

from appliance.record import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Point:
    """A test's record."""

    x: int
    y: int = 2
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    note: str = field(default="", compare=False, repr=False)

    @property
    def total(self) -> int:
        return self.x + self.y


@dataclass(frozen=True, slots=True)
class Pair:
    """A record with positional fields."""

    left: int
    right: int = 0


def test_equality_and_hash_follow_the_compared_fields() -> None:
    assert Point(x=1) == Point(x=1, note="other")
    assert hash(Point(x=1)) == hash(Point(x=1, note="other"))
    assert Point(x=1) != Point(x=2)
    other: object = Pair(1, 2)
    assert Point(x=1) != other


def test_repr_shows_what_is_to_be_shown() -> None:
    assert repr(Point(x=1, note="hidden")) == "Point(x=1, y=2, tags={})"


def test_a_record_cannot_be_changed() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match="frozen: 'x'"):
        point.x = 5  # type: ignore[misc]  # what is tested
    with pytest.raises(AttributeError, match="frozen: 'z'"):
        point.z = 5  # type: ignore[attr-defined]  # what is tested
    assert not hasattr(point, "__dict__")


def test_missing_and_unknown_fields_are_named() -> None:
    with pytest.raises(TypeError, match=r"Point\(\) needs 'x'"):
        Point()  # type: ignore[call-arg]  # what is tested
    with pytest.raises(TypeError, match=r"Point\(\) has no z"):
        Point(x=1, z=2)  # type: ignore[call-arg]  # what is tested
    with pytest.raises(TypeError, match="positional"):
        Point(1)  # type: ignore[call-arg]  # what is tested
    with pytest.raises(TypeError, match="takes 2 positional"):
        Pair(1, 2, 3)  # type: ignore[call-arg]  # what is tested


def test_each_record_has_a_default_of_its_own() -> None:
    assert Point(x=1).tags is not Point(x=1).tags


def test_order_is_that_of_the_fields() -> None:
    assert sorted([Point(x=2), Point(x=1, y=3), Point(x=1)]) == [
        Point(x=1),
        Point(x=1, y=3),
        Point(x=2),
    ]
    assert Point(x=1) <= Point(x=1)
    assert Point(x=2) > Point(x=1)
    assert Point(x=2) >= Point(x=1)


def test_positional_fields_and_matching() -> None:
    match Pair(1, 2):
        case Pair(left, right):
            assert (left, right) == (1, 2)


def test_replace_copy_and_methods() -> None:
    assert replace(Point(x=1), y=9) == Point(x=1, y=9)
    assert copy.deepcopy(Point(x=1, tags={"a": "b"})) == Point(x=1, tags={"a": "b"})
    assert Point(x=1).total == 3


def test_dataclasses_take_it_for_one_of_theirs() -> None:
    point = Point(x=1, tags={"a": "b"}, note="n")
    assert dataclasses.is_dataclass(point)
    assert [one.name for one in dataclasses.fields(point)] == ["x", "y", "tags", "note"]
    assert dataclasses.asdict(point) == {"x": 1, "y": 2, "tags": {"a": "b"}, "note": "n"}
    assert dataclasses.replace(point, x=5) == Point(x=5, tags={"a": "b"})


def test_it_agrees_with_dataclasses_on_the_model() -> None:
    """The same class made by both has the same repr, hash, order and equality."""
    made = dataclasses.make_dataclass(
        "Pair", [("left", int), ("right", int, 0)], frozen=True, slots=True, order=True
    )
    assert repr(made(1, 2)) == repr(Pair(1, 2)).replace("Pair", made.__qualname__)
    assert hash(made(1, 2)) == hash(Pair(1, 2))
