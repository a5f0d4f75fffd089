"""A path proof as text and as the document `appliance/proof/1`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.model.filters import Decision
from appliance.model.spoken import document as flows_document
from appliance.model.spoken import told
from appliance.model.traffic import Direction, Flows
from appliance.proof import Result, Row

SCHEMA = "appliance/proof/1"

MOST = 4
"""So many parts of a set are shown to people; the document has all."""


def document(site: str, rows: Sequence[Row], unseen: Sequence[str]) -> dict[str, object]:
    """JSON values only. `unseen` is what of Azure's side nobody exported."""
    return {
        "schema": SCHEMA,
        "site": site,
        "not_judged": list(unseen),
        "rows": [_member(row) for row in rows],
    }


def _member(row: Row) -> dict[str, object]:
    return {
        "tunnel": row.tunnel,
        "local": row.local,
        "remote": row.remote,
        "direction": row.direction.word,
        "prohibited": row.rule is not None,
        "result": row.result.value,
        "as_intended": not (row.leaking or row.missing or row.unknown),
        "passes": flows_document(row.passes),
        "stopped": [_decision(one) for one in row.stopped],
        "unknown": [_decision(one) for one in row.unknown],
        "leaking": flows_document(row.leaking),
        "let": [_decision(one) for one in row.let],
        "missing": flows_document(row.missing),
    }


def _decision(one: Decision) -> dict[str, object]:
    return {
        "by": one.chain,
        "line": one.source.line or None,
        "text": one.source.text.strip() or None,
        "flows": flows_document(one.flows),
    }


def lines(rows: Sequence[Row], unseen: Sequence[str]) -> Iterator[str]:
    """A line for each row, and below it what does not pass and why."""
    tunnel = None
    for row in rows:
        if row.tunnel != tunnel:
            tunnel = row.tunnel
            yield f"{tunnel}:"
        yield from _paragraph(row)
    yield from (f"not looked at: {what}" for what in unseen)


def _paragraph(row: Row) -> Iterator[str]:
    arrow = "->" if row.direction is Direction.TO_AZURE else "<-"
    kind = " (prohibited)" if row.rule is not None else ""
    right = "" if row.leaking or row.missing or row.unknown else ", as intended"
    yield f"  {row.local} {arrow} {row.remote}{kind}: {row.result}{right}"
    if row.result is Result.PARTLY and row.passes:
        yield from (f"    passes: {words}" for words in told(row.passes, MOST))
    yield from _found("BLOCKED, BUT PERMITTED", row.missing, row.stopped)
    yield from _found("PASSES, BUT PROHIBITED", row.leaking, row.let)
    if right and row.stopped:
        lines = dict.fromkeys(_where(one) for one in row.stopped)
        yield f"    stopped by {'; '.join(lines)}"
    for one in row.unknown:
        yield f"    not known because of {_where(one)}: {'; '.join(told(one.flows, MOST))}"


def _found(word: str, wrong: Flows, decided: Sequence[Decision]) -> Iterator[str]:
    """What is not as it should be, with each line that decides so."""
    if wrong and not decided:
        yield f"    {word}, by no access rule: {'; '.join(told(wrong, MOST))}"
    for one in decided:
        hit = one.flows & wrong
        if hit:
            yield f"    {word}, by {_where(one)}: {'; '.join(told(hit, MOST))}"


def _where(one: Decision) -> str:
    text = one.source.text.strip()
    line = f", line {one.source.line}" if one.source.line else ""
    return f"{one.chain}{line}" + (f" `{text}`" if text else "")
