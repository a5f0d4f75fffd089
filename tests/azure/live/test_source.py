"""What Azure itself tells comes out as the same expectation that its exports come to."""

from __future__ import annotations

import sys
from ipaddress import IPv4Address, IPv4Network

import pytest

from appliance.azure import Endpoint, Expectation, Provenance
from appliance.azure.live import source
from appliance.azure.live.reader import Reader
from appliance.errors import ExpectationError, UsageError
from appliance.model.cloud import AzureScope
from appliance.model.secret import Secret
from appliance.record import replace
from tests.azure.arm import deployment
from tests.azure.arm.server import Arm, Json, Reply, denied, refused

pytestmark = pytest.mark.usefixtures("signed_in")


def networks(*texts: str) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, texts))


def notes(found: Expectation) -> str:
    return "\n".join(found.notes)


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
    assert found.vnet_prefixes == networks("100.65.0.0/16", "10.41.0.0/16", "172.20.0.0/24")
    assert (found.bgp_enabled, found.bgp_asn) == (True, 65010)
    assert found.on_premises.bgp_asn == 65077
    assert (found.psk, found.psk_state) == (Secret(deployment.KEY), "known")
    assert (found.gateway.sku, found.gateway.nat_rules) == ("VpnGw2AZ", 2)
    assert found.gateway.subnet_prefixes == networks("10.40.255.0/27")
    assert "ExpressRoute" not in notes(found)
    (circuit,) = found.circuits
    assert (circuit.name, circuit.connected, circuit.gateway_sku) == ("er-1", True, "ErGw1AZ")
    assert (circuit.peering.vlan, str(circuit.peering.primary)) == (100, "192.168.15.16/30")
    assert found.provenance[0] == Provenance("live:connections/conn-a", "$")


def test_nat_rules_are_read_where_the_gateway_does_not_carry_them(
    scope: AzureScope, arm: Arm
) -> None:
    whole = deployment.gateway()
    properties = whole["properties"]
    assert isinstance(properties, dict)
    rules = properties["natRules"]
    assert isinstance(rules, list)
    arm.put({**whole, "properties": {**properties, "natRules": rules[:1]}})
    arm.put(rules[1])
    found = source.expectation(scope, "conn-a")
    assert {rule.name for rule in found.nat} == {"in", "out"}
    assert IPv4Network("100.65.0.0/16") in found.vnet_prefixes
    assert f"{deployment.BASE}/virtualNetworkGateways/vgw-hub/natRules/out" in [
        path for _, path in arm.requests
    ]


