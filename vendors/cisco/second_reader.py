"""A second reading of a configuration through ciscoconfparse, the only importer of that library.

It shares nothing with our own reader: sections come from indentation alone. Keys are masked before
the text goes in, since the library logs what it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A top-level line with all lines below it; `line` counts from 1."""

    line: int
    text: str
    below: tuple[Heading, ...] = ()


class _Object(Protocol):
    """What we use of the library's line objects."""

    text: str
    linenum: int
    all_children: Iterable[_Object]
    parent: _Object


# A banner the library does not know: from its delimiter to the next.
_AAA = re.compile(r"^aaa authentication (?:banner|fail-message) (\S)(?s:.*?)\1", re.MULTILINE)
_BANNER = re.compile(r"(no +)?(banner|aaa authentication (banner|fail-message)) ?", re.IGNORECASE)


def headings(text: str, mask: Callable[[str], str]) -> tuple[Heading, ...]:
    """The top-level lines of `text`, in order; what stands in banners is not among them."""
    text = _AAA.sub(lambda found: "\n" * found[0].count("\n"), text.replace("\r\n", "\n"))
    rows = [mask(row.rstrip()) for row in text.split("\n")]
    found: list[Heading] = []
    for item in _library(rows):
        parent = item.parent
        if parent is item and not item.text.startswith((" ", "!")) and item.text:
            below = () if _BANNER.match(item.text) else tuple(_lines(item.all_children))
            found.append(Heading(line=item.linenum + 1, text=item.text.strip(), below=below))
    return tuple(found)


def _lines(items: Iterable[_Object]) -> list[Heading]:
    return [
        Heading(line=item.linenum + 1, text=item.text.strip())
        for item in items
        if not item.text.strip().startswith("!")
    ]


def _library(rows: list[str]) -> Iterable[_Object]:
    """The library's objects. Importing it takes half a second, and it logs to every stream."""
    from ciscoconfparse import CiscoConfParse  # noqa: PLC0415 -- slow, and needed for a push only
    from loguru import logger  # noqa: PLC0415 -- comes with the library

    logger.remove()
    objects: Iterable[_Object] = CiscoConfParse(rows or [""], syntax="ios").objs
    return objects
