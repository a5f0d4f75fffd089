"""Acceptances: what an engineer has decided to live with, and what becomes of it with time."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from appliance.checks.check import WARNING, Check, Finding
from appliance.inventory.model import Acceptance, Site

EXPIRED = Check(
    id="AZ-ACC-001",
    severity=WARNING,
    title="an acceptance has expired",
    page="""Somebody accepted a finding of this site for a time that is over, so it counts
again.

Look whether the reason still holds; renew `until` in `accept`, or remove the entry.""",
)
UNKNOWN = Check(
    id="AZ-ACC-002",
    severity=WARNING,
    title="an acceptance names no check",
    page="""An entry of `accept` has an id that no check has, so it accepts nothing.
`appliance explain` lists the ids.""",
)

CHECKS = (EXPIRED, UNKNOWN)
DRIFT = "drift:"
"""Before the path of a difference that a site may have for a time."""


def cover(site: Site, check: str, today: str) -> Acceptance | None:
    """The acceptance that covers what `check` finds at the site on that day ("2027-01-31").

    `check` is an id, or `drift:` and the path of a difference.
    """
    held = (entry for entry in site.accept if entry.check == check and today <= entry.until)
    return max(held, key=lambda entry: entry.until, default=None)


def review(site: Site, known: Collection[str], today: str) -> Iterator[Finding]:
    """What is wrong with the site's acceptances themselves."""
    valid = {entry.check for entry in site.accept if today <= entry.until}
    for entry in site.accept:
        if entry.check not in known and not entry.check.startswith(DRIFT):
            yield _found(UNKNOWN, site, f"there is no check {entry.check}{_guess(entry, known)}")
        elif entry.check not in valid:
            yield _found(EXPIRED, site, f"{entry.check}, until {entry.until}: {entry.reason}")


def _guess(entry: Acceptance, known: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only for a mistyped id

    near = get_close_matches(entry.check, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _found(check: Check, site: Site, detail: str) -> Finding:
    return Finding(check=check, site=site.name, detail=detail)