@pytest.mark.parametrize("there", [True, False])
def test_the_route_table_of_the_gateways_subnet_is_read(
    scope: AzureScope, arm: Arm, *, there: bool
) -> None:
    base = f"{deployment.BASE}/routeTables"
    vnet = arm.resources[f"{deployment.BASE}/virtualNetworks/vnet-hub".casefold()]
    assert isinstance(vnet, dict)
    properties = vnet["properties"]
    assert isinstance(properties, dict)
    subnets: list[Json] = [
        {
            "name": name,
            "properties": {"addressPrefix": prefix, "routeTable": {"id": f"{base}/{table}"}},
        }
        for name, prefix, table in (
            ("GatewaySubnet", "10.40.255.0/27", "edge-rt"),
            ("apps", "10.40.1.0/24", "apps-rt"),
        )
    ]
    arm.put({**vnet, "properties": {**properties, "subnets": subnets}})
    routes: list[Json] = [{"properties": {"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}}]
    if there:
        table: dict[str, Json] = {"disableBgpRoutePropagation": True, "routes": routes}
        arm.put(deployment.resource("routeTables", "edge-rt", table))
    found = source.expectation(scope, "conn-a")
    wanted = (networks("0.0.0.0/0"), False) if there else (None, None)
    assert (found.gateway.routes, found.gateway.propagation) == wanted
    assert found.gateway.route_table == "edge-rt"
    assert ("edge-rt" in notes(found)) is not there
    assert not [path for _, path in arm.requests if "apps-rt" in path]


def test_its_age_is_that_of_the_reading(scope: AzureScope) -> None:
    import time  # noqa: PLC0415 -- the clock of this test alone

    before = time.time()
    told = source.expectation(scope, "conn-a").exported_at
    assert told is not None
    assert before - 1 <= told <= time.time()


def test_by_id_and_in_other_capitals(scope: AzureScope) -> None:
    by_id = source.expectation(scope, f"{deployment.BASE}/connections/conn-a")
    assert by_id == source.expectation(scope, "CONN-A") == source.expectation(scope, "conn-a")


def test_the_only_connection_needs_no_name(scope: AzureScope, arm: Arm) -> None:
    assert source.expectation(scope, None).name == "conn-a"
    listed = [path for _, path in arm.requests if path.endswith("/connections")]
    assert listed[0] == f"{deployment.BASE}/connections"


def test_of_several_connections_one_is_to_be_named(scope: AzureScope, arm: Arm) -> None:
    arm.put(deployment.connection("conn-z"))
    with pytest.raises(ExpectationError, match="2 connections, and none is named") as raised:
        source.expectation(scope, None)
    assert raised.value.hint == "set azure.connection to one of: conn-a, conn-z"


def test_a_connection_between_gateways_is_no_sites(scope: AzureScope, arm: Arm) -> None:
    arm.put(deployment.connection(connectionType="Vnet2Vnet", localNetworkGateway2=None))
    with pytest.raises(ExpectationError, match="of type 'Vnet2Vnet', not IPsec"):
        source.expectation(scope, "conn-a")


def test_without_the_key_it_is_not_asked_for(scope: AzureScope, arm: Arm) -> None:
    found = source.expectation(scope, "conn-a", key=False)
    assert (found.psk, found.psk_state) == (None, "absent")
    assert not [path for _, path in arm.requests if "sharedkey" in path.casefold()]


def test_a_key_that_the_answer_shows_in_place_is_not_taken_from_there(
    scope: AzureScope, arm: Arm
) -> None:
    arm.put(deployment.connection(sharedKey="CanaryStale"))
    assert source.expectation(scope, "conn-a", key=False).psk is None


def test_certificates_have_no_key(scope: AzureScope, arm: Arm) -> None:
    arm.put(deployment.connection(authenticationType="Certificate"))
    found = source.expectation(scope, "conn-a")
    assert "certificates are not rendered" in notes(found)
    assert not [path for _, path in arm.requests if "sharedkey" in path.casefold()]


def test_each_link_of_virtual_wan_has_its_key_and_both_instances(scope: AzureScope) -> None:
    hub = replace(scope, gateway="vpngw-1")
    fibre = source.expectation(hub, "conn-b/fibre")
    lte = source.expectation(hub, "conn-b/lte")
    assert [str(each.address) for each in fibre.endpoints] == ["198.51.100.162", "198.51.100.163"]
    assert fibre.kind == "virtual-wan"
    assert fibre.vnet_prefixes == networks("10.61.0.0/23", "10.71.0.0/16")
    assert fibre.psk == lte.psk == Secret(deployment.LINK_KEY)
    assert (str(fibre.on_premises.address), fibre.policy.default) == ("203.0.113.160", False)
    assert (str(lte.on_premises.address), lte.policy.default) == ("203.0.113.161", True)


def test_the_other_hub_of_the_site(scope: AzureScope) -> None:
    found = source.expectation(replace(scope, gateway="vpngw-2"), None)
    assert found.name == "conn-b"
    assert found.vnet_prefixes == networks("10.62.0.0/23", "10.72.0.0/16")
    apipa = [str(address) for each in found.endpoints for address in each.apipa_addresses]
    assert apipa == ["169.254.21.2", "169.254.22.2"]


def test_a_link_is_to_be_named_where_there_are_several(scope: AzureScope) -> None:
    with pytest.raises(ExpectationError, match="no connection 'conn-b'") as raised:
        source.expectation(replace(scope, gateway="vpngw-1"), "conn-b")
    assert "conn-b/fibre, conn-b/lte" in raised.value.hint


KEY_RIGHT = "Microsoft.Network/connections/sharedKey/action"


def test_a_key_that_may_not_be_read_stays_unknown(scope: AzureScope, arm: Arm) -> None:
    arm.always["/sharedkey"] = denied(KEY_RIGHT, f"{deployment.BASE}/connections/conn-a")
    found = source.expectation(scope, "conn-a")
    assert (found.psk, found.psk_state) == (None, "unreadable")
    assert f"the pre-shared key was not read: not allowed to this login: {KEY_RIGHT}" in notes(
        found
    )
    assert found.untranslated[0] == IPv4Network("10.40.0.0/16")


def test_a_link_key_that_may_not_be_read_stays_unknown(scope: AzureScope, arm: Arm) -> None:
    arm.always["/listSharedKey"] = refused(403, "AuthorizationFailed", "no")
    found = source.expectation(replace(scope, gateway="vpngw-2"), "conn-b")
    assert found.psk_state == "unreadable"
    right = "vpnLinkConnections/sharedKeys/listSharedKey/action"
    assert f"Microsoft.Network/vpnGateways/vpnConnections/{right}" in notes(found)


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/publicIPAddresses/pip-default", "Microsoft.Network/publicIPAddresses/read"),
        ("/virtualNetworks/vnet-spoke", "Microsoft.Network/virtualNetworks/read"),
        ("/virtualNetworks/vnet-hub", "Microsoft.Network/virtualNetworks/read"),
        ("/virtualNetworkGateways/ergw-hub", "Microsoft.Network/virtualNetworkGateways/read"),
        ("/ergw-hub/connections", "Microsoft.Network/virtualNetworkGateways/connections/read"),
        ("/expressRouteCircuits/er-1", "Microsoft.Network/expressRouteCircuits/read"),
    ],
)
def test_what_may_not_be_read_is_noted_and_the_rest_goes_on(
    scope: AzureScope, arm: Arm, path: str, right: str
) -> None:
    arm.always[path] = refused(403, "AuthorizationFailed", "told in another language")
    found = source.expectation(scope, "conn-a")
    assert f"not allowed to this login: {right}" in notes(found)
    assert [str(each.address) for each in found.endpoints] == ["198.51.100.65", "198.51.100.66"]


def test_a_vnet_that_is_needed_and_may_not_be_read_says_the_right(
    scope: AzureScope, arm: Arm
) -> None:
    arm.put(deployment.connection(enableBgp=False))
    arm.always["/vnet-hub"] = denied("Microsoft.Network/virtualNetworks/read", "/subscriptions/x")
    with pytest.raises(ExpectationError) as raised:
        source.expectation(scope, "conn-a")
    assert "is not among the exports" in str(raised.value)
    assert "not allowed to this login: Microsoft.Network/virtualNetworks/read" in str(raised.value)


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/connections/conn-a", "Microsoft.Network/connections/read"),
        ("/virtualNetworkGateways/vgw-hub", "Microsoft.Network/virtualNetworkGateways/read"),
        ("/localNetworkGateways/site-a", "Microsoft.Network/localNetworkGateways/read"),
    ],
)
def test_what_cannot_be_done_without_is_an_error_with_the_right(
    scope: AzureScope, arm: Arm, path: str, right: str
) -> None:
    arm.always[path] = refused(403, "AuthorizationFailed")
    with pytest.raises(ExpectationError, match=f"not allowed to this login: {right}") as raised:
        source.expectation(scope, "conn-a")
    assert raised.value.where.endswith(path)
    assert "docs/azure-role.json" in raised.value.hint


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (refused(404, "SubscriptionNotFound"), "the subscription is not there, or this login"),
        (refused(409, "ReadOnlyDisabledSubscription"), "Azure answered 409"),
        (
            refused(
                401,
                "InvalidAuthenticationTokenTenant",
                WWW_Authenticate='Bearer authorization_uri="https://login.windows.net/t-1"',
            ),
            "the login is of another tenant than the subscription (t-1)",
        ),
    ],
    ids=["subscription", "disabled", "tenant"],
)
def test_a_peered_vnet_that_this_login_does_not_see_is_noted(
    scope: AzureScope, arm: Arm, reply: Reply, says: str
) -> None:
    arm.tokens |= {"token-2"}
    arm.always["/vnet-spoke"] = reply
    found = source.expectation(scope, "conn-a")
    assert says in notes(found)
    assert IPv4Network("10.41.0.0/16") in found.vnet_prefixes  # the peering itself tells them


