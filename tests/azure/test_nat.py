"""NAT rules of the gateway: what the appliance sees of Azure, and Azure of the site."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.azure.expectation import Expectation, NatRule
from appliance.azure.importer import load
from appliance.azure.translation import translated
from appliance.checks import Subject, run
from appliance.cli import main
from appliance.inventory.load import load as inventory
from appliance.job import forget, prepare
from tests.push.stage import ROOT

EXAMPLE = ROOT / "examples" / "azure" / "site-a"
INNER, OUTER = "10.20.0.0/16", "100.65.0.0/16"


def net(text: str) -> IPv4Network:
    return IPv4Network(text)


def rule(internal: str, external: str, *, dynamic: bool = False) -> NatRule:
    return NatRule(
        name="r", egress=True, dynamic=dynamic, internal=net(internal), external=net(external)
    )


def mapping(inner: str, outer: str) -> dict[str, object]:
    return {
        "internalMappings": [{"addressSpace": inner}],
        "externalMappings": [{"addressSpace": outer}],
    }


def export(
    folder: Path,
    connection: Mapping[str, object],
    rules: Sequence[Mapping[str, object]] = (),
    *,
    apart: bool = False,
) -> Path:
    """The shipped export with NAT rules: in the gateway, or in a file of their own."""
    shutil.copytree(EXAMPLE, folder)
    gateway = json.loads((folder / "gateway.json").read_text(encoding="utf-8"))
    base = f"{gateway['id']}/natRules"
    named = [{**one, "id": f"{base}/{one['name']}"} for one in rules]
    if apart:
        (folder / "rules.json").write_text(json.dumps(named), encoding="utf-8")
    else:
        (folder / "gateway.json").write_text(
            json.dumps({**gateway, "natRules": named}), encoding="utf-8"
        )
    joined = json.loads((folder / "connection.json").read_text(encoding="utf-8"))
    for member, names in connection.items():
        assert isinstance(names, list)
        joined[member] = [{"id": f"{base}/{name}"} for name in names]
    (folder / "connection.json").write_text(json.dumps(joined), encoding="utf-8")
    return folder


def one(folder: Path) -> Expectation:
    (found,) = load([folder])
    return found


EGRESS: dict[str, object] = {"egressNatRules": ["out"]}
OUT = {"name": "out", "mode": "EgressSnat", **mapping(INNER, OUTER)}
AZ = {**OUT, "type": "Microsoft.Network/virtualNetworkGateways/natRules", "typePropertiesType": "S"}
REST = {
    "name": "out",
    "type": "Microsoft.Network/virtualNetworkGateways/natRules",
    "properties": {"type": "Static", "mode": "EgressSnat", **mapping(INNER, OUTER)},
}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("said", [OUT, AZ, REST], ids=["bare", "az", "rest"])
def test_the_appliance_sees_what_an_egress_rule_shows(
    said: Mapping[str, object], *, apart: bool, tmp_path: Path
) -> None:
    found = one(export(tmp_path / "x", EGRESS, [said], apart=apart))
    assert found.vnet_prefixes == (net(OUTER), net("10.21.0.0/16"))
    assert found.untranslated == (net(INNER), net("10.21.0.0/16"))
    assert [(r.name, r.egress, r.dynamic) for r in found.nat] == [("out", True, False)]


@pytest.mark.parametrize(
    "said",
    [{**AZ, "typePropertiesType": "Dynamic"},
     {**REST, "properties": {"type": "Dynamic", **mapping(INNER, "100.65.0.0/28")}}],
    ids=["az", "rest"],
)  # fmt: skip
def test_a_dynamic_rule_is_told(said: Mapping[str, object], tmp_path: Path) -> None:
    (told,) = one(export(tmp_path / "x", EGRESS, [said])).nat
    assert told.dynamic


def test_a_rule_that_nobody_exported_is_noted_and_nothing_guessed(tmp_path: Path) -> None:
    found = one(export(tmp_path / "x", EGRESS))
    assert found.vnet_prefixes == (net(INNER), net("10.21.0.0/16"))
    assert any("NAT rule out is not among the exports" in note for note in found.notes)


def test_rules_of_other_connections_do_not_act(tmp_path: Path) -> None:
    assert one(export(tmp_path / "x", {}, [OUT])).nat == ()


@pytest.mark.parametrize(
    ("networks", "rules", "seen"),
    [
        (["10.0.0.0/16"], [rule("10.0.0.0/16", "100.64.0.0/16")], ["100.64.0.0/16"]),
        (["10.0.5.0/24"], [rule("10.0.0.0/16", "100.64.0.0/16")], ["100.64.5.0/24"]),
        (
            ["10.0.0.0/16"],
            [rule("10.0.5.0/24", "100.64.5.0/24")],
            ["10.0.0.0/16", "100.64.5.0/24"],
        ),
        (
            ["10.0.0.0/16"],
            [rule("10.0.0.0/16", "100.64.0.0/28", dynamic=True)],
            ["100.64.0.0/28"],
        ),
        (["10.9.0.0/16"], [rule("10.0.0.0/16", "100.64.0.0/16")], ["10.9.0.0/16"]),
    ],
)
def test_translation(networks: list[str], rules: list[NatRule], seen: list[str]) -> None:
    assert translated(map(net, networks), rules) == tuple(map(net, seen))


@given(st.integers(0, 255), st.integers(16, 32))
def test_static_translation_keeps_size_and_place(third: int, length: int) -> None:
    inner = IPv4Network(
        (int(net("10.0.0.0/16").network_address) + (third << 8), length), strict=False
    )
    (seen,) = translated([inner], [rule("10.0.0.0/16", "100.64.0.0/16")])
    assert seen.num_addresses == inner.num_addresses
    (back,) = translated([seen], [rule("100.64.0.0/16", "10.0.0.0/16")])
    assert back == inner


def _site(folder: Path, prefixes: list[str]) -> Path:
    path = folder / "inventory.yaml"
    text = f"""version: 1
