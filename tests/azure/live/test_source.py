"""What Azure itself tells comes out as the same expectation that its exports come to."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.azure import Endpoint
from appliance.azure.live import source
from appliance.azure.live.reader import Reader
from appliance.errors import ExpectationError
from appliance.model.cloud import AzureScope
from appliance.model.secret import Secret
from tests.azure.arm import deployment
from tests.azure.arm.server import Arm, Reply, denied, refused

pytestmark = pytest.mark.usefixtures("signed_in")


def test_an_active_active_gateway(scope: AzureScope) -> None:
    found = source.expectation(scope, "conn-a")
    assert (found.name, found.kind, found.status) == ("conn-a", "vnet-gateway", "Connected")
    assert found.endpoints == tuple(
        Endpoint(
            name=name,
            address=IPv4Address(public),
            bgp_addresses=(IPv4Address(own),),
            apipa_addresses=(IPv4Address(apipa),),
        )
        for name, public, own, apipa in (
            ("default", "198.51.100.65", "10.40.255.4", "169.254.21.6"),
            ("activeActive", "198.51.100.66", "10.40.255.5", "169.254.22.6"),
        )
    )
    reached = ("10.40.0.0/16", "10.41.0.0/16", "172.20.0.0/24")
    assert found.vnet_prefixes == tuple(map(IPv4Network, reached))
    assert (found.bgp_enabled, found.bgp_asn) == (True, 65010)
    assert found.on_premises.bgp_asn == 65077
    assert (found.psk, found.psk_state) == (Secret(deployment.KEY), "known")
    assert found.gateway.sku == "VpnGw2AZ"
    assert found.gateway.subnet_prefixes == (IPv4Network("10.40.255.0/27"),)
