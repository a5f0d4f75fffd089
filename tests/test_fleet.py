"""One site's failure never touches another, whatever the number of workers."""

from __future__ import annotations

import threading

import pytest

from appliance.errors import ConnectError
from appliance.fleet import each


def _odd_ones_fail(number: int) -> int:
    if number % 2:
        raise ConnectError(f"site {number} is away")
    return number * 10


@pytest.mark.parametrize("workers", [1, 4, 100])
def test_every_target_answers(workers: int) -> None:
    answers = dict(each(_odd_ones_fail, range(20), workers=workers))
    assert set(answers) == set(range(20))
    assert [answers[n] for n in (0, 2, 18)] == [0, 20, 180]
    assert all(isinstance(answers[n], ConnectError) for n in (1, 3, 19))


def test_an_error_that_is_not_ours_is_a_defect_and_raised() -> None:
    def broken(number: int) -> int:
        raise ZeroDivisionError(number)

    with pytest.raises(ZeroDivisionError):
        list(each(broken, range(3), workers=2))


def test_they_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)

    def meet(number: int) -> int:
        together.wait()
        return number

    assert dict(each(meet, range(3), workers=3)) == {0: 0, 1: 1, 2: 2}


def test_no_targets_are_no_answers() -> None:
    assert list(each(_odd_ones_fail, [])) == []


def test_answers_of_thousands_are_not_in_memory_together() -> None:
    begun: list[int] = []

    def begin(number: int) -> int:
        begun.append(number)
        return number

    stream = each(begin, range(2000), workers=4)
    for taken in range(1, 400):
        next(stream)
        assert len(begun) <= taken + 8
    assert dict(stream).keys() <= set(range(2000))
    assert sorted(begun) == list(range(2000))
