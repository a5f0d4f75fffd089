"""The files of a host for people and for review, in the form that `parse` reads."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import Step
from appliance.model.tunnel import Tunnels
from vendors.strongswan import own
from vendors.strongswan.files import heading
from vendors.strongswan.writing.statements import Paper, papers
from vendors.strongswan.writing.text import rows


def render(tunnels: Tunnels) -> tuple[Step, ...]:
    """Every file of ours, one line a step, each file under its heading; byte-stable."""
    return tuple(step for paper in papers(tunnels).values() for step in _lines(paper))


def _lines(paper: Paper) -> Iterator[Step]:
    yield Step(text=heading(paper.path), why=paper.why)
    if paper.lines:
        yield from (Step(text=line, why=paper.why) for line in (own.HEAD, *paper.lines))
        return
    values = {slot: statement.value for slot, statement in paper.statements.items()}
    for row in rows(paper.path, values):
        statement = paper.statements.get(row.slot)
        secret = None if statement is None else statement.secret
        yield Step(text=row.text, why=paper.why, secret=secret)