sites:
  site-a:
    device: {{driver: cisco_ios, interfaces: {{outside: GigabitEthernet1}}}}
    on_premises: {{public_ip: 203.0.113.10, prefixes: {prefixes}}}
    azure: {{export: x}}
"""
    path.write_text(text.replace("'", '"'), encoding="utf-8")
    return path


def test_the_device_is_given_the_translated_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(tmp_path / "x", EGRESS, [OUT])
    path = _site(tmp_path, ["10.10.0.0/16", "10.11.0.0/16"])
    assert main(["render", "site-a", "-i", str(path)]) == 0
    out = capsys.readouterr().out
    assert "ip route 100.65.0.0 255.255.0.0" in out
    assert "ip route 10.20.0.0" not in out


def _disagreements(path: Path) -> list[str]:
    forget()
    job = prepare(inventory(str(path), drivers=()).sites["site-a"])
    return [found.path for found in job.disagreements]


def test_a_local_gateway_may_list_either_side_of_an_ingress_rule(tmp_path: Path) -> None:
    ingress = {"name": "in", "mode": "IngressSnat", **mapping("10.10.0.0/15", "100.66.0.0/15")}
    folder = export(tmp_path / "x", {"ingressNatRules": ["in"]}, [ingress])
    path = _site(tmp_path, ["10.10.0.0/16", "10.11.0.0/16"])
    assert _disagreements(path) == []
    listed = folder / "local-gateway.json"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(text.replace('"10.10.', '"100.66.').replace('"10.11.', '"100.67.'))
    assert _disagreements(path) == []
    listed.write_text(text.replace('"10.10.', '"100.70.'))
    assert _disagreements(path) == ["azure.on_premises.prefixes"]


def _overlaps(path: Path) -> list[str]:
    forget()
    job = prepare(inventory(str(path), drivers=()).sites["site-a"])
    subject = Subject(site=job.site, expectation=job.expectation, intent=job.intent)
    found = run((subject,), today="2026-11-22")
    return [one.detail for one in found if one.check.id == "AZ-NET-001"]


def test_networks_that_overlap_need_rules_that_part_them(tmp_path: Path) -> None:
    """Both sides have 10.20.0.0/16: an egress rule parts them for the device, not for Azure."""
    egress = {"name": "out", **mapping("10.20.0.0/15", "100.64.0.0/15")}
    ingress = {"name": "in", **mapping(INNER, "100.70.0.0/16")}
    path = _site(tmp_path, [INNER])

    def exported(connection: Mapping[str, object]) -> list[str]:
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
        folder = export(tmp_path / "x", connection, [egress, ingress])
        listed = folder / "local-gateway.json"
        text = listed.read_text(encoding="utf-8").replace('"10.10.0.0/16"', f'"{INNER}"')
        listed.write_text(text.replace('"10.11.0.0/16"', '"10.99.0.0/16"'), encoding="utf-8")
        return _overlaps(path)

    assert exported({}) != []
    assert exported({"egressNatRules": ["out"]}) != []
    assert exported({"ingressNatRules": ["in"]}) != []
    assert exported({"egressNatRules": ["out"], "ingressNatRules": ["in"]}) == []
