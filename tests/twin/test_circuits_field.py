"""Edges that others wrote: peer groups, templates, redistribution, several policies in a row."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appliance.cli import main
from tests.twin.texts import Edit

pytestmark = pytest.mark.twin
ROOT = Path(__file__).resolve().parents[2]
FIELD = Path(__file__).with_name("field")
SITE = """\
version: 1
sites:
  edge:
    device: {{driver: {driver}, interfaces: {interfaces}}}
    on_premises: {{public_ip: 203.0.113.80, prefixes: [10.30.0.0/16, 10.31.0.0/16]}}
    azure: {{export: {exports}, connection: er-ios}}
    express_route:
      asn: 65010
      internet_next_hop: 203.0.113.1
      {zone}
      circuits: [{{name: er-amsterdam, links: [{{interface: {one}}}, {{interface: {two}}}]}}]
"""
PORTS = {
    "ios": ("cisco_ios", "{outside: GigabitEthernet1}", "GigabitEthernet4", "GigabitEthernet5", ""),
    "junos": (
        "juniper_junos",
        "{outside: ge-0/0/0.0, inside: ge-0/0/1.0}",
        "ge-0/0/2",
        "ge-0/0/3",
        "zone: azure",
    ),
}
Told = list[tuple[str, str]]


@pytest.fixture(params=list(PORTS))
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the platforms, its site in the working directory."""
    name = str(request.param)
    driver, interfaces, one, two, zone = PORTS[name]
    text = SITE.format(
        driver=driver,
        interfaces=interfaces,
        one=one,
        two=two,
        zone=zone,
        exports=ROOT / "examples/azure/er-ios",
    )
    (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return name


def rehearsed(
    kind: str, edit: Edit, capfd: pytest.CaptureFixture[str], *, daemons: bool
) -> tuple[bool, Told, list[str]]:
    """Whether the circuit works, what breaks it, and what stayed unproven.

    As one of many sites it is judged by rules.
    """
    text = (FIELD / f"edge-{kind}.cfg").read_text(encoding="utf-8")
    for pattern, new in edit:
        text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
        assert count, pattern
    Path("held.cfg").write_text(text, encoding="utf-8")
    which = ("edge",) if daemons else ("--limit", "edge")
    main(("rehearse", *which, "--running", "held.cfg", "--as-is", "-o", "json"))
    document = json.loads(capfd.readouterr().out)
    told = (document if daemons else document["sites"][0])["express_route"]
    assert told["daemons"] is daemons
    found = [(one["kind"], one["fields"][0]) for one in told["findings"]]
    return told["works"], found, told["unproven"]


def test_what_others_wrote_well_works(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    works, found, unproven = rehearsed(kind, (), capfd, daemons=True)
    assert (works, found) == (True, [])
    told = [text for text in unproven if "connected route-map CONN; static" in text]
    assert bool(told) is (kind == "ios")


FAULTS: dict[str, tuple[tuple[Edit, Told], ...]] = {
    "ios": (
        (
            (("OURS seq 5 permit 10.30.0.0/15 le 16", "OURS seq 5 permit 10.30.0.0/16"),),
            [("path", "edge.session.sends")],
        ),
        (
            ((r"(Tunnel11) 200 name", r"\1 name"), (" neighbor MSEE fall-over bfd\n", "")),
            [
                ("path", "edge.standby.10.20.0.0/16"),
                ("path", "edge.standby.10.21.0.0/16"),
                ("failover", "edge.link.bfd"),
                ("failover", "edge.link.bfd"),
            ],
        ),
    ),
    "junos": (
        (
            (("10.20.0.0/15 upto /24", "10.20.0.0/15 prefix-length-range /17-/24"),),
            [("path", "edge.session.receives")],
        ),
        (
            ((r"10\.20\.0\.0/16 preference 200", "10.20.0.0/16 preference 20"),),
            [("path", "edge.standby.10.20.0.0/16")],
        ),
    ),
}


@pytest.mark.parametrize("number", [0, 1])
def test_what_is_wrong_in_it_is_named(
    kind: str, number: int, capfd: pytest.CaptureFixture[str]
) -> None:
    edit, wanted = FAULTS[kind][number]
    works, found, _ = rehearsed(kind, edit, capfd, daemons=False)
    assert works is False
    assert found[: len(wanted)] == wanted
    assert set(found) == set(wanted)
