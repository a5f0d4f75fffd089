"""What stands in the way on a server is told, with what to do; what others have stays theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from appliance.driver import load
from appliance.errors import RefusedError
from appliance.intend import intend
from appliance.lab.rras.factory import configure, rras_device
from appliance.lab.rras.server import Settings
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Secret
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.rras.box import RrasBox
from tests.vendors.rras.servers import branch, speaking

DRIVER = load("rras")
KEY = Secret("right-horse-battery-staple")
OTHER: dict[str, Any] = {
    "Name": "hand-made",
    "Destination": ["198.51.100.99"],
    "Protocol": "IKEv2",
    "AuthenticationMethod": "PSKOnly",
    "ResponderAuthenticationMethod": "PSKOnly",
    "SharedSecret": "by-hand-1",
    "EncryptionType": "MaximumEncryption",
}


def asked(*, bgp: bool = False, double: bool = False) -> Intent:
    site, expected, _ = speaking()
    if not bgp:
        site, expected = branch(), intents.expectation()
    if double:
        expected = replace(expected, endpoints=(*expected.endpoints, intents.SECOND))
    return DRIVER.express(intend(site, expected, KEY))


def refused(box: RrasBox, intent: Intent) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        plan(intent, DRIVER.parse(box.running()), DRIVER)
    assert caught.value.hint
    assert caught.value.where == "site site-a"
    return caught.value


def test_another_interface_to_the_same_gateway() -> None:
    box = RrasBox()
    given = {**OTHER, "Protocol": "L2TP", "Destination": ["198.51.100.7"]}
    configure(box.device, "Add-VpnS2SInterface", **given)
    assert "hand-made dials 198.51.100.7 too" in refused(box, asked()).message


def test_a_disabled_one_is_no_obstacle() -> None:
    box = RrasBox()
    given = {**OTHER, "Protocol": "L2TP", "Destination": ["198.51.100.7"], "AdminStatus": False}
    configure(box.device, "Add-VpnS2SInterface", **given)
    box.apply(plan(asked(), DRIVER.parse(box.running()), DRIVER).change)


def test_the_same_network_behind_another_interface() -> None:
    box = RrasBox()
    configure(box.device, "Add-VpnS2SInterface", **OTHER, IPv4Subnet=["10.20.7.0/24:10"])
    # It has no label, so that networks alone would make it ours: only an equal one does.
    assert "hand-made routes 10.20.7.0/24 already" in refused(box, asked()).message


def test_a_wider_route_of_others_is_no_obstacle() -> None:
    box = RrasBox()
    configure(box.device, "Add-VpnS2SInterface", **OTHER, IPv4Subnet=["10.0.0.0/8:500"])
    box.apply(plan(asked(), DRIVER.parse(box.running()), DRIVER).change)


def test_a_name_that_is_taken() -> None:
    box = RrasBox()
    given = {**OTHER, "Name": "SITE-A-1", "Protocol": "L2TP"}
    configure(box.device, "Add-VpnS2SInterface", **given)
    assert "an interface SITE-A-1 exists" in refused(box, asked()).message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Protocol": "Automatic"}, "protocol Automatic"),
        ({"RemoteVpnTrafficSelector": ["x"]}, "traffic selectors"),
    ],
)
def test_what_cannot_be_set_back(given: dict[str, Any], words: str) -> None:
    box = RrasBox()
    changed = {**OTHER, "Destination": ["198.51.100.7"], **given}
    configure(box.device, "Add-VpnS2SInterface", **changed)
    if words == "traffic selectors":
        selector = {"IPAddressRange": ["10.20.0.0", "10.20.255.255"]}
        held = box.device.interfaces["hand-made"]
        held.properties["RemoteVpnTrafficSelector"] = [selector]
    error = refused(box, asked())
    assert words in error.message
    assert "Remove-VpnS2SInterface -Name hand-made" in error.hint


def test_a_router_of_another_number() -> None:
    box = RrasBox()
    configure(box.device, "Add-BgpRouter", BgpIdentifier="10.9.9.9", LocalASN=64_999)
    error = refused(box, asked(bgp=True))
    assert "AS 64999, the inventory says 65050" in error.message


def test_a_session_to_azure_outside_of_the_tunnel() -> None:
    box = RrasBox()
    configure(box.device, "Add-BgpRouter", BgpIdentifier="10.9.9.9", LocalASN=65_050)
    configure(
        box.device,
        "Add-BgpPeer",
        Name="azure-by-hand",
        LocalIPAddress="10.9.9.9",
        PeerIPAddress="10.20.255.30",
        PeerASN=65_515,
    )
    assert "azure-by-hand speaks to 10.20.255.30" in refused(box, asked(bgp=True)).message


def test_the_role_is_not_installed() -> None:
    box = RrasBox()
    box.device = rras_device(settings=Settings(installed=False))
    assert "not installed" in refused(box, asked()).message


def test_a_tunnel_made_by_hand_is_taken_over_under_its_name() -> None:
    box = RrasBox()
    given = {**OTHER, "Destination": ["198.51.100.7"], "IPv4Subnet": ["10.20.0.0/16:44"]}
    configure(box.device, "Add-VpnS2SInterface", **given)
    made = plan(asked(), DRIVER.parse(box.running()), DRIVER)
    (ours,) = [one for one in made.target if one.name != "Partner Warehouse"]
    assert ours.name == "hand-made"
    box.apply(made.change)
    held = box.device.interfaces["hand-made"].properties
    assert held["IPv4Subnet"] == ["10.20.0.0/16:44", "10.21.0.0/16:44"], "its metric is kept"


def test_two_gateways_get_two_metrics() -> None:
    steps = DRIVER.render(DRIVER.place(asked(double=True), Observed(driver="rras")))
    assert '"10.20.0.0/16:100"' in steps[0].text
    assert '"10.20.0.0/16:200"' in steps[1].text


def test_a_source_address_is_set_only_where_one_is() -> None:
    box = RrasBox()
    made = plan(asked(), DRIVER.parse(box.running()), DRIVER)
    assert "SourceIpAddress" not in made.change.text
    box.apply(made.change)
    configure(
        box.device,
        "Set-VpnS2SInterface",
        Name="site-a-1",
        SourceIpAddress="203.0.113.99",
        Force=True,
    )
    made = plan(asked(), DRIVER.parse(box.running()), DRIVER)
    assert [found.path for found in made.differences] == ["local.address"]
    box.apply(made.change)
    held = box.device.interfaces["site-a-1"].properties
    assert held["SourceIpAddress"] == "203.0.113.10"
