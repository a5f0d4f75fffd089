"""What can be known to be wrong before a packet is sent: checks with ids, and their findings."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.checks import (
    accepted,
    algorithms,
    bgp,
    connection,
    crypto,
    expressroute,
    gateway,
    keys,
    neighbours,
    prefixes,
    space,
    surroundings,
    traffic,
)
from appliance.checks.check import Check, Finding, Subject

__all__ = ["CHECKS", "Check", "Finding", "Subject", "run"]

CHECKS = (
    *space.CHECKS,
    *prefixes.CHECKS,
    *neighbours.CHECKS,
    *gateway.CHECKS,
    *surroundings.CHECKS,
    *connection.CHECKS,
    *crypto.CHECKS,
    *algorithms.CHECKS,
    *traffic.CHECKS,
    *keys.CHECKS,
    *bgp.CHECKS,
    *expressroute.CHECKS,
    *accepted.CHECKS,
)
"""All of them, in the order in which they are told; to add one, add it to its module's table."""

_IDS = frozenset(check.id for check in CHECKS)


def run(subjects: Sequence[Subject], *, today: str) -> tuple[Finding, ...]:
    """Every finding, site by site and worst first; sites are also looked at together.

    `today` ("2027-01-31") decides which acceptances hold. Reads nothing, connects to nothing.
    """
    together: dict[str, list[tuple[Check, str]]] = {}
    whole = [subject for subject in subjects if not subject.circuits_only]
    for check in CHECKS:
        for site, detail in check.across(whole):
            together.setdefault(site, []).append((check, detail))
    return tuple(
        finding
        for subject in subjects
        for finding in _of(subject, together.get(subject.site.name, []), today)
    )


def _of(subject: Subject, shared: Sequence[tuple[Check, str]], today: str) -> list[Finding]:
    site = subject.site
    known = expressroute.CHECKS if subject.circuits_only else CHECKS
    alone = [(check, detail) for check in known for detail in check.find(subject)]
    found = [
        Finding(
            check=check,
            site=site.name,
            detail=detail,
            accepted=accepted.cover(site, check.id, today),
        )
        for check, detail in (*alone, *shared)
    ]
    found += accepted.review(site, _IDS, today)
    return sorted(found, key=lambda finding: -finding.check.severity)
