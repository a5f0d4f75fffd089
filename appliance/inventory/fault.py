"""One thing that is wrong in an inventory, and how a wrong word finds its right one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from appliance.errors import InventoryError, UsageError
from appliance.record import dataclass

_PLAIN = re.compile(r"[\w./ -]{1,60}").fullmatch


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at `line` and `column` (both from 1); `site` is whose fault it is, if any's."""

    line: int
    column: int
    text: str
    site: str | None = None


def failure(path: str, faults: Iterable[Fault]) -> InventoryError:
    """The error that carries these faults, each once, in file order."""
    once = sorted({(fault.line, fault.column, fault.text) for fault in faults})
    lines = tuple(f"{path}:{line}:{column}: {text}" for line, column, text in once)
    count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
    return InventoryError(
        f"{count} in the inventory",
        faults=lines,
        where=path,
        hint="correct the lines above; 'appliance schema inventory' prints the form for an editor",
    )


_LISTED = 20


def no_site(names: Iterable[str], known: Collection[str], path: str) -> UsageError:
    """The error for sites that somebody asked for and that the inventory does not have."""
    first = ", ".join(list(known)[:_LISTED]) or "none"
    more = f", and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return UsageError(
        "\n".join(f"there is no site '{name}'{suggestion(name, known)}" for name in sorted(names)),
        where=path,
        hint=f"sites of this inventory: {first}{more}",
    )


def plain(name: str) -> str:
    """A name for a message. Text in bad quotes may hold a whole line, and so a key: not that."""
    return name if _PLAIN(name) else "(unreadable name)"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, whatever its case; None when none is."""
    spellings = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold()[:100], spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing."""
    meant = nearest(word, known)
    return f"; did you mean '{meant}'?" if meant else ""
