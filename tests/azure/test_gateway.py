"""Endpoints, networks and BGP of gateways in all their states."""

from __future__ import annotations

import json
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any  # JSON of any shape is edited in place here

import pytest

from appliance.azure import Expectation, load

EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "site-a"
NETWORK = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/network-rg"
    "/providers/Microsoft.Network"
)
GATEWAY = f"{NETWORK}/virtualNetworkGateways/vpngw"


class Export:
    """The shipped example, to be changed and imported."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files: dict[str, Any] = {
            file.stem: json.loads(file.read_text()) for file in EXAMPLE.iterdir()
        }

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- JSON of any shape
        return self.files[name]

    def load(self) -> Expectation:
        for name, content in self.files.items():
            (self.directory / f"{name}.json").write_text(json.dumps(content))
        (found,) = load([self.directory])
        return found


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def config(name: str) -> dict[str, object]:
    return {
        "id": f"{GATEWAY}/ipConfigurations/{name}",
        "name": name,
        "publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/pip-{name}"},
        "subnet": {"id": f"{NETWORK}/virtualNetworks/hub-vnet/subnets/GatewaySubnet"},
    }


def public_ip(name: str, address: str) -> dict[str, object]:
    return {"id": f"{NETWORK}/publicIPAddresses/pip-{name}", "ipAddress": address}


def told(found: Expectation) -> list[tuple[str, str, list[str]]]:
    return [
        (end.name, str(end.address), [str(each) for each in end.bgp_addresses])
        for end in found.endpoints
    ]


def test_old_answer_without_peering_addresses(export: Export) -> None:
    export.files["gateway"] |= {
        "activeActive": True,
        "ipConfigurations": [config("first"), config("second")],
        "bgpSettings": {"asn": 65515, "bgpPeeringAddress": "10.20.255.4, 10.20.255.5"},
    }
    export.files["ips"] = [public_ip("second", "198.51.100.8"), public_ip("first", "198.51.100.7")]
    assert told(export.load()) == [
        ("first", "198.51.100.7", ["10.20.255.4"]),
        ("second", "198.51.100.8", ["10.20.255.5"]),
    ]


def test_active_standby_uses_one_configuration(export: Export) -> None:
    export["gateway"]["ipConfigurations"].append(config("leftover"))
    found = export.load()
    assert told(found) == [("default", "198.51.100.7", ["10.20.255.30"])]
    assert "ip configuration leftover takes no site-to-site tunnel" in "\n".join(found.notes)


def test_active_active_with_one_configuration_is_doubted(export: Export) -> None:
    export["gateway"]["activeActive"] = "True"
    found = export.load()
    assert len(found.endpoints) == 1
    assert "activeActive, but with one ip configuration only" in "\n".join(found.notes)


def test_only_peering_addresses(export: Export) -> None:
    del export["gateway"]["ipConfigurations"]
    found = export.load()
    assert told(found) == [("default", "198.51.100.7", ["10.20.255.30"])]
    assert "taken as the gateway's VNet" in "\n".join(found.notes)


def bgp(export: Export, asn: int, address: str) -> None:
    export["connection"]["enableBgp"] = True
    export["gateway"]["enableBgp"] = True
    export["local-gateway"]["bgpSettings"] = {"asn": asn, "bgpPeeringAddress": address}


def test_apipa_without_a_partner(export: Export) -> None:
    bgp(export, 65010, "169.254.21.5")
    found = export.load()
    assert found.on_premises.bgp_address == IPv4Address("169.254.21.5")
    assert "gateway instance default has no custom APIPA address" in "\n".join(found.notes)


def test_same_as_on_both_sides(export: Export) -> None:
    bgp(export, 65515, "10.10.255.1")
    assert "both sides have AS 65515" in "\n".join(export.load().notes)


def test_bgp_of_the_gateway_off(export: Export) -> None:
    bgp(export, 65010, "10.10.255.1")
    export["gateway"]["enableBgp"] = False
    assert "false, although the connection has BGP on" in "\n".join(export.load().notes)


def test_large_as_numbers_and_none(export: Export) -> None:
    bgp(export, 4_200_000_001, "10.10.255.1")
    assert export.load().on_premises.bgp_asn == 4_200_000_001
    export["local-gateway"]["bgpSettings"]["asn"] = 2**32
    with pytest.raises(Exception, match="4294967296 is no AS number"):
        export.load()


def test_choice_of_custom_bgp_addresses(export: Export) -> None:
    entry = export["gateway"]["bgpSettings"]["bgpPeeringAddresses"][0]
    entry["customBgpIpAddresses"] = ["169.254.21.2", "169.254.21.6"]
    bgp(export, 65010, "169.254.21.5")
    both = export.load().endpoints[0].apipa_addresses
    assert [str(address) for address in both] == ["169.254.21.2", "169.254.21.6"]
    export["connection"]["gatewayCustomBgpIpAddresses"] = [
        {
            "ipConfigurationId": f"{GATEWAY}/ipConfigurations/DEFAULT".upper(),
            "customBgpIpAddress": "169.254.22.9",
        }
    ]
    found = export.load()
    assert [str(address) for address in found.endpoints[0].apipa_addresses] == ["169.254.22.9"]
    assert "169.254.22.9 is none of the custom BGP addresses" in "\n".join(found.notes)


def peering(name: str, **members: object) -> dict[str, object]:
    return {
        "name": name,
        "peeringState": "Connected",
        "allowGatewayTransit": True,
        "remoteVirtualNetwork": {"id": f"{NETWORK}/virtualNetworks/{name}"},
        "remoteAddressSpace": {"addressPrefixes": ["10.30.0.0/16"]},
        **members,
    }


def test_peers_that_use_the_gateway(export: Export) -> None:
    export["vnet"]["virtualNetworkPeerings"] = [peering("spoke")]
    assert [str(prefix) for prefix in export.load().vnet_prefixes] == [
        "10.20.0.0/16",
        "10.21.0.0/16",
        "10.30.0.0/16",
    ]
    back = {
        "useRemoteGateways": True,
        "remoteVirtualNetwork": {"id": f"{NETWORK}/virtualNetworks/HUB-vnet"},
    }
    export.files["spoke"] = {
        "id": f"{NETWORK}/virtualNetworks/spoke",
        "addressSpace": {"addressPrefixes": ["10.30.0.0/16"]},
        "virtualNetworkPeerings": [back],
    }
    assert len(export.load().vnet_prefixes) == 3
    back["useRemoteGateways"] = False
    found = export.load()
    assert len(found.vnet_prefixes) == 2
    assert "the peer does not use remote gateways" in "\n".join(found.notes)


def test_too_many_selectors_to_build(export: Export) -> None:
    export["connection"]["usePolicyBasedTrafficSelectors"] = True
    export["local-gateway"]["localNetworkAddressSpace"]["addressPrefixes"] = [
        f"172.16.{number}.0/30" for number in range(60)
    ]
    found = export.load()
    assert len(found.selectors) == 120
    assert "120 selector pairs; Azure keeps 100 child SAs in a tunnel" in found.notes
    export["vnet"]["addressSpace"]["addressPrefixes"] = [
        f"10.{number}.0.0/24" for number in range(200)
    ]
    with pytest.raises(Exception, match="are more than 10000 pairs"):
        export.load()
