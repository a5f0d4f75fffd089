"""Broken inventories, each with the exact words a person gets to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.errors import InventoryError
from appliance.inventory.load import load

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(BROKEN.glob("*.yaml"))
DRIVERS = ("cisco_ios", "cisco_asa", "juniper_junos")


def _complaint(case: Path, monkeypatch: pytest.MonkeyPatch) -> InventoryError:
    monkeypatch.chdir(BROKEN)
    with pytest.raises(InventoryError) as caught:
        load(case.name, drivers=DRIVERS)
    return caught.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_says_what_the_file_beside_it_says(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"{_complaint(case, monkeypatch)}\n" == case.with_suffix(".txt").read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_faults_stand_in_file_order_and_repeat_no_key(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _complaint(case, monkeypatch)
    places = [tuple(map(int, fault.split(":")[1:3])) for fault in error.faults]
    assert places == sorted(places)
    assert len(set(error.faults)) == len(error.faults)
    assert "Canary" not in f"{error}{error!r}{error.args}{error.faults}"
    assert "12345678" not in str(error)


def test_there_are_many() -> None:
    assert len(CASES) >= 40


def test_no_message_shows_the_schema() -> None:
    for case in CASES:
        text = case.with_suffix(".txt").read_text()
        assert not re.search(r"\^\[|\$ref|additionalProperties|\"type\"", text), case.name
