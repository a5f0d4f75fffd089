"""A run of a fleet as text and as JSON: what became of each site, and of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from appliance.push.fleet import Answer, End
from appliance.report.differences import plan

_NAMED = 3
"""Of sites with the same to do, so many are named."""


def line(answer: Answer) -> str:
    """One site, on one line."""
    push = f" (push {answer.run})" if answer.run is not None else ""
    why = f": {_first(answer.why)}" if answer.why else ""
    return f"{answer.target.site}: {answer.end}{push}{why}"


def table(answers: Sequence[Answer]) -> Iterator[str]:
    """All sites, aligned, in the order of the run."""
    rows = [(one.target.site, str(one.end), str(one.run or ""), _first(one.why)) for one in answers]
    head = ("SITE", "END", "PUSH", "WHY")
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(3)]
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join((*cells, row[3])).rstrip()


def hints(answers: Sequence[Answer]) -> Iterator[str]:
    """What to do, once for all sites that have the same to do."""
    sites: dict[str, list[str]] = {}
    for one in answers:
        _, mark, hint = one.why.partition("\n-> ")
        if mark:
            sites.setdefault(hint, []).append(one.target.site)
    for hint, names in sites.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"-> {', '.join(names[:_NAMED])}{more}: {hint}"


def counted(ends: Iterable[End]) -> str:
    """How many came to which end: "58 pushed, 1 rolled back"."""
    found = Counter(ends)
    return ", ".join(f"{found[end]} {end}" for end in End if found[end])


def site(answer: Answer) -> dict[str, object]:
    """One site as a document."""
    return {
        "schema": "appliance/push-site/1",
        "site": answer.target.site,
        "code": answer.code,
        "outcome": str(answer.end),
        "why": answer.why,
        "push": answer.run,
        **({} if answer.plan is None else {"plan": plan(answer.plan)}),
    }


def whole(run: int | None, code: int, stopped: str, ends: Mapping[End, int]) -> dict[str, object]:
    """The run as a document; `run` None for a dry run, which is not kept."""
    return {
        "schema": "appliance/push-fleet/1",
        "run": run,
        "code": code,
        "stopped": stopped,
        "counts": {str(end): ends[end] for end in End if ends.get(end)},
    }


def _first(text: str) -> str:
    return text.partition("\n")[0]
