"""Saved operational output in the styles of the field, and what it tells; one body for all."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from appliance import driver as drivers
from appliance.model.state import ChildState, TunnelState
from appliance.report.state import document

HERE = Path(__file__).parent
CASES = sorted(path for path in HERE.glob("*/show/*") if path.suffix in (".raw", ".txt"))
ENOUGH = 15
"""Fewer would not show the layouts of a vendor's commands."""


def _id(case: Path) -> str:
    return f"{case.parts[-3]}-{case.stem}"


def _expected(case: Path) -> dict[str, object]:
    found = yaml.safe_load(case.with_suffix(".yml").read_text())
    assert isinstance(found, dict)
    return found


def _pair(child: ChildState) -> str:
    parts = [
        str(child.selector and child.selector.local),
        str(child.selector and child.selector.remote),
    ]
    parts.append(child.status.value if child.status else "untold")
    if child.packets_in is not None:
        parts.append(f"in {child.packets_in}")
    if child.packets_out is not None:
        parts.append(f"out {child.packets_out}")
    parts += [word.value for word in (child.encryption, child.integrity) if word is not None]
    return " ".join(parts)


def _tunnel(state: TunnelState, told: dict[str, object]) -> dict[str, object]:
    """What is told of a tunnel; all else is null, which the expectation leaves away."""
    derived = ("children", "selectors", "packets_in", "packets_out")
    found = {
        name: value for name, value in told.items() if name not in derived and value is not None
    }
    if state.children:
        found["children"] = [_pair(child) for child in state.children]
    return found


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_saved_output_tells_what_a_person_reads_in_it(case: Path) -> None:
    driver, expected = drivers.load(case.parts[-3]), _expected(case)
    text = case.read_bytes().decode("utf-8", "replace")
    operational = driver.show(str(expected.pop("command")), text)
    told = document(operational, driver.name)
    tunnels = told.pop("tunnels")
    assert isinstance(tunnels, list)
    found = [_tunnel(one, doc) for one, doc in zip(operational.tunnels, tunnels, strict=True)]
    assert found == expected.pop("tunnels", [])
    assert told == {"schema": "appliance/state/1", "driver": driver.name, **expected}


@pytest.mark.parametrize("name", drivers.names())
def test_there_is_output_of_every_vendor(name: str) -> None:
    assert len([case for case in CASES if case.parts[-3] == name]) >= ENOUGH
