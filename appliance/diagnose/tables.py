"""A log that was saved as a table: comma, tab or semicolon between the cells, names on top."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from appliance.record import dataclass

_NAME = re.compile(r"[^\W\d][\w .\[\]/()-]{0,60}")
_TELLING = ("message", "msg", "timegenerated", "timecreated", "description", "details", "rawdata")
"""What a column of a log is called; without one of them a first line is no header."""
_WIDEST = 4_000


@dataclass(frozen=True, slots=True)
class Table:
    """The line of the header, what stands between two cells, and the columns' names."""

    header: int
    delimiter: str
    names: tuple[str, ...]


def table(text: str) -> Table | None:
    """The table that the text begins with; None where it is something else.

    `Export-Csv` of Windows PowerShell puts a line `#TYPE` above the header.
    """
    for at, line in enumerate(io.StringIO(text[: 2 * _WIDEST]), start=1):
        if line.startswith("#TYPE") or not line.strip():
            continue
        heads = (_header(at, line.strip(), between) for between in ",\t;")
        return next((one for one in heads if one is not None), None)
    return None


def _header(at: int, line: str, delimiter: str) -> Table | None:
    try:
        names = tuple(next(csv.reader([line], delimiter=delimiter), ()))
    except csv.Error:
        return None
    lower = [name.lower() for name in names]
    told = any(name.startswith(_TELLING) for name in lower)
    if len(names) < 2 or not told or not all(map(_NAME.fullmatch, names)):  # noqa: PLR2004 -- one is none
        return None
    return Table(at, delimiter, names)


def rows(text: str, of: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of each row's first line, and its cells by their columns' names.

    A row that is no row (a cell of more than 128 KiB) is left out.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=of.delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if number > of.header:
            yield number, dict(zip(of.names, cells, strict=False))
