"""Writes docs/faults.md from the rows and the tests that are there."""

from __future__ import annotations

import sys

from tests.faults import matrix

if __name__ == "__main__":
    TESTS = matrix.collect()
    SHOWN = matrix.cells(TESTS)
    matrix.PAGE.write_text(matrix.page(SHOWN), encoding="utf-8")
    LACKING = [*matrix.gaps(SHOWN), *matrix.dangling(TESTS)]
    sys.stdout.write("\n".join([*LACKING, f"{len(LACKING)} gaps", ""]))
    sys.exit(bool(LACKING))
