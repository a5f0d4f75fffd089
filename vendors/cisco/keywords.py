"""Command words as trees, and how a line finds its statement in one.

A tree maps a word to the tree of what may follow, or to the name of the statement it completes;
the name `IGNORED` is for statements that are known and of no interest. Three keys are special:
`*` stands for any word (a name), `#` for a number, and `""` says that the line may end here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Keywords = Mapping[str, "Keywords | str"]

IGNORED = ""
_SPECIAL = frozenset({"*", "#", ""})


def resolve(keywords: Keywords, words: Sequence[str]) -> tuple[str | None, int]:
    """The statement that `words` begin with, and how many words named it; None if there is none.

    Words may be shortened as far as they stay unique, as the devices allow. Linear in the words.
    """
    table = keywords
    for at, word in enumerate(words):
        found = step(table, word)
        if found is None:
            return None, at
        if isinstance(found, str):
            return found, at + 1
        table = found
    end = table.get("")
    return (end, len(words)) if isinstance(end, str) else (None, len(words))


def step(table: Keywords, word: str) -> Keywords | str | None:
    """Where one word leads from here."""
    found = table.get(word)
    if found is not None and word not in _SPECIAL:
        return found
    lower = word.lower()
    if lower in table and lower not in _SPECIAL:
        return table[lower]
    if "#" in table and lower.isdecimal():
        return table["#"]
    longer = [table[key] for key in table if key.startswith(lower) and key not in _SPECIAL]
    return _only(longer) if longer else table.get("*")


def spelt(table: Keywords, word: str) -> bool:
    """Whether a table knows the word itself, not only that there may be a name."""
    lower = word.lower()
    return any(key.startswith(lower) for key in table if key not in _SPECIAL) or (
        "#" in table and lower.isdecimal()
    )


def _only(candidates: list[Keywords | str]) -> Keywords | str | None:
    """The one meant: all the same, or the only one of interest."""
    if all(candidate == candidates[0] for candidate in candidates):
        return candidates[0]
    known = [candidate for candidate in candidates if candidate != IGNORED]
    return known[0] if len(known) == 1 else None


def plain(text: str, statement: str = IGNORED) -> dict[str, Keywords | str]:
    """A table in which each word of `text` completes the same statement."""
    return dict.fromkeys(text.split(), statement)