def test_a_spoke_of_another_subscription_that_is_gone(scope: AzureScope, arm: Arm) -> None:
    del arm.resources[f"{deployment.BASE}/virtualNetworks/vnet-core-2".casefold()]
    found = source.expectation(replace(scope, gateway="vpngw-2"), "conn-b")
    assert found.vnet_prefixes == networks("10.62.0.0/23")
    assert "vnet-core-2: there is no such resource" in notes(found)


@pytest.mark.parametrize(
    ("reply", "says", "hint"),
    [
        (refused(404, "ResourceNotFound"), "there is no such resource", "azure.live.gateway"),
        (refused(404, "ResourceGroupNotFound"), "no such resource group", "az group list"),
        (refused(404, "SubscriptionNotFound"), "the subscription is not there", "az account list"),
        (refused(400, "InvalidSubscriptionId"), "the subscription is not there", "subscription"),
        (refused(409, "Odd\nCode"), "Azure answered 409", "look at the resource"),
    ],
)
def test_a_wrong_place_is_named(
    scope: AzureScope, arm: Arm, reply: Reply, says: str, hint: str
) -> None:
    arm.always["/conn-x"] = reply
    with pytest.raises(ExpectationError, match=says) as raised:
        source.expectation(scope, "conn-x")
    assert raised.value.where.endswith("/connections/conn-x")
    assert hint in raised.value.hint
    assert "\n" not in raised.value.message


