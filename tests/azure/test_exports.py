"""Exports of every shape, written by hand, and what must come out of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from appliance.azure import Endpoint, Expectation, OnPremisesEnd, load
from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, PeerPolicy
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, TrafficSelector

EXPORTS = Path(__file__).parent / "exports"
EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "site-a"


def one(case: str) -> Expectation:
    (expectation,) = load([EXPORTS / case])
    return expectation


def networks(*texts: str) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, texts))


def addresses(*texts: str) -> tuple[IPv4Address, ...]:
    return tuple(map(IPv4Address, texts))


def pair(local: str, remote: str) -> TrafficSelector:
    return TrafficSelector(local=IPv4Network(local), remote=IPv4Network(remote))


def custom(ike: IkeProposal, esp: EspOffer, dials: Dials = Dials.EITHER) -> PeerPolicy:
    return PeerPolicy(default=False, ike=(ike,), initiator=(esp,), responder=(esp,), dials=dials)


@pytest.mark.parametrize("shape", ["rest", "az", "powershell"])
def test_one_deployment_says_the_same_in_every_shape(shape: str) -> None:
    found = one(f"active-active-{shape}")
    assert found.name == "cn-frankfurt"
    assert found.kind == "vnet-gateway"
    assert found.endpoints == (
        Endpoint(
            name="default",
            address=IPv4Address("198.51.100.65"),
            bgp_addresses=addresses("10.40.255.4"),
            apipa_addresses=addresses("169.254.21.6"),
        ),
        Endpoint(
            name="activeActive",
            address=IPv4Address("198.51.100.66"),
            bgp_addresses=addresses("10.40.255.5"),
            apipa_addresses=addresses("169.254.22.6"),
        ),
    )
    assert found.vnet_prefixes == networks("10.40.0.0/16", "10.41.0.0/16", "10.42.0.0/16")
    assert found.on_premises == OnPremisesEnd(
        address=IPv4Address("203.0.113.77"),
        bgp_asn=65077,
        bgp_address=IPv4Address("169.254.21.5"),
    )
    assert found.policy == custom(
        IkeProposal(
            name="custom",
            encryption=(Encryption.AES256GCM,),
            integrity=(),
            prf=(Prf.SHA384,),
            groups=(DhGroup.ECP384,),
            lifetime_seconds=28_800,
        ),
        EspOffer(
            encryption=Encryption.AES256GCM,
            integrity=Integrity.NONE,
            pfs_group=DhGroup.ECP384,
        ),
        Dials.APPLIANCE,
    )
    assert (found.ike_version, found.ike_lifetime_seconds) == (IkeVersion.V2, 28_800)
    assert (found.esp_lifetime_seconds, found.esp_lifetime_kilobytes) == (14_400, 102_400_000)
    assert (found.policy_based, found.selectors, found.dpd_seconds) == (False, (), 45)
    assert (found.bgp_enabled, found.bgp_asn) == (True, 65010)
    assert (found.psk, found.psk_state, found.status) == (None, "absent", "Connected")
    assert dict(found.provisioning) == {
        "connection": "Succeeded",
        "virtual-network-gateway": "Succeeded",
        "local-network-gateway": "Succeeded",
        "virtual-network": "Succeeded",
    }
    assert found.exported_at is not None
    assert [Path(piece.file).name for piece in found.provenance] == [
        "connections.json",
        "virtualNetworkGateways.json",
        "localNetworkGateways.json",
        "virtualNetworks.json",
    ]


def test_notes_tell_what_was_left_out() -> None:
    notes = "\n".join(one("active-active-rest").notes)
    where = str(EXPORTS / "active-active-rest")
    assert (
        f"{where}/virtualNetworks.json: $.properties.addressSpace.addressPrefixes[1]: IPv6" in notes
    )
    assert "peered VNet behind to-spoke1, by gateway transit: 10.41.0.0/16, 10.42.0.0/16" in notes
    assert "peering to-old left out: its state is Disconnected" in notes
    assert "saDataSizeKilobytes: 0; Azure's default 102400000 is taken" in notes
    assert "ip configuration p2s takes no site-to-site tunnel of this gateway" in notes
    assert "to-lab" not in notes


def test_old_cli_with_nulls_and_several_documents_in_one_file() -> None:
    found = one("policy-based-selectors")
    assert found.endpoints == (
        Endpoint(
            name="gwipconfig",
            address=IPv4Address("198.51.100.200"),
            bgp_addresses=addresses("172.16.255.254"),
        ),
    )
    assert found.vnet_prefixes == networks("172.16.0.0/16", "172.17.0.0/16", "192.168.200.0/24")
    assert found.on_premises.prefixes == networks("10.101.0.0/24", "10.101.1.0/24")
    assert found.policy == ROUTE_BASED.policy(Dials.EITHER)
    assert found.esp_lifetime_seconds == 27_000
    assert found.policy_based
    assert not found.custom_selectors
    assert found.selectors == (
        pair("10.101.0.0/24", "172.16.0.0/16"),
        pair("10.101.0.0/24", "172.17.0.0/16"),
        pair("10.101.1.0/24", "172.16.0.0/16"),
        pair("10.101.1.0/24", "172.17.0.0/16"),
    )
    notes = "\n".join(found.notes)
    assert "point-to-site clients behind the gateway: 192.168.200.0/24" in notes
    assert "az network vpn-connection ipsec-policy add" in notes
    assert "document 3: $.provisioningState: 'Updating', not Succeeded" in notes


def test_policy_based_gateway_out_of_lists() -> None:
    found = one("policy-based-gateway")
    assert found.name == "depot"
    assert found.ike_version is IkeVersion.V1
    assert found.policy == POLICY_BASED.policy(Dials.EITHER)
    assert found.esp_lifetime_seconds == 3_600
    assert found.endpoints[0].address == IPv4Address("198.51.100.31")
    assert found.selectors == (
        pair("192.168.50.0/24", "10.60.0.0/22"),
        pair("192.168.50.0/24", "10.60.8.0/22"),
    )
    assert found.status is None
    notes = "\n".join(found.notes)
    assert "connection er is of type 'ExpressRoute', not IPsec; skipped" in notes
    assert "connection vnet-to-vnet is of type 'Vnet2Vnet', not IPsec; skipped" in notes
    assert "takes no custom policy" in notes


def test_response_with_embedded_gateways_and_custom_selectors() -> None:
    found = one("spec-example")
    assert found.ike_version is IkeVersion.V1
    assert found.on_premises == OnPremisesEnd(
        fqdn="vpn.branch.example.net", prefixes=networks("172.20.0.0/16")
    )
    assert found.endpoints == (Endpoint(name="gwipconfig1", address=IPv4Address("198.51.100.9")),)
    assert found.policy == custom(
        IkeProposal(
            name="custom",
            encryption=(Encryption.TRIPLE_DES,),
            integrity=(Integrity.SHA1,),
            prf=(Prf.SHA1,),
            groups=(DhGroup.MODP2048,),
            lifetime_seconds=28_800,
        ),
        EspOffer(
            encryption=Encryption.AES128,
            integrity=Integrity.SHA256,
            pfs_group=DhGroup.MODP2048,
        ),
    )
    assert (found.esp_lifetime_seconds, found.esp_lifetime_kilobytes) == (3_600, 2_048_000)
    assert found.dpd_seconds == 30
    assert found.custom_selectors
    assert found.selectors == (
        pair("172.20.0.0/24", "10.80.1.0/24"),
        pair("172.20.0.0/24", "10.80.2.0/24"),
        pair("172.20.9.0/24", "10.80.9.0/24"),
    )
    assert (found.psk, found.psk_state) == (Secret("CanaryKey77"), "known")
    assert found.provenance[1].path.endswith("virtualNetworkGateway1")


def test_private_addresses_certificate_and_nat() -> None:
    found = one("private-certificate")
    assert [str(endpoint.address) for endpoint in found.endpoints] == ["10.70.255.4", "10.70.255.5"]
    assert [endpoint.bgp_addresses for endpoint in found.endpoints] == [
        addresses("10.70.255.4"),
        addresses("10.70.255.5"),
    ]
    assert found.vnet_prefixes == networks("10.64.0.0/10")
    assert found.policy.dials is Dials.AZURE
    assert (found.psk, found.psk_state) == (None, "absent")
    assert (found.selectors, found.policy_based) == ((), False)
    notes = "\n".join(found.notes)
    for piece in (
        "customRoutes: left out",
        "summarizedGatewayPrefixes, taken in place of addressSpace",
        "'10.2.3.4/16' has host bits set; read as 10.2.0.0/16",
        "Azure ignores them while usePolicyBasedTrafficSelectors is false",
        "dpdTimeoutSeconds: 5000 s is outside Azure's range 9-3600",
        "authenticationType: Certificate",
        "'Failed', not Succeeded",
        "NAT rule x is not among the exports: prefixes are told as if it were not there",
        "prefixes overlap: 10.70.128.0/24 and 10.64.0.0/10",
    ):
        assert piece in notes


def test_shipped_example() -> None:
    (found,) = load([EXAMPLE])
    assert found.name == "site-a"
    assert [str(endpoint.address) for endpoint in found.endpoints] == ["198.51.100.7"]
    assert found.vnet_prefixes == networks("10.20.0.0/16", "10.21.0.0/16")
    assert found.on_premises == OnPremisesEnd(
        address=IPv4Address("203.0.113.10"), prefixes=networks("10.10.0.0/16", "10.11.0.0/16")
    )
    assert found.psk_state == "absent"
    assert found.notes == ()


def test_files_in_any_order_and_one_by_one() -> None:
    files = sorted((EXPORTS / "active-active-rest").iterdir())
    forward, backward = load(files), load(files[::-1])
    assert forward == backward == load([EXPORTS / "active-active-rest"])
