"""What exports tell of the gateway itself; nothing unreadable there stops an import."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance.azure.expectation import GatewayFacts
from appliance.azure.importer import choose, load, outcomes

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
        route_translation=False,
    )


def test_the_region_as_any_tool_writes_it(tmp_path: Path) -> None:
    assert _facts(tmp_path, gateway={"location": "US Gov Virginia"}).location == "usgovvirginia"


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


_BASE = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network"
_ROUTES: list[dict[str, object]] = [
    {"name": "out", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance"},
    {"name": "own", "addressPrefix": "10.20.0.0/16", "nextHopType": "VnetLocal"},
    {"name": "tag", "addressPrefix": "AzureCloud", "nextHopType": "Internet"},
    {"name": "spoke", "addressPrefix": "10.21.4.0/24", "nextHopType": "VirtualAppliance"},
]


def _with_table(folder: Path, table: dict[str, object], *, inside: bool = False) -> GatewayFacts:
    identity = {"id": f"{_BASE}/routeTables/edge-rt"}
    if not inside:
        (folder / "table.json").write_text(json.dumps({**identity, **table}), encoding="utf-8")
    subnet = {
        "name": "GatewaySubnet",
        "addressPrefix": "10.20.255.0/27",
        "routeTable": {**identity, **table} if inside else identity,
    }
    return _facts(folder, vnet={"subnets": [subnet]})


@pytest.mark.parametrize("inside", [False, True])
def test_the_route_table_of_the_subnet(tmp_path: Path, *, inside: bool) -> None:
    az: dict[str, object] = {
        "name": "edge-rt",
        "disableBgpRoutePropagation": True,
        "routes": _ROUTES,
    }
    made = _with_table(tmp_path, az, inside=inside)
    wanted = (IPv4Network("0.0.0.0/0"), IPv4Network("10.21.4.0/24"))
    assert (made.route_table, made.routes, made.propagation) == ("edge-rt", wanted, False)
    rest: dict[str, object] = {
        "type": "Microsoft.Network/routeTables",
        "properties": {
            "disableBgpRoutePropagation": False,
            "routes": [{"name": each["name"], "properties": each} for each in _ROUTES],
        },
    }
    made = _with_table(tmp_path, rest, inside=inside)
    assert (made.routes, made.propagation) == (wanted, True)


def test_a_table_that_was_not_exported_has_unknown_routes(tmp_path: Path) -> None:
    made = _with_table(tmp_path, {}, inside=True)
    assert (made.route_table, made.routes, made.propagation) == ("edge-rt", None, None)


def test_subnets_that_overlap_and_skus_of_public_addresses(tmp_path: Path) -> None:
    pip = {"publicIPAllocationMethod": "Dynamic", "sku": {"name": "Basic", "tier": "Regional"}}
    identity = json.loads((EXAMPLE / "gateway.json").read_text(encoding="utf-8"))[
        "ipConfigurations"
    ][0]["publicIPAddress"]["id"]
    (tmp_path / "pip.json").write_text(json.dumps({"id": identity, **pip}), encoding="utf-8")
    made = _facts(
        tmp_path,
        vnet={
            "subnets": [
                {"name": "GatewaySubnet", "addressPrefix": "10.20.255.0/27"},
                {"name": "workload", "addressPrefixes": ["10.20.1.0/24", "10.20.254.0/23"]},
            ]
        },
    )
    assert made.neighbours == (IPv4Network("10.20.254.0/23"),)
    assert made.public_ip_skus == ("Basic",)


def test_what_virtual_wan_tells_of_its_gateway_and_link() -> None:
    sources = Path(__file__).parent / "sources"
    files = [sources / f"wan-rest-{name}.json" for name in ("gateway", "site", "hub")]
    fibre, mpls = (found.gateway for found in load(files))
    assert (fibre.scale_units, fibre.link_mbps) == (2, 200)
    assert (mpls.scale_units, mpls.link_mbps) == (2, 100)


@pytest.mark.parametrize("broken", [7, [], "x", ["x"], {"name": []}, {"name": {"a": 1}}])
def test_what_cannot_be_read_is_not_told(broken: object, tmp_path: Path) -> None:
    made = _facts(
        tmp_path,
        gateway={"sku": broken, "vpnGatewayGeneration": broken, "gatewayDefaultSite": broken},
        vnet={"subnets": broken},
    )
    assert (made.generation, made.default_site, made.subnet_prefixes) == (None, None, ())
    assert made.sku in (None, "x")
