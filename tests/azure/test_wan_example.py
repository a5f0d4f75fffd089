"""The shipped sites of Virtual WAN: every shape of their exports says the same, and they work."""

from __future__ import annotations

import json
import shutil
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any  # JSON of any shape is taken apart here

import pytest

from appliance.azure import Expectation, load
from appliance.azure.defaults import WAN
from appliance.checks import Subject, run
from appliance.cli import main
from appliance.compare import compare
from appliance.inventory.load import load as load_inventory
from appliance.job import prepare
from appliance.model.difference import Severity
from appliance.record import replace

HOME = Path(__file__).parents[2]
ROOT = HOME / "examples" / "azure"
INVENTORY = HOME / "inventory.yaml"
BOTH = ["198.51.100.60", "198.51.100.61"]


def _bare(found: Expectation) -> Expectation:
    """Without where, when and in what state it was read."""
    return replace(found, provenance=(), exported_at=None, notes=(), status=None)


def _flattened(value: Any) -> Any:  # noqa: ANN401 -- JSON of any shape
    """As az prints a REST answer: the members of `properties` beside the others."""
    if isinstance(value, list):
        return [_flattened(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties", {})
    return {
        name: _flattened(part)
        for name, part in {**value, **inner}.items()
        if name not in ("properties", "etag")
    }


def test_rest_tells_each_link_by_itself() -> None:
    fibre, lte = load([ROOT / "branch-junos"])
    assert [one.name for one in (fibre, lte)] == ["branch-junos/fibre", "branch-junos/lte"]
    for one, apipa in ((fibre, ("169.254.21.1", "169.254.22.1")), (lte, ("169.254.21.9",))):
        assert [str(end.address) for end in one.endpoints] == BOTH
        assert str(one.endpoints[0].apipa_addresses[0]) == apipa[0]
        assert [str(net) for net in one.vnet_prefixes] == [
            "10.60.0.0/23",
            "10.62.0.0/16",
            "10.61.0.0/16",
        ]
        assert (one.kind, one.esp_lifetime_seconds, one.policy.default) == (
            "virtual-wan",
            3_600,
            False,
        )
    assert fibre.on_premises.address == IPv4Address("203.0.113.70")
    assert lte.on_premises.bgp_address == IPv4Address("169.254.21.10")
    assert [one.gateway.link_mbps for one in (fibre, lte)] == [200, 50]


def test_az_prints_the_same_connection(tmp_path: Path) -> None:
    for path in (ROOT / "branch-junos").glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        flat = _flattened(document.get("value", document))
        (tmp_path / path.name).write_text(json.dumps(flat), encoding="utf-8")
    rest, az = load([ROOT / "branch-junos"]), load([tmp_path])
    assert list(map(_bare, az)) == list(map(_bare, rest))


def test_the_portals_file_has_no_algorithms_and_no_key() -> None:
    (found,) = load([ROOT / "branch-ios"])
    assert (found.policy.default, found.policy.ike) == (True, WAN.ike)
    assert (found.psk, found.psk_state) == (None, "unreadable")
    assert [str(end.address) for end in found.endpoints] == BOTH
    assert [str(end.bgp_addresses[0]) for end in found.endpoints] == ["10.60.0.12", "10.60.0.13"]


def test_the_published_form_without_brackets_says_the_same(tmp_path: Path) -> None:
    text = (ROOT / "branch-ios" / "vpnconfig.json").read_text(encoding="utf-8")
    (site,) = json.loads(text)
    other = json.loads(json.dumps(site).replace("branch-ios", " branch-oslo"))
    invalid = f"{json.dumps(site, indent=4)},\n{json.dumps(other, indent=4)}\n"
    with pytest.raises(ValueError, match="Extra data"):
        json.loads(invalid)
    (tmp_path / "vpnconfig.json").write_text(invalid, encoding="utf-8")
    found = {one.name: one for one in load([tmp_path])}
    assert set(found) == {"branch-ios", "branch-oslo"}
    (valid,) = load([ROOT / "branch-ios"])
    assert _bare(found["branch-ios"]) == _bare(valid)


@pytest.mark.parametrize("name", ["branch-ios", "branch-fibre", "branch-lte"])
def test_what_is_rendered_is_what_is_meant(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"APPLIANCE_{name.upper().replace('-', '_')}_PSK", "Zk3vR8wQ1xT6yB4nM7pL2s")
    path = tmp_path / "held.cfg"
    words = ["render", name, "--with-secrets", "--out", str(path), "-i", str(INVENTORY)]
    assert main(words) == 0, capsys.readouterr().err
    job = prepare(load_inventory(INVENTORY).sites[name], key=True)
    found = compare(job.intent, job.driver.parse(path.read_text(encoding="utf-8")))
    # Interfaces and zones of the device itself are no part of what is rendered.
    loud = {one.path for one in found if one.severity > Severity.INFORMATION}
    assert loud <= {"missing", "passes"}
    assert len(job.intent.tunnels) == 2, "one to each instance"


def test_nothing_stops_them_and_only_the_default_lists_are_weak() -> None:
    sites = load_inventory(INVENTORY).sites.values()
    jobs = [prepare(site, key=False) for site in sites if "virtual-wan" in site.tags]
    told = run(
        [Subject(site=j.site, expectation=j.expectation, intent=j.intent) for j in jobs],
        today="2026-11-22",
    )
    loud = [(one.site, one.check.id) for one in told if one.check.severity > Severity.INFORMATION]
    by_file = ("branch-ios", "oslo-west", "oslo-north")
    assert loud == [(name, "AZ-ALG-001") for name in by_file]
    assert all(job.disagreements == () for job in jobs)


def test_a_site_at_two_hubs_is_two_connections(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "branch-ios", tmp_path / "x")
    path = tmp_path / "x" / "vpnconfig.json"
    (site,) = json.loads(path.read_text(encoding="utf-8"))
    (hub,) = site["vpnSiteConnections"]
    text = json.dumps(hub).replace("West Europe", "North Europe").replace("198.51.100.", "192.0.2.")
    site["vpnSiteConnections"].append(json.loads(text))
    path.write_text(json.dumps([site]), encoding="utf-8")
    found = load([path])
    assert [one.name for one in found] == ["branch-ios/North Europe", "branch-ios/West Europe"]
    assert [str(end.address) for one in found for end in one.endpoints] == [
        "192.0.2.60",
        "192.0.2.61",
        *BOTH,
    ]


def test_a_router_at_two_hubs_is_two_sites_whose_names_keep_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sites = load_inventory(INVENTORY).sites
    west, north = (prepare(sites[name], key=False) for name in ("oslo-west", "oslo-north"))
    assert west.expectation.name == "branch-oslo/West Europe"
    assert [one.site for one in north.intent.beside] == ["oslo-west"]
    shown = []
    for name in ("oslo-west", "oslo-north"):
        assert main(["render", name, "-i", str(INVENTORY)]) == 0
        shown.append(capsys.readouterr())
    assert "written for a device that holds oslo-west already" in shown[1].err
    interfaces = [
        {line for line in one.out.splitlines() if line.startswith("interface Tunnel")}
        for one in shown
    ]
    assert interfaces == [
        {"interface Tunnel100", "interface Tunnel101"},
        {"interface Tunnel102", "interface Tunnel103"},
    ]
    assert " proposal appliance-oslo-west" in shown[1].out.splitlines(), "one policy serves both"
