"""What the verification found, for people and as the `appliance/verify/1` document."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.verify import Finding, Outcome, Rung, passed

SCHEMA = "appliance/verify/1"

_MARKS = {Outcome.PASSED: "ok", Outcome.FAILED: "FAIL", Outcome.UNKNOWN: "?"}
_NAMES = {
    Rung.REACHABLE: "reachable",
    Rung.IKE: "IKE SA",
    Rung.KEY: "key",
    Rung.CHILD: "child SA",
    Rung.COUNTERS: "traffic",
    Rung.INTERFACE: "interface",
    Rung.ROUTES: "route",
    Rung.BGP: "BGP",
    Rung.BFD: "BFD",
    Rung.PATH: "path",
}


def document(site: str, findings: Iterable[Finding]) -> dict[str, object]:
    """The findings of one site; `next_step` is null where there is nothing to do.

    `passed` is that no rung failed, one-way traffic included, and that every tunnel is proven up.
    """
    known = tuple(findings)
    failed = any(finding.verdict is Outcome.FAILED for finding in known)
    return {
        "schema": SCHEMA,
        "site": site,
        "passed": passed(known) and not failed,
        "findings": [
            {
                "tunnel": finding.tunnel,
                "rung": finding.rung.value,
                "verdict": finding.verdict.value,
                "detail": finding.detail,
                "next_step": finding.next_step or None,
            }
            for finding in known
        ],
    }


def text(findings: Iterable[Finding]) -> str:
    """A heading for each tunnel, a line for each rung, and what to do below one that needs it."""
    lines: list[str] = []
    heading: str | None = None
    for finding in findings:
        if finding.tunnel != heading:
            heading = finding.tunnel
            lines.append(heading)
        mark, name = _MARKS[finding.verdict], _NAMES[finding.rung]
        lines.append(f"  {mark:<4} {name:<9}  {finding.detail}")
        if finding.next_step:
            lines.append(f"{'':18}-> {finding.next_step}")
    return "".join(f"{line}\n" for line in lines)
