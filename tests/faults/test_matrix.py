"""Every cell of the fault matrix has a test, or a reason; and the check can fail."""

from __future__ import annotations

import pytest

from tests.faults import matrix
from tests.faults.row import ALL
from tests.faults.rows import ROWS, VENDORS


@pytest.fixture(scope="module")
def tests() -> tuple[str, ...]:
    return matrix.collect()


def test_every_cell_has_a_test_or_a_reason(tests: tuple[str, ...]) -> None:
    assert list(matrix.gaps(matrix.cells(tests))) == []


def test_every_test_that_is_pointed_to_exists(tests: tuple[str, ...]) -> None:
    assert list(matrix.dangling(tests)) == []


def test_the_page_is_as_written_last(tests: tuple[str, ...]) -> None:
    page = matrix.PAGE.read_text(encoding="utf-8")
    assert page == matrix.page(matrix.cells(tests)), "python -m tests.faults writes it"


def test_a_cell_without_a_test_is_a_gap() -> None:
    """The check itself, without any test: every cell that applies is named."""
    lacking = list(matrix.gaps(matrix.cells(())))
    applying = [row for row in ROWS for driver in VENDORS if not {driver, ALL} & {*row.never}]
    assert len(lacking) == len(applying)
    assert "2 rras: no test shows it" in " ".join(lacking)


@pytest.mark.parametrize(
    ("test", "drivers"),
    [
        ("tests/faults/test_x.py::test_02_words[rras-3]", ["rras"]),
        ("tests/faults/test_x.py::test_02_words[first-cisco_asa]", ["cisco_asa"]),
        ("tests/faults/test_x.py::test_02_words[odd]", list(VENDORS)),
        ("tests/faults/test_x.py::test_02_words", list(VENDORS)),
        ("tests/faults/test_x.py::test_words[rras]", []),
        ("tests/faults/test_x.py::test_words[tests/faults/test_x.py::test_02_words]", []),
        ("tests/other/test_x.py::test_02_words[rras]", []),
    ],
)
def test_a_test_counts_for_the_driver_in_its_id(test: str, drivers: list[str]) -> None:
    assert [driver for number, driver in matrix.cells([test]) if number == 2] == drivers
