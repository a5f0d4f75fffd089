"""Exports that are no JSON: YAML of az, tables with commas, and PowerShell's Export-Clixml.

Each becomes the values that the same export has as JSON.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from xml.etree import ElementTree

MAX_YAML = 1024 * 1024
_PLAIN_NUMBERS = frozenset({"I16", "I32", "I64", "U16", "U32", "U64", "By", "SB"})
_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ALIAS = re.compile(r"^[^#\n\"']*(?:[:-] +|\[ *)\*\w", re.M)
_MAX_DEPTH = 64
_Known = Mapping[str, ElementTree.Element]


def yaml_documents(text: str) -> list[object]:
    """The documents of a YAML text. Raises `ValueError` where it is none."""
    import yaml  # noqa: PLC0415 -- exports in YAML only

    if len(text) > MAX_YAML:
        raise ValueError(f"YAML of more than {MAX_YAML} characters, which takes too long to read")

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # as built
        """Without dates: a time is text here, as in JSON."""

    Loader.yaml_implicit_resolvers = {
        mark: [(tag, rule) for tag, rule in rules if not tag.endswith(":timestamp")]
        for mark, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    if _ALIAS.search(text):  # a few lines of them can make gigabytes
        raise ValueError("YAML with aliases, which no export has")
    try:
        return [each for each in yaml.load_all(text, Loader) if each is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"this is neither JSON nor YAML: broken{where}") from None


def is_csv(text: str) -> bool:
    """Whether a text is a table with a column of ids, and one of properties (or PowerShell's)."""
    header = _header(text)
    names = {name.strip(' "').casefold() for name in header.split(_delimiter(header))}
    return "id" in names and bool({"properties", "provisioningstate"} & names)


def rows(text: str) -> list[object]:
    """The rows of a table as objects; JSON in a cell stays text. Raises `ValueError`."""
    header = _header(text)
    table = StringIO(text[text.index(header) :], newline="")
    try:
        found = csv.DictReader(table, restkey="", delimiter=_delimiter(header))
        return [dict(row) for row in found]
    except csv.Error as error:
        raise ValueError(f"broken CSV: {error}") from None


def clixml(text: str) -> list[object]:
    """The objects in what Export-Clixml wrote. Raises `ValueError` where it is broken."""
    if "<!DOCTYPE" in text:
        raise ValueError("XML with a document type, which PowerShell does not write")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 -- no document type: nothing expands
    except ElementTree.ParseError as error:
        raise ValueError(f"broken XML: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    known = {each.get("RefId", ""): each for each in root.iter("Obj")}
    return [_value(each, known, 0) for each in root]


def _header(text: str) -> str:
    """The first line, behind the type that PowerShell puts above."""
    lines = (line for line in text.split("\n", 3) if not line.startswith("#TYPE"))
    return next(lines, "").rstrip("\r")


def _delimiter(header: str) -> str:
    """What stands between columns: Excel writes semicolons where the comma is in numbers."""
    return max(",;\t", key=header.count)


def _value(element: ElementTree.Element, known: _Known, depth: int) -> object:
    if depth > _MAX_DEPTH:
        raise ValueError(f"nested deeper than {_MAX_DEPTH} levels")
    tag = element.tag
    if tag == "Ref":
        meant = known.get(element.get("RefId", ""))
        return None if meant is None else _value(meant, known, depth + 1)
    if tag == "Obj":
        return _object(element, known, depth)
    text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), element.text or "")
    if tag in _PLAIN_NUMBERS:
        return int(text) if text.lstrip("-").isdigit() else text
    return {"Nil": None, "B": text == "true"}.get(tag, text)


def _object(element: ElementTree.Element, known: _Known, depth: int) -> object:
    """An object's members, a list's elements, or where PowerShell stopped its words for it."""
    members: dict[str, object] = {}
    for part in element:
        if part.tag in _LISTS:
            return [_value(each, known, depth + 1) for each in part]
        if part.tag in ("Props", "MS"):
            members |= {each.get("N", ""): _value(each, known, depth + 1) for each in part}
        elif part.tag == "DCT":
            members |= dict(_entries(part, known, depth))
    text = next((part.text for part in element if part.tag == "ToString"), None)
    return members if members or text is None else text


def _entries(table: ElementTree.Element, known: _Known, depth: int) -> Iterator[tuple[str, object]]:
    for entry in table:
        pair = {each.get("N"): each for each in entry}
        if "Key" in pair and "Value" in pair:
            yield pair["Key"].text or "", _value(pair["Value"], known, depth + 1)
