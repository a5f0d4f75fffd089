"""Vendors x faults: each fault written into each vendor's text gets its verdict and its field."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.twin import Rehearsal, on_paper, rehearse
from tests.twin.faults import FAULTS
from tests.twin.table import table
from tests.twin.texts import DRIVERS, Edit, Fault, Form, Written, written

AT_ONCE = 6
"""Most of a rehearsal is waiting for what does not come."""
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/rehearsed-faults.md"
Seed = tuple[str, Fault, Written, Edit]


def _seeds(driver: str) -> list[Seed]:
    found = []
    for fault in FAULTS:
        for name, edit in fault.seeds(driver):
            made = written(driver, fault.form)
            assert made is not None, name
            found.append((name, fault, made, edit))
    return found


def _wrong(seed: Seed, judge: Callable[..., Rehearsal]) -> str:
    """What is wrong with the verdict; empty when nothing is."""
    name, fault, made, edit = seed
    found = judge(made.subject(edit))
    told = [(one.kind.value, one.fields[:1], one.breaking) for one in found.findings]
    wanted = (fault.kind, (fault.field_of(made.driver),), fault.breaking)
    named = [one for one in told if one[2] is fault.breaking][:1]
    right = named == [wanted] and found.works is not fault.breaking
    return "" if right else f"{name}: {told}, not {wanted}"


@pytest.mark.twin
@pytest.mark.parametrize("driver", DRIVERS)
def test_each_fault_of_a_text_is_named_by_daemons(driver: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [
            text for text in pool.map(lambda one: _wrong(one, rehearse), _seeds(driver)) if text
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.twin
@pytest.mark.parametrize("driver", DRIVERS)
def test_what_is_written_for_each_form_works(driver: str) -> None:
    forms = [made for form in Form if (made := written(driver, form)) is not None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda one: rehearse(one.subject()), forms))
    for made, one in zip(forms, found, strict=True):
        assert one.outcome is not None, made.form
        assert one.findings == () or made.form in (Form.DEFAULT, Form.NAT), (
            made.form,
            one.findings,
        )


@pytest.mark.parametrize("driver", DRIVERS)
def test_rules_alone_name_the_same_fields(driver: str) -> None:
    """Where rules cannot tell a leak from traffic that stays away, the field is the same."""
    for name, fault, made, edit in _seeds(driver):
        fields = [field for one in on_paper(made.subject(edit)).findings for field in one.fields]
        assert fault.field_of(driver) in fields or fault.kind == "let-through", (name, fields)


def test_there_are_as_many_as_are_told() -> None:
    assert sum(len(_seeds(driver)) for driver in DRIVERS) >= 150


def test_each_cell_has_edits_or_a_reason() -> None:
    for fault in FAULTS:
        assert tuple(sorted(fault.by)) == tuple(sorted(DRIVERS)), fault.name
        assert all(fault.by.values()), fault.name


def test_the_document_is_this_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == table(), "python -m tests.twin.table"
