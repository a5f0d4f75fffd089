"""A log as records: lines, with what belongs to a line joined to it; or the records of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from appliance.diagnose.tables import rows, table
from appliance.record import dataclass

_LONGEST = 4_000
"""Characters of one record that are looked at; a reason stands near its beginning."""
_GOES_ON = (" " * 8, "\t\t", "Proposal ", "ESP: Proposal ", "AH: Proposal ")
_EVENT = "</Event>"
_SPOKEN = ("message", "msg", "summary", "detailed", "id", "properties")
_SECRET = re.compile(r"shared.?key|secret|psk|passw|passphrase|private.?key", re.IGNORECASE)
_TIMES = ("time", "_time", "@time", "date", "eventtime")
_LISTS = ("records", "value", "results", "rows", "data", "events")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was logged: the number of its first line (of a JSON list: its place).

    `when` is its time where a field tells it; else the text begins with it.
    """

    number: int
    text: str
    when: str = ""


def records(text: str) -> Iterator[Record]:
    """What was logged, in its order. Anything that is not JSON as a whole is taken as lines."""
    document, columns = _json(text), table(text)
    if document is not None:
        told: Iterable[tuple[int, object]] = enumerate(_listed(document), start=1)
    elif columns is not None:
        told = rows(text, columns)
    else:
        yield from _lines(text)
        return
    for number, one in told:
        yield Record(number, _flat(one)[:_LONGEST], _when(one))


def _when(record: object) -> str:
    fields = record.items() if isinstance(record, dict) else ()
    return next((str(told) for name, told in fields if name.lower().startswith(_TIMES)), "")


def _json(text: str) -> object | None:
    if text.lstrip()[:1] not in ("[", "{"):
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found


def _listed(document: object) -> Iterator[object]:
    """The records of a document: an array, or the array in one of the usual envelopes."""
    match document:
        case list():
            yield from document
        case {"tables": [{"rows": list(found), **table}, *_]}:
            yield from _named(found, table.get("columns"))
        case dict():
            inner = next((document[name] for name in _LISTS if _is_list(document, name)), None)
            yield from [document] if inner is None else _listed(inner)
        case _:
            yield document


def _named(found: list[object], columns: object) -> Iterator[object]:
    """The rows of Log Analytics, each cell with the name of its column."""
    heads = columns if isinstance(columns, list) else []
    names = [str(one.get("name")) for one in heads if isinstance(one, dict)]
    for row in found:
        cells = row if isinstance(row, list) and len(row) == len(names) else None
        yield row if cells is None else dict(zip(names, cells, strict=True))


def _is_list(document: dict[str, object], name: str) -> bool:
    return isinstance(document.get(name), list)


def _flat(value: object) -> str:
    """All its words on one line, what people wrote first: `Message=... resource=...`."""
    match value:
        case dict():
            told = sorted(value.items(), key=lambda item: item[0].lower() not in _SPOKEN)
            return " ".join(f"{name}={_cell(name, inner)}" for name, inner in told)
        case list():
            return " ".join(map(_flat, value))
        case None:
            return ""
        case _:
            return str(value).replace("\n", " ")


def _cell(name: str, value: object) -> str:
    """A value; of a name that a key would have, only that it is there."""
    return "(not shown)" if _SECRET.search(name) else _flat(value)


def _lines(text: str) -> Iterator[Record]:
    """Lines; one that is indented, or goes on with a proposal, belongs to the line before it."""
    number, held = 0, ""
    for at, line in _parts(text):
        if held and (line.startswith(_GOES_ON) or _open(held)):
            held = f"{held} {line.strip()}"[:_LONGEST]
            continue
        if held:
            yield Record(number, held)
        number, held = at, line[:_LONGEST]
    if held:
        yield Record(number, held)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its number; a line of many XML events is as many parts."""
    for at, line in enumerate(text.splitlines(), start=1):
        if _EVENT in line:
            for part in line.split(_EVENT):
                if part.strip():
                    yield at, part + _EVENT
        else:
            yield at, line


def _open(held: str) -> bool:
    """Whether it is an XML event that has begun and not ended."""
    return (
        held.startswith(("<Event ", "- <Event "))
        and not held.endswith(_EVENT)
        and len(held) < _LONGEST
    )
