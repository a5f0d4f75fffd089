"""What exports tell of the gateway itself; nothing unreadable there stops an import."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance.azure.expectation import GatewayFacts
from appliance.azure.importer import choose, outcomes

EXAMPLE = Path(__file__).parents[2] / "examples/azure/site-a"


def _facts(folder: Path, **changes: dict[str, object]) -> GatewayFacts:
    """Facts of the shipped export, with members of its files changed (by name, `-` is `_`)."""
    for path in EXAMPLE.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        document.update(changes.get(path.stem.replace("-", "_"), {}))
        (folder / path.name).write_text(json.dumps(document), encoding="utf-8")
    return choose(outcomes((str(folder),)), None).gateway


def test_sku_kind_and_subnet(tmp_path: Path) -> None:
    assert _facts(tmp_path) == GatewayFacts(
        sku="VpnGw2AZ",
        generation=2,
        vpn_type="RouteBased",
        active_active=False,
        subnet="GatewaySubnet",
        subnet_prefixes=(IPv4Network("10.20.255.0/27"),),
    )


def test_what_is_attached_and_what_acts(tmp_path: Path) -> None:
    base = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network"
    subnet = {
        "name": "gatewaysubnet",
        "addressPrefixes": ["10.20.255.0/28"],
        "networkSecurityGroup": {"id": f"{base}/networkSecurityGroups/edge-nsg"},
        "routeTable": {"id": f"{base}/routeTables/edge-rt"},
    }
    site = {"id": f"{base}/localNetworkGateways/hq"}
    made = _facts(
        tmp_path,
        vnet={"subnets": [{"name": "workload", "addressPrefix": "10.20.1.0/24"}, subnet]},
        gateway={"gatewayDefaultSite": site, "sku": "Basic"},
        connection={"ingressNatRules": [{"id": "a"}], "egressNatRules": [{"id": "b"}, {"id": "c"}]},
    )
    assert made.subnet_prefixes == (IPv4Network("10.20.255.0/28"),)
    assert (made.security_group, made.route_table) == ("edge-nsg", "edge-rt")
    assert (made.nat_rules, made.default_site, made.sku) == (3, "hq", "Basic")


@pytest.mark.parametrize("broken", [7, [], "x", ["x"], {"name": []}, {"name": {"a": 1}}])
def test_what_cannot_be_read_is_not_told(broken: object, tmp_path: Path) -> None:
    made = _facts(
        tmp_path,
        gateway={"sku": broken, "vpnGatewayGeneration": broken, "gatewayDefaultSite": broken},
        vnet={"subnets": broken},
    )
    assert (made.generation, made.default_site, made.subnet_prefixes) == (None, None, ())
    assert made.sku in (None, "x")
