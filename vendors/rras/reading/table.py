"""What `Format-Table` prints, as the objects it was printed from: columns under dashes."""

from __future__ import annotations

import re

from vendors.rras.reading.located import Record

_DASHES = re.compile(r" *-+(?: +-+)* *")


def table(text: str) -> tuple[Record, ...]:
    """The rows of every table in the text. What is cut with `...` is left out of its row."""
    return tables(text)[0]


def tables(text: str) -> tuple[tuple[Record, ...], frozenset[int]]:
    """The rows of every table, and the numbers of all lines that are part of one."""
    rows = text.splitlines()
    found: list[Record] = []
    lines: set[int] = set()
    for number, row in enumerate(rows):
        if number and _DASHES.fullmatch(row):
            columns = _columns(rows[number - 1], row)
            below = _records(rows, number + 1, columns)
            found += below
            lines |= {number, number + 1, *(one.line for one in below)}
    return tuple(found), frozenset(lines)


def _columns(head: str, dashes: str) -> list[tuple[int, str]]:
    """Where each column begins, and its name."""
    starts = [match.start() for match in re.finditer(r"-+", dashes)]
    ends = [*starts[1:], len(head) + 1]
    return [(start, head[start:end].strip()) for start, end in zip(starts, ends, strict=True)]


def _records(rows: list[str], first: int, columns: list[tuple[int, str]]) -> list[Record]:
    found = []
    for number, row in enumerate(rows[first:], start=first):
        if not row.strip():
            break
        ends = [*(start for start, _ in columns[1:]), len(row)]
        members: dict[str, object] = {
            name: value
            for (start, name), end in zip(columns, ends, strict=True)
            if (value := row[start:end].strip()) and not value.endswith(("...", "\u2026"))
        }
        lines = dict.fromkeys(members, number + 1)
        found.append(Record(number + 1, members, lines, json=False, row=row.strip()))
    return found
