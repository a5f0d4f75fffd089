"""Hand-written configurations in the styles of the field, and what must come out of each."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from appliance import driver as drivers
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Tunnel
from appliance.report.observed import document

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/configs/*.txt"))
ENOUGH = {"cisco_asa": 20, "cisco_ios": 20, "juniper_junos": 20, "rras": 10, "strongswan": 10}
"""Fewer than these would not show the styles of a vendor's field."""


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def _id(case: Path) -> str:
    return f"{case.parts[-3]}-{case.stem}"


def _driver(case: Path) -> drivers.Driver:
    return drivers.load(case.parts[-3])


def _differences(path: str, expected: object, found: object) -> list[str]:
    """Where `found` is not what is expected; members that are not named are not compared."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for key, value in expected.items()
            for difference in _differences(f"{path}.{key}", value, found.get(key, "<no member>"))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            difference
            for at, (one, other) in enumerate(zip(expected, found, strict=True))
            for difference in _differences(f"{path}[{at}]", one, other)
        ]
    return [] if expected == found else [f"{path}: expected {expected!r}, found {found!r}"]


def _key(tunnel: Tunnel) -> str | None:
    match tunnel.psk:
        case Secret():
            return tunnel.psk.reveal()
        case Hidden():
            return "<hidden>"
        case None:
            return None


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_what_comes_out(case: Path) -> None:
    text = case.read_bytes().decode("utf-8", "replace")
    expected = yaml.safe_load(case.with_suffix(".yml").read_text())
    observed = _driver(case).parse(text)
    found = document(observed)
    tunnels = found["tunnels"]
    assert isinstance(tunnels, list)
    assert [tunnel["name"] for tunnel in tunnels] == list(expected["tunnels"] or [])
    faults = []
    for tunnel, shown in zip(observed.tunnels, tunnels, strict=True):
        wanted = dict(expected["tunnels"][tunnel.name])
        if "key" in wanted and _key(tunnel) != wanted.pop("key"):
            faults.append(f"{tunnel.name}.psk: found {_key(tunnel)!r}")
        faults += _differences(tunnel.name, wanted.pop("objects", {}), dict(tunnel.objects))
        faults += _differences(tunnel.name, wanted, shown)
    faults += _differences(
        "unrecognized",
        expected.get("unrecognized", []),
        [odd.text for odd in observed.unrecognized],
    )
    faults += _differences("device", expected.get("device", {}), found)
    assert faults == []


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_every_source_is_a_line_of_the_text(case: Path) -> None:
    text = case.read_bytes().decode("utf-8", "replace")
    rows = text.split("\n")
    for tunnel in _driver(case).parse(text).tunnels:
        for path, source in tunnel.sources.items():
            first = source.text.split()[0]
            assert first in rows[source.line - 1], (tunnel.name, path, source)


@pytest.mark.parametrize("name", drivers.names())
def test_there_are_configurations_of_every_vendor(name: str) -> None:
    assert len([case for case in CASES if case.parts[-3] == name]) >= ENOUGH[name]
