"""Settings that only RRAS has: wrong ones are found, and a push sets exactly them right."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.compare import compare
from appliance.driver import load
from appliance.intend import intend
from appliance.lab.rras.factory import configure
from appliance.model.intent import Intent
from appliance.model.secret import Hidden, Secret
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.rras.box import RrasBox
from tests.vendors.rras.servers import branch, speaking

DRIVER = load("rras")
KEY = Secret("right-horse-battery-staple")


def asked(*, bgp: bool = False) -> Intent:
    site, expected, _ = speaking()
    made = intend(site, expected, KEY) if bgp else intend(branch(), intents.expectation(), KEY)
    return DRIVER.express(made)


def pushed(intent: Intent) -> RrasBox:
    box = RrasBox()
    box.apply(plan(intent, DRIVER.parse(box.running()), DRIVER).change)
    assert compare(intent, DRIVER.parse(box.running())) == ()
    return box


WRONG: dict[str, dict[str, Any]] = {
    "quirks.InitiateConfigPayload": {"InitiateConfigPayload": True},
    "quirks.Persistent": {"Persistent": False},
    "quirks.IdleDisconnect": {"IdleDisconnectSeconds": 300},
    "quirks.NumberOfTries": {"NumberOfTries": 0},
    "quirks.ResponderAuthenticationMethod": {
        "ResponderAuthenticationMethod": "MachineCertificates"
    },
    "psk": {"AuthenticationMethod": "MachineCertificates"},
    "esp.pfs_group": {
        "CustomPolicy": True,
        "EncryptionMethod": "AES256",
        "IntegrityCheckMethod": "SHA256",
        "DHGroup": "Group14",
        "CipherTransformConstants": "GCMAES256",
        "AuthenticationTransformConstants": "GCMAES256",
        "PfsGroup": "None",
    },
    "quirks.AuthenticationTransformConstants": {
        "CustomPolicy": True,
        "EncryptionMethod": "AES256",
        "IntegrityCheckMethod": "SHA256",
        "DHGroup": "Group14",
        "CipherTransformConstants": "GCMAES256",
        "AuthenticationTransformConstants": "SHA256128",
        "PfsGroup": "PFS2048",
    },
}


@pytest.mark.parametrize("path", WRONG)
def test_one_wrong_setting_is_one_finding_and_one_set(path: str) -> None:
    intent = asked()
    box = pushed(intent)
    held = dict(box.device.interfaces["site-a-1"].properties)
    configure(box.device, "Set-VpnS2SInterface", Name="site-a-1", Force=True, **WRONG[path])

    observed = DRIVER.parse(box.running())
    (found,) = compare(intent, observed)
    assert found.path == path
    assert found.source is not None

    made = plan(intent, observed, DRIVER)
    cmdlets = [step.text.split('"')[3] for step in made.change.steps]
    assert cmdlets == [
        "Set-VpnS2SInterface",
        "Disconnect-VpnS2SInterface",
        "Connect-VpnS2SInterface",
    ]
    assert made.change.bounces == ("site-a-1",)
    wrong = dict(box.device.interfaces["site-a-1"].properties)
    box.apply(made.change)
    assert box.device.interfaces["site-a-1"].properties == held
    box.apply(made.rollback)
    assert box.device.interfaces["site-a-1"].properties == wrong


def test_what_serves_as_well_is_left_alone() -> None:
    intent = asked()
    box = pushed(intent)
    other = {"NumberOfTries": 9, "RetryIntervalSeconds": 20, "NetworkOutageTimeSeconds": 60}
    configure(box.device, "Set-VpnS2SInterface", Name="site-a-1", Force=True, **other)
    observed = DRIVER.parse(box.running())
    assert compare(intent, observed) == ()
    assert not plan(intent, observed, DRIVER).change


def test_a_set_writes_all_managed_parameters_and_keeps_what_serves() -> None:
    intent = asked()
    box = pushed(intent)
    configure(
        box.device,
        "Set-VpnS2SInterface",
        Name="site-a-1",
        Force=True,
        NumberOfTries=9,
        Persistent=False,
        IPv4Subnet=["10.20.0.0/16:7", "10.21.0.0/16:8"],
    )
    (step, *_) = plan(intent, DRIVER.parse(box.running()), DRIVER).change.steps
    for word in (
        *('"NumberOfTries": 9', '"Persistent": true', '"PfsGroup": "PFS2048"'),
        *('"MMSALifeTimeSeconds": 28800', '"10.20.0.0/16:7", "10.21.0.0/16:8"'),
        *('"InitiateConfigPayload": false', '"CipherTransformConstants": "GCMAES256"'),
    ):
        assert word in step.text
    assert "SharedSecret" not in step.text


def test_the_default_policy_becomes_a_custom_one_and_back() -> None:
    """Windows's own offer holds Azure's default among weaker ones."""
    intent = asked()
    box = pushed(intent)
    configure(
        box.device,
        "Set-VpnS2SInterface",
        Name="site-a-1",
        Force=True,
        EncryptionType="MaximumEncryption",
    )
    before = dict(box.device.interfaces["site-a-1"].properties)
    made = plan(intent, DRIVER.parse(box.running()), DRIVER)
    box.apply(made.change)
    assert compare(intent, DRIVER.parse(box.running())) == ()
    box.apply(made.rollback)
    assert box.device.interfaces["site-a-1"].properties == before


def test_a_key_that_nobody_can_read_is_no_difference_and_no_change() -> None:
    intent = asked()
    box = pushed(intent)
    text = box.running().replace(KEY.reveal(), "***")
    observed = DRIVER.parse(text)
    ours = next(one for one in observed.tunnels if one.name == "site-a-1")
    assert ours.psk == Hidden("RRAS never shows the key of an interface")
    (found,) = compare(intent, observed)
    assert (found.path, found.verdict.value) == ("psk", "unverifiable")
    assert not plan(intent, observed, DRIVER).change


def test_a_known_key_is_rotated_last_in_a_set_of_its_own() -> None:
    intent = asked()
    box = pushed(intent)
    configure(
        box.device,
        "Set-VpnS2SInterface",
        Name="site-a-1",
        Force=True,
        SharedSecret="old-key-of-somebody",
        SALifeTimeSeconds=7200,
    )
    made = plan(intent, DRIVER.parse(box.running()), DRIVER)
    keyed = [step.secret is not None for step in made.change.steps]
    assert keyed == [False, True, False, False], "all else first, then the key, then dial"
    box.apply(made.change)
    assert box.device.interfaces["site-a-1"].key == KEY.reveal()


def test_the_router_is_removed_only_when_it_was_ours() -> None:
    intent = asked(bgp=True)
    box = pushed(intent)
    held = DRIVER.parse(box.running()).tunnels
    others = tuple(one for one in held if one.name != "site-a-1")
    box.apply(DRIVER.change(held, others))
    assert box.device.routing.router is None


def test_a_router_of_others_stays_with_what_it_advertised() -> None:
    box = RrasBox()
    device = box.device
    configure(device, "Add-BgpRouter", BgpIdentifier="10.9.9.9", LocalASN=65_050)
    configure(
        device,
        "Add-BgpPeer",
        Name="core",
        LocalIPAddress="10.9.9.9",
        PeerIPAddress="10.9.9.1",
        PeerASN=65_001,
    )
    configure(device, "Add-BgpCustomRoute", Network=["172.30.0.0/16"])
    before = (dict(device.routing.router or {}), dict(device.routing.peers))
    intent = asked(bgp=True)
    made = plan(intent, DRIVER.parse(box.running()), DRIVER)
    assert "BgpRouter" not in made.change.text
    box.apply(made.change)
    assert compare(intent, DRIVER.parse(box.running())) == ()
    assert not plan(intent, DRIVER.parse(box.running()), DRIVER).change
    box.apply(made.rollback)
    assert (device.routing.router, device.routing.peers) == before
    assert device.routing.custom == ["172.30.0.0/16"]


def test_a_list_that_a_console_cut_is_not_told_instead_of_missing() -> None:
    """FormatEnumerationLimit is four."""
    text = "Name : a\nDestination : {203.0.113.1}\nIPv4Subnet : {10.1.0.0/16:1, 10.2.0.0/16:1%s}\n"
    (whole,), (cut,) = (DRIVER.parse(text % end).tunnels for end in ("", "..."))
    assert whole.routes == cut.routes
    assert not whole.routes_unseen
    assert "its JSON has all" in cut.routes_unseen