def test_a_gateway_that_is_in_the_middle_of_a_change(scope: AzureScope, arm: Arm) -> None:
    gateway = deployment.gateway()
    properties = gateway["properties"]
    assert isinstance(properties, dict)
    arm.put({**gateway, "properties": {**properties, "provisioningState": "Updating"}})
    found = source.expectation(scope, "conn-a")
    assert found.provisioning["virtual-network-gateway"] == "Updating"


@pytest.mark.parametrize(
    "identity",
    [
        "https://evil.example/x",
        "/subscriptions/s/../../x",
        "/subscriptions/s?x=1",
        "/subscriptions/%2e%2e/x",
        "/subscriptions/" + "x" * 3_000,
        "/tenants/x",
    ],
)
def test_an_id_that_leads_elsewhere_is_not_followed(
    scope: AzureScope, arm: Arm, identity: str
) -> None:
    other: dict[str, Json] = {"id": identity}
    arm.put(deployment.connection(virtualNetworkGateway1=other))
    with pytest.raises(ExpectationError, match="is no id of a resource"):
        source.expectation(scope, "conn-a")


def test_the_packages_are_not_installed(scope: AzureScope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "appliance.azure.live.login", None)
    with pytest.raises(UsageError, match="packages that are not installed") as raised:
        source.reader_for(scope)
    assert "pip install 'appliance[azure]'" in raised.value.hint


def test_sites_of_one_gateway_read_it_once(scope: AzureScope, arm: Arm, signed_in: Reader) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- this test alone

    names = [f"conn-{number}" for number in range(40)]
    for number, name in enumerate(names):
        arm.put(deployment.connection(name, f"site-{number}"))
        arm.put(deployment.site(f"site-{number}", f"203.0.113.{number + 1}", 65100 + number))
        key: Json = {"id": f"{deployment.BASE}/connections/{name}/sharedkey", "value": "x" * 20}
        arm.put(key)
    arm.together = signed_in.limits.at_once
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda name: source.expectation(scope, name), names))
    assert [str(each.on_premises.address) for each in found] == [
        f"203.0.113.{number + 1}" for number in range(40)
    ]
    once = [path for _, path in arm.requests if "/vgw-hub" in path or "/vnet-hub" in path]
    assert len(once) == len(set(once)) == 2
    assert len(arm.log) == len(set(arm.log))
    assert arm.most_at_once == signed_in.limits.at_once
    assert {token for _, _, token in arm.log} == {"token-1"}
