"""Checks and what they found: as documents, as lines for people, and as the reference page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from appliance.checks import CHECKS, Check, Finding
from appliance.model.difference import Severity
from appliance.report.differences import MARKS


def document(found: Finding) -> dict[str, object]:
    """One finding as it stands in every document."""
    accepted = found.accepted
    return {
        "id": found.check.id,
        "severity": word(found.check),
        "title": found.check.title,
        "detail": found.detail,
        "accepted": None
        if accepted is None
        else {"reason": accepted.reason, "until": accepted.until},
    }


def lines(found: Iterable[Finding], *, verbose: bool = False) -> Iterator[str]:
    """Findings for people; those accepted, or for information only, when `verbose`."""
    for finding in found:
        check, accepted = finding.check, finding.accepted
        matters = check.severity > Severity.INFORMATION and accepted is None
        if matters or verbose:
            mark = MARKS[check.severity] if accepted is None else "ok"
            yield f"{mark} {check.id}  {check.title}: {finding.detail}"
            if accepted is not None:
                yield f"     accepted until {accepted.until}: {accepted.reason}"


def word(check: Check) -> str:
    """Its severity as documents write it."""
    return check.severity.name.lower()


def page(check: Check) -> str:
    """Everything there is to know of one check, for a terminal."""
    heading = f"{check.id}: {check.title} ({word(check)})"
    return f"{heading}\n\n{check.page}\n\n{_effect(check)}"


def table(checks: Sequence[Check] = CHECKS) -> Iterator[str]:
    """One line for each check."""
    for check in checks:
        yield f"{check.id}  {word(check):11}  {check.title}"


def _effect(check: Check) -> str:
    if not check.gate:
        return "It does not keep a push from beginning."
    return (
        f"It keeps a push from beginning, unless the site accepts it (`accept: [{{check: "
        f"{check.id}, ...}}]`)\nor one push is told to go on with `--allow {check.id}`."
    )


def reference(checks: Sequence[Check] = CHECKS) -> str:
    """All of it as one Markdown page."""
    rows = [f"| [{c.id}](#{c.id.lower()}) | {word(c)} | {c.title} |" for c in checks]
    pages = [f"## {c.id}\n\n**{_sentence(c)}** {word(c).capitalize()}.\n\n{c.page}" for c in checks]
    return "\n\n".join((_HEAD, "\n".join((_ROWS, *rows)), *pages)) + "\n"


def _sentence(check: Check) -> str:
    return f"{check.title[0].upper()}{check.title[1:]}."


_ROWS = "| id | severity | what was found |\n| --- | --- | --- |"
_HEAD = """<!-- Made by `appliance explain -o markdown`; change appliance/checks/ instead. -->
# Checks before a push

What can be known to be wrong before a packet is sent. `appliance validate` runs all checks over
the inventory and Azure's exports, `appliance plan` those of its site; no device is asked for
them. `appliance explain ID` prints a page of this list. Findings for information only are shown
by `validate -v` and `-o json`.

A **breaking** finding makes `validate` end with 1 and keeps `push` from beginning. There are two
ways on:

- For one push: `appliance push SITE --allow ID`.
- For a site, and for a time: `accept` in the inventory (or `defaults`, a group), with a reason.

```yaml
accept:
  - {check: AZ-GW-002, reason: "old /28, to be rebuilt in May", until: 2027-05-31}
```

It holds up to and including that day. Then the finding counts again, and the expired entry is a
finding itself (AZ-ACC-001). Warnings can be accepted like breaking findings.

A check says nothing where the export does not tell what it needs: a SKU, a subnet or a key that
is not known is not judged. Checks of keys act where the key can be read (`plan`, `push`) or
stands in the export; `validate` needs no secret, and asks nobody: names are looked up with
`validate --resolve` only (AZ-CON-004, AZ-CON-005). Some mistakes are told elsewhere:

- words that Azure does not have, a policy in parts, GCM in one ESP member only: when an export is
  read ([azure-exports.md](azure-exports.md));
- inventory and Azure that disagree, also on the key: by `validate`, which ends with 1 where the
  tunnel could not work so (`!!`), by `plan` and `drift`, and by the gate `azure-mismatch`;
- an export older than `azure.max_age_days`: by `validate`, which ends with 1, by `drift`, and by
  the gate `stale-azure`;
- what the device cannot say: before anything connects;
- what the device itself has: routes, access lists, NAT exemption, multihop, timers, more and
  weaker proposals: `plan` and `drift`, which compare it."""
