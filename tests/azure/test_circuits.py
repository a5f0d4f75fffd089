"""Circuits out of every kind of export: what Azure has of a peering, and what leads to it."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance.azure.expectation import Circuit, Peering
from appliance.azure.importer import choose, outcomes

EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "er-junos"
GROUP = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network-rg/providers/"
    "Microsoft.Network"
)
CIRCUIT = f"{GROUP}/expressRouteCircuits/er-dublin"


def _copy(folder: Path, *without: str) -> Path:
    for path in EXAMPLE.iterdir():
        if path.stem not in without:
            (folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return folder


def _circuits(folder: Path) -> tuple[Circuit, ...]:
    return choose(outcomes((str(folder),)), "er-junos").circuits


def _arm(path: Path) -> dict[str, object]:
    """What REST answers: everything but name, id and type below `properties`."""
    flat = json.loads(path.read_text("utf-8"))
    top = {
        name: flat.pop(name) for name in ("name", "id", "type", "location", "sku") if name in flat
    }
    peerings = [
        {
            "name": one.pop("name"),
            "id": one.pop("id"),
            "type": one.pop("type"),
            "properties": one,
        }
        for one in flat.pop("peerings", [])
    ]
    return {**top, "properties": {**flat, **({"peerings": peerings} if peerings else {})}}


def test_what_az_shows_of_a_circuit_its_peering_and_its_gateway() -> None:
    (circuit,) = _circuits(EXAMPLE)
    assert circuit == Circuit(
        name="er-dublin",
        id=CIRCUIT,
        bandwidth_mbps=1_000,
        sku_tier="Standard",
        provider_state="Provisioned",
        stag=42,
        peering=Peering(
            state="Enabled",
            azure_asn=12_076,
            peer_asn=65_090,
            primary=IPv4Network("172.17.0.0/30"),
            secondary=IPv4Network("172.17.0.4/30"),
            vlan=300,
        ),
        connected=True,
        gateway_sku="ErGw1AZ",
        gateway_asn=65_515,
    )


def test_rest_answers_say_the_same(tmp_path: Path) -> None:
    _copy(tmp_path, "circuit")
    (tmp_path / "circuit.json").write_text(json.dumps(_arm(EXAMPLE / "circuit.json")), "utf-8")
    assert _circuits(tmp_path) == _circuits(EXAMPLE)


def test_a_peering_exported_by_itself_is_found_by_its_id(tmp_path: Path) -> None:
    _copy(tmp_path, "circuit")
    whole = _arm(EXAMPLE / "circuit.json")
    properties = whole["properties"]
    assert isinstance(properties, dict)
    (peering,) = properties.pop("peerings")
    (tmp_path / "circuit.json").write_text(json.dumps(whole), "utf-8")
    (tmp_path / "peering.json").write_text(json.dumps(peering), "utf-8")
    assert _circuits(tmp_path) == _circuits(EXAMPLE)


def test_terraform_state_says_the_same_of_the_links(tmp_path: Path) -> None:
    _copy(tmp_path, "circuit", "er-connection", "er-gateway")
    resources = [
        (
            "azurerm_express_route_circuit",
            {
                "id": CIRCUIT,
                "name": "er-dublin",
                "bandwidth_in_mbps": 1000,
                "service_provider_provisioning_state": "Provisioned",
                "sku": [{"tier": "Standard", "family": "MeteredData"}],
            },
        ),
        (
            "azurerm_express_route_circuit_peering",
            {
                "id": f"{CIRCUIT}/peerings/AzurePrivatePeering",
                "express_route_circuit_name": "er-dublin",
                "peering_type": "AzurePrivatePeering",
                "azure_asn": 12076,
                "peer_asn": 65050,
                "primary_peer_address_prefix": "172.17.0.0/30",
                "secondary_peer_address_prefix": "172.17.0.4/30",
                "vlan_id": 300,
            },
        ),
    ]
    state = {
        "version": 4,
        "terraform_version": "1.9.0",
        "resources": [
            {
                "mode": "managed",
                "type": kind,
                "name": "x",
                "provider": 'provider["registry.terraform.io/hashicorp/azurerm"]',
                "instances": [{"schema_version": 0, "attributes": values}],
            }
            for kind, values in resources
        ],
    }
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state), "utf-8")
    (circuit,) = _circuits(tmp_path)
    assert (circuit.peering.primary, circuit.peering.secondary, circuit.peering.vlan) == (
        IPv4Network("172.17.0.0/30"),
        IPv4Network("172.17.0.4/30"),
        300,
    )
    assert (circuit.bandwidth_mbps, circuit.sku_tier, circuit.peering.peer_asn) == (
        1_000,
        "Standard",
        65_050,
    )
    assert not circuit.connected


@pytest.mark.parametrize("value", [None, "fe80::/126", "nonsense", ""])
def test_a_link_without_an_ipv4_network_is_not_told(tmp_path: Path, value: str | None) -> None:
    _copy(tmp_path, "circuit")
    flat = json.loads((EXAMPLE / "circuit.json").read_text("utf-8"))
    flat["peerings"][0]["primaryPeerAddressPrefix"] = value
    (tmp_path / "circuit.json").write_text(json.dumps(flat), "utf-8")
    (circuit,) = _circuits(tmp_path)
    assert circuit.peering.primary is None
    assert circuit.peering.secondary == IPv4Network("172.17.0.4/30")


def test_microsoft_peering_is_not_the_private_one(tmp_path: Path) -> None:
    _copy(tmp_path, "circuit")
    flat = json.loads((EXAMPLE / "circuit.json").read_text("utf-8"))
    flat["peerings"][0] |= {"name": "MicrosoftPeering", "peeringType": "MicrosoftPeering"}
    (tmp_path / "circuit.json").write_text(json.dumps(flat), "utf-8")
    (circuit,) = _circuits(tmp_path)
    assert circuit.peering == Peering()


def test_exports_without_circuits_have_none(tmp_path: Path) -> None:
    assert _circuits(_copy(tmp_path, "circuit", "er-connection", "er-gateway")) == ()


def test_a_circuit_of_others_with_the_same_name_is_not_told(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    circuit = json.loads((folder / "circuit.json").read_text("utf-8"))
    text = json.dumps(circuit | {"serviceProviderProvisioningState": "NotProvisioned"})
    (folder / "another.json").write_text(text.replace(GROUP, GROUP.replace("network-rg", "other")))
    (one,) = _circuits(folder)
    assert (one.id, one.provider_state, one.connected) == (CIRCUIT, "Provisioned", True)
