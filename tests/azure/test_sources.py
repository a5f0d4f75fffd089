"""Sources of every kind, written by hand, and what is said of them.

`sources` has one kind each, `field` what lies about in practice: logs of terminals, other forms,
whole landscapes. A case `NAME.yml` has `files` (NAME.* when left out), and of each connection lines
that its listing must have (`says`), parts of notes that it must have (`notes`) and must not have
(`silent`), or the whole text of the error (`errors`; of "" when nothing at all could be read).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from appliance.azure import lines, outcomes
from appliance.azure.importer import Outcome
from appliance.errors import ExpectationError

HERE = Path(__file__).parent
CASES = sorted(
    f"{folder}/{case.stem}"
    for folder in ("sources", "field")
    for case in HERE.glob(f"{folder}/*.yml")
)
CANARY = "Canary"


def text_of(value: object) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def squeezed(text: str) -> str:
    return " ".join(text.split())


def found_in(files: list[str]) -> tuple[dict[str, Outcome], str]:
    try:
        return {outcome.name: outcome for outcome in outcomes(files)}, ""
    except ExpectationError as error:
        return {}, str(error)


def listing(outcome: Outcome) -> tuple[list[str], str]:
    assert outcome.expectation is not None, str(outcome.error)
    told = [squeezed(line) for line in lines([outcome.expectation])]
    told[0] = re.sub(r", exported .* ago", "", told[0])
    return told, "\n".join(outcome.expectation.notes)


def complaint(outcome: Outcome | None, broken: str) -> str:
    return broken if outcome is None else str(outcome.error)


@pytest.mark.parametrize("case", CASES)
def test_source(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _, name = case.partition("/")
    monkeypatch.chdir(HERE / folder)
    spec = yaml.safe_load(Path(f"{name}.yml").read_text())
    own = sorted(file.name for file in Path().glob(f"{name}.*") if file.suffix != ".yml")
    found, broken = found_in(spec.get("files", own))
    told = {*(spec.get("says") or {}), *(spec.get("errors") or {})} - {""}
    assert set(found) == told, broken
    for called, wanted in (spec.get("says") or {}).items():
        rows, notes = listing(found[called])
        assert [line for line in text_of(wanted) if squeezed(line) not in rows] == [], rows
        parts = text_of((spec.get("notes") or {}).get(called))
        assert [part for part in parts if part not in notes] == [], notes
        silent = text_of((spec.get("silent") or {}).get(called))
        assert [part for part in silent if part in notes] == []
    for called, wanted in (spec.get("errors") or {}).items():
        assert complaint(found.get(called), broken) == wanted.strip()
    assert CANARY not in repr(found) + broken + str([each.error for each in found.values()])


def test_there_are_many() -> None:
    assert len(CASES) >= 90
