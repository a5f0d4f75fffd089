"""What `Format-List` prints, as the objects it was printed from.

Columns are cut by the console's width and lists after four elements: a saved JSON document is
always better, but this is what people have.
"""

from __future__ import annotations

import re

from appliance.model.tunnel import Source
from vendors.rras.reading.located import Record

_MEMBER = re.compile(r"(?P<name>[A-Za-z][\w().]{0,60}?) *: ?(?P<value>.*)")
_PROMPT = re.compile(r"(PS [A-Za-z]:\\|\[[\w.-]+\]: PS |PS>)")


def listing(text: str) -> tuple[tuple[Record, ...], tuple[Source, ...]]:
    """The objects of a listing, and lines that are no member of one.

    A blank line, or a name that was there already, begins the next object.
    """
    found: list[Record] = []
    odd: list[Source] = []
    last, gap = "", True
    for number, row in enumerate(text.splitlines(), start=1):
        match = _MEMBER.match(row)
        if not row.strip():
            gap = True
        elif row.startswith(" ") and last and not gap:
            found[-1].members[last] = f"{found[-1].members[last]}{row.strip()}"
        elif match and not _PROMPT.match(row):
            last = match["name"]
            if gap or last in found[-1].members:
                found.append(Record(number, {}, {}, json=False))
            found[-1].members[last] = match["value"].strip()
            found[-1].lines[last] = number
            gap = False
        elif not _PROMPT.match(row):
            odd.append(Source(number, row.strip()))
    return tuple(found), tuple(odd)
