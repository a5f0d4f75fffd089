"""Expectations as documents and inline values, and inline values as expectations."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from appliance.azure import as_inventory, document, inline, lines, load
from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import NatRule
from appliance.errors import ExpectationError, InventoryError
from appliance.inventory.load import load as load_inventory
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials
from appliance.model.secret import Secret
from appliance.model.tunnel import TrafficSelector

EXPORTS = Path(__file__).parent / "exports"
WHERE = "inventory.yaml:12:5"
MINIMAL: dict[str, object] = {
    "endpoints": [{"address": "198.51.100.7"}],
    "vnet_prefixes": ["10.20.0.0/16"],
}


def test_document_has_every_member_and_no_key() -> None:
    (found,) = load([EXPORTS / "spec-example"])
    exported = datetime.now(UTC) - timedelta(hours=2)
    text = json.dumps(
        document(
            [replace(found, exported_at=exported.timestamp())], fingerprint=lambda _: "hmac:0123"
        )
    )
    assert "CanaryKey77" not in text
    (connection,) = json.loads(text)["connections"]
    assert 7_200 <= connection.pop("age_seconds") < 7_260
    assert connection.pop("exported_at") == exported.isoformat(timespec="seconds")
    assert connection.pop("provenance")[0]["path"] == "$.responses.200.body"
    assert connection == {
        "name": "connS2S",
        "kind": "vnet-gateway",
        "id": "/subscriptions/subid/resourceGroups/rg1/providers/Microsoft.Network"
        "/connections/connS2S",
        "endpoints": [
            {
                "name": "gwipconfig1",
                "address": "198.51.100.9",
                "bgp_addresses": [],
                "apipa_addresses": [],
            }
        ],
        "vnet_prefixes": ["10.80.0.0/16"],
        "on_premises": {
            "address": None,
            "fqdn": "vpn.branch.example.net",
            "prefixes": ["172.20.0.0/16"],
            "bgp": None,
        },
        "ike_version": 1,
        "policy": {
            "kind": "custom",
            "ike": [
                {
                    "encryption": "3des",
                    "integrity": "sha1",
                    "prf": "sha1",
                    "group": 14,
                    "lifetime_seconds": 28_800,
                }
            ],
            "initiator": [{"encryption": "aes128", "integrity": "sha256", "pfs_group": 14}],
            "responder": [{"encryption": "aes128", "integrity": "sha256", "pfs_group": 14}],
            "lifetime_seconds": 3_600,
            "lifetime_kilobytes": 2_048_000,
            "connection_mode": "Default",
        },
        "selectors": {
            "mode": "custom",
            "pairs": [
                {"local": "172.20.0.0/24", "remote": "10.80.1.0/24"},
                {"local": "172.20.0.0/24", "remote": "10.80.2.0/24"},
                {"local": "172.20.9.0/24", "remote": "10.80.9.0/24"},
            ],
        },
        "dpd_seconds": 30,
        "psk": {"state": "known", "fingerprint": "hmac:0123"},
        "authentication": "psk",
        "bgp": {"asn": 65_515, "enabled": False},
        "nat": [],
        "untranslated_prefixes": [],
        "gateway": {
            "sku": None,
            "generation": None,
            "vpn_type": "RouteBased",
            "active_active": None,
            "subnet": "GatewaySubnet",
            "subnet_prefixes": [],
            "security_group": None,
            "route_table": None,
            "nat_rules": 0,
            "default_site": None,
            "neighbours": [],
            "routes": None,
            "propagation": None,
            "public_ip_skus": [],
            "scale_units": None,
            "link_mbps": None,
            "route_translation": None,
            "location": None,
        },
        "circuits": [],
        "status": "NotConnected",
        "provisioning": {},
        "notes": [],
    }


def test_nat_gateway_and_circuits_are_told() -> None:
    (found,) = load([EXPORTS.parents[2] / "examples" / "azure" / "er-ios"])
    rule = NatRule(
        name="out",
        egress=True,
        dynamic=False,
        internal=IPv4Network("10.20.0.0/16"),
        external=IPv4Network("100.65.0.0/16"),
        instance="default",
    )
    back = replace(rule, name="in", egress=False, dynamic=True, instance=None)
    facts = replace(
        found.gateway, route_table="rt", routes=(IPv4Network("10.9.0.0/16"),), propagation=True
    )
    seen = replace(
        found,
        nat=(rule, back),
        vnet_prefixes=(rule.external,),
        untranslated=(rule.internal,),
        gateway=facts,
        certificate=True,
    )
    (told,) = json.loads(json.dumps(document([seen])))["connections"]
    assert told["authentication"] == "certificate"
    assert told["nat"][0] == {
        "name": "out",
        "egress": True,
        "dynamic": False,
        "internal": "10.20.0.0/16",
        "external": "100.65.0.0/16",
        "instance": "default",
    }
    assert told["untranslated_prefixes"] == ["10.20.0.0/16"]
    assert (told["gateway"]["sku"], told["gateway"]["routes"]) == ("VpnGw2AZ", ["10.9.0.0/16"])
    (circuit,) = told["circuits"]
    assert (circuit["name"], circuit["connected"]) == ("er-amsterdam", True)
    assert circuit["peering"]["primary"] == "172.16.0.0/30"
    assert [line for line in lines([seen]) if line[:14].strip() in _TOLD] == [
        "  without NAT   10.20.0.0/16",
        "  NAT           Azure's 10.20.0.0/16 is 100.65.0.0/16 to the site (out, static, on "
        "default only)",
        "  NAT           the site's 10.20.0.0/16 is 100.65.0.0/16 to Azure (in, dynamic)",
        "  key           none: Azure authenticates by certificate",
        "  gateway is    VpnGw2AZ, RouteBased, GatewaySubnet 10.20.255.0/27, route table rt",
        "  circuit       er-amsterdam, 1000 Mbps, Provisioned, links 172.16.0.0/30 172.16.0.4/30, "
        "VLAN 200, AS 12076 and 65010, gateway ErGw1AZ",
    ]


_TOLD = ("without NAT", "NAT", "key", "gateway is", "circuit")


def test_gcm_and_bgp_in_the_document() -> None:
    found = document(load([EXPORTS / "active-active-az"]))
    (connection,) = json.loads(json.dumps(found))["connections"]
    assert found["schema"] == "appliance/expectation/1"
    assert connection["policy"]["ike"][0]["integrity"] == "none"
    assert connection["policy"]["ike"][0]["prf"] == "sha384"
    assert connection["on_premises"]["bgp"] == {"asn": 65_077, "address": "169.254.21.5"}
    assert connection["selectors"] == {"mode": "any", "pairs": []}
    assert connection["psk"] == {"state": "absent", "fingerprint": None}


@pytest.mark.parametrize("case", ["active-active-rest", "policy-based-selectors", "spec-example"])
def test_inline_values_say_the_same_as_the_export(case: str) -> None:
    (found,) = load([EXPORTS / case])
    values = as_inventory(found)["azure"]
    assert isinstance(values, dict)
    again = inline.load(json.loads(json.dumps(values)), name=found.name, where=WHERE)
    for field in (
        "vnet_prefixes",
        "ike_version",
        "policy",
        "esp_lifetime_seconds",
        "esp_lifetime_kilobytes",
        "policy_based",
        "selectors",
        "dpd_seconds",
        "bgp_enabled",
        "bgp_asn",
    ):
        assert getattr(again, field) == getattr(found, field), field
    assert [replace(end, name="") for end in again.endpoints] == [
        replace(end, name="") for end in found.endpoints
    ]
    assert again.on_premises.prefixes == found.on_premises.prefixes


def test_site_of_an_inventory() -> None:
    (found,) = load([EXPORTS / "active-active-rest"])
    assert as_inventory(found)["on_premises"] == {
        "public_ip": "203.0.113.77",
        "bgp": {"asn": 65_077, "address": "169.254.21.5"},
    }


def test_inventory_takes_what_an_export_becomes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (found,) = load([EXPORTS / "active-active-rest"])
    device = {"driver": "cisco_ios", "host": "192.0.2.1"}
    site = {"device": device, "psk": "env:KEY", **as_inventory(found)}
    file = tmp_path / "inventory.yaml"
    file.write_text(json.dumps({"version": 1, "sites": {"site-a": site}}, indent=1))
    values = load_inventory(file, drivers=("cisco_ios",)).sites["site-a"].azure.values
    assert values is not None
    assert inline.load(values, name="site-a", where=WHERE).policy == found.policy


def test_defaults_of_a_policy_based_gateway_have_no_inline_words() -> None:
    (found,) = load([EXPORTS / "policy-based-gateway"])
    with pytest.raises(ExpectationError, match="default offers of a policy-based gateway"):
        as_inventory(found)


def test_the_least_that_can_be_said_inline() -> None:
    found = inline.load(MINIMAL, name="site-a", where=WHERE)
    assert found.name == "site-a"
    assert found.endpoints[0].address == IPv4Address("198.51.100.7")
    assert found.vnet_prefixes == (IPv4Network("10.20.0.0/16"),)
    assert found.policy == ROUTE_BASED.policy(Dials.EITHER)
    assert found.ike_version is IkeVersion.V2
    assert (found.dpd_seconds, found.esp_lifetime_seconds) == (45, 27_000)
    assert (found.selectors, found.policy_based, found.bgp_enabled) == ((), False, False)
    assert (found.psk, found.psk_state) == (None, "absent")
    assert found.provenance[0].file == WHERE


def test_inline_selectors() -> None:
    product = inline.load(
        MINIMAL | {"policy_based_selectors": True, "on_premises_prefixes": ["10.1.0.0/24"]},
        name="a",
        where=WHERE,
    )
    pair = TrafficSelector(local=IPv4Network("10.1.0.0/24"), remote=IPv4Network("10.20.0.0/16"))
    assert (product.selectors, product.custom_selectors) == ((pair,), False)
    single = inline.load(
        MINIMAL
        | {
            "policy_based_selectors": True,
            "selectors": [{"local": "10.1.0.0/24", "remote": "10.20.0.0/16"}],
        },
        name="a",
        where=WHERE,
    )
    assert (single.selectors, single.custom_selectors) == ((pair,), True)


def test_every_fault_of_inline_values() -> None:
    with pytest.raises(InventoryError) as caught:
        inline.load(
            {
                "endpoints": [{"address": "198.51.100.700"}, {"bgp_addresses": ["10.0.0.1"]}],
                "vnet_prefixes": ["10.20.0.0/33"],
                "ike_version": 3,
                "policy": {"ike_encryption": "AES265", "pfs_group": "PFS14"},
                "selectors": [{"local": "10.1.0.0/24"}],
                "connection_mode": "initiator only",
            },
            name="a",
            where=WHERE,
        )
    assert [fault.split("\n")[0] for fault in caught.value.faults] == [
        f"{WHERE}: azure.connection_mode: connectionMode has no value 'initiator only'",
        f"{WHERE}: azure.policy.ike_encryption: ikeEncryption has no value 'AES265'",
        f"{WHERE}: azure.policy: the policy lacks ike_integrity, dh_group, ipsec_encryption, "
        "ipsec_integrity",
        f"{WHERE}: azure.vnet_prefixes[0]: '10.20.0.0/33' is no IPv4 prefix",
        f"{WHERE}: azure.selectors: selectors act only beside policy_based_selectors",
        f"{WHERE}: azure.endpoints[0].address: '198.51.100.700' is no IPv4 address",
        f"{WHERE}: azure.endpoints[1]: an endpoint needs the gateway's public address",
        f"{WHERE}: azure.ike_version: there is no IKEv3",
    ]


def test_expectation_does_not_show_its_key() -> None:
    (found,) = load([EXPORTS / "spec-example"])
    assert found.psk == Secret("CanaryKey77")
    assert "CanaryKey77" not in repr(found)


def test_lines_for_people() -> None:
    (found,) = load([EXPORTS / "spec-example"])
    assert lines([replace(found, exported_at=None)]) == (
        "connS2S (vnet-gateway), NotConnected",
        "  gateway       198.51.100.9 (gwipconfig1)",
        "  behind it     10.80.0.0/16",
        "  on premises   vpn.branch.example.net: 172.20.0.0/16",
        "  BGP           off",
        "  key           known in the export",
        "  gateway is    RouteBased",
        "  IKEv1         custom policy; either side dials; liveness 30 s",
        "    IKE         3des sha1 prf sha1 group 14: weak",
        "    ESP         aes128 sha256, PFS group 14: strong",
        "    lifetimes   IKE 28800 s, ESP 3600 s, 2048000 KB",
        "  selectors     3, set one by one",
        "    172.20.0.0/24 <-> 10.80.1.0/24",
        "    172.20.0.0/24 <-> 10.80.2.0/24",
        "    172.20.9.0/24 <-> 10.80.9.0/24",
    )


def test_lines_of_default_policies_tell_who_dials() -> None:
    (found,) = load([EXPORTS / "policy-based-selectors"])
    old = datetime.now(UTC) - timedelta(days=3, hours=1)
    told = lines([replace(found, exported_at=old.timestamp())])
    assert told[0] == "OnPremToVNet (vnet-gateway), Connected, exported 3 days ago"
    assert "    ESP         aes256gcm, no PFS: strong" in told
    assert (
        "    ESP         aes256 sha256, PFS group 14: strong; only when the appliance dials" in told
    )
    assert sum(line.startswith("    ESP") for line in told) == 26
