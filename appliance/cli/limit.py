"""`--limit`: some of the chosen sites, by a list as people keep it."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.cli.common import matches, read_text
from appliance.errors import UsageError
from appliance.inventory.model import Site

_SHOWN = 60
"""Characters of a name that no site has: a wrong file may have a long one."""


def limited(sites: tuple[Site, ...], lists: list[str]) -> tuple[Site, ...]:
    """The sites that are named and not left out, in their order.

    Raises `UsageError` for a name or pattern that none of them has, for a list that names nothing
    (an empty file, or a variable that is not set: it never means all), and when none is left.
    """
    words = [word for text in lists for word in _named(text)]
    for word in words:
        pattern = word.removeprefix("!")
        if not any(matches(site.name, pattern) for site in sites):
            raise UsageError(
                f"--limit: no chosen site matches {pattern[:_SHOWN]!r}",
                hint=f"chosen are: {', '.join(site.name for site in sites[:20])}",
            )
    wanted = [word for word in words if not word.startswith("!")] or ["*"]
    unwanted = [word[1:] for word in words if word.startswith("!")]
    found = tuple(site for site in sites if _any(site, wanted) and not _any(site, unwanted))
    if not found:
        raise UsageError("--limit leaves no site", hint="name sites that are among those chosen")
    return found


def _any(site: Site, patterns: list[str]) -> bool:
    return any(matches(site.name, pattern) for pattern in patterns)


def _named(text: str) -> list[str]:
    words = list(_words(text))
    if not words:
        raise UsageError(
            f"--limit {text!r} names nothing", hint="name sites or patterns; --all takes all"
        )
    return words


def _words(text: str) -> Iterator[str]:
    """Names and patterns; of a file each line's first word, without comments."""
    if text.startswith("@"):
        for line in read_text(text[1:]).splitlines():
            yield from line.partition("#")[0].split()[:1]
        return
    yield from (word.strip() for word in text.split(",") if word.strip())
