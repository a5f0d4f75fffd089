"""Which test shows which cell of the fault matrix: collected, checked, and written as a table."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.faults.row import ALL, VENDORS, Row
from tests.faults.rows import ROWS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
HERE = "tests/faults"
Cells = Mapping[tuple[int, str], tuple[str, ...]]

_HEAD = """# What can go wrong, and the test that shows what happens then

Each row is a fault, and each column a vendor. A cell has a dot where tests show it, against a lab
device over its real protocol, and a dash where it cannot occur, with the reason.

The page is written by `python -m tests.faults`, and `tests/faults/test_matrix.py` fails when a cell
has neither. What the lab devices are: [lab.md](lab.md). What is promised: [safety.md](safety.md).
"""


def collect() -> tuple[str, ...]:
    """The ids of all tests that the matrix may point to, as pytest collects them.

    Raises ValueError where pytest cannot collect: a file that is not there, or does not load.
    """
    files = {HERE, *(name.partition("::")[0] for row in ROWS for name in _elsewhere(row))}
    words = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
    done = subprocess.run(  # noqa: S603 -- our own words
        [*words, *sorted(files)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=110
    )
    if done.returncode:
        raise ValueError(f"{done.stdout[done.stdout.find('= ERRORS =') :]}{done.stderr}")
    return tuple(line for line in done.stdout.splitlines() if "::" in line)


def cells(tests: Iterable[str]) -> Cells:
    """By row and driver the tests that show it, ids of parameters left out."""
    found: dict[tuple[int, str], dict[str, None]] = {}
    tests = tuple(tests)
    for number, driver, test in (*_named(tests), *_pointed(tests)):
        found.setdefault((number, driver), {})[test] = None
    return {cell: tuple(names) for cell, names in found.items()}


def gaps(shown: Cells) -> Iterator[str]:
    """What the matrix lacks, and what contradicts itself in it."""
    numbers = [row.number for row in ROWS]
    if numbers != list(range(1, 61)):
        yield f"the rows are {numbers}"
    for row in ROWS:
        for driver in VENDORS:
            never, tests = _never(row, driver), shown.get((row.number, driver), ())
            if not never and not tests:
                yield f"{row.number} {driver}: no test shows it: {row.fault}"
            if never and tests:
                yield f"{row.number} {driver}: it cannot occur, and yet there is {tests[0]}"
        for strange in {*row.never, *row.elsewhere} - {*VENDORS, ALL}:
            yield f"{row.number}: there is no driver {strange}"


def dangling(tests: Iterable[str]) -> Iterator[str]:
    """Tests that rows point to and that do not exist."""
    known = tuple(tests)
    for row in ROWS:
        for name in _elsewhere(row):
            if not any(_is(test, name) for test in known):
                yield f"{row.number}: there is no {name}"


def page(shown: Cells) -> str:
    """The page of the documentation."""
    heads = ("#", "what happens", "what is done", *VENDORS.values(), "shown by")
    rows = ["| " + " | ".join(heads) + " |", "| --- " * len(heads) + "|"]
    for row in ROWS:
        marks = ("-" if _never(row, driver) else "•" for driver in VENDORS)
        cells = (str(row.number), row.fault, row.safe, *marks, _shown_by(row, shown))
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join([_HEAD, *rows, ""])


def _shown_by(row: Row, shown: Cells) -> str:
    """Each test with the vendors it shows it for, then why it cannot occur where it cannot."""
    by: dict[str, list[str]] = {}
    for driver in VENDORS:
        never = _never(row, driver)
        for what in (*shown.get((row.number, driver), ()), *([never] if never else ())):
            by.setdefault(what, []).append(driver)
    said = []
    for what, drivers in by.items():
        name = f"`{what}`" if what.startswith("tests/") else what
        everywhere = len(drivers) == len(VENDORS)
        said.append(name if everywhere else f"{_titles(drivers)}: {name}")
    return "; ".join(said)


def _titles(drivers: Iterable[str]) -> str:
    return ", ".join(VENDORS[driver] for driver in drivers)


def _named(tests: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    for test in tests:
        match = re.match(rf"{HERE}/\w+\.py::test_(\d\d)_\w+(?:\[(.*)\])?$", test)
        if match:
            told = [driver for driver in VENDORS if driver in (match[2] or "")]
            for driver in told or VENDORS:
                yield int(match[1]), driver, test.partition("[")[0]


def _pointed(tests: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    for row in ROWS:
        for who, names in row.elsewhere.items():
            for name in names:
                if any(_is(test, name) for test in tests):
                    for driver in VENDORS if who == ALL else (who,):
                        yield row.number, driver, name.partition("[")[0]


def _is(test: str, name: str) -> bool:
    return test == name or test.startswith(f"{name}[")


def _elsewhere(row: Row) -> Iterator[str]:
    for names in row.elsewhere.values():
        yield from names


def _never(row: Row, driver: str) -> str:
    return row.never.get(driver) or row.never.get(ALL, "")
