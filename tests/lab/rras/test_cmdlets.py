"""The lab's RRAS by itself: it takes what Windows takes, and refuses the rest in its words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from appliance.lab.azure_peer import AzurePeer, BgpPeer, Policy
from appliance.lab.rras.engine import Call, run
from appliance.lab.rras.factory import configure, rras_device
from appliance.lab.rras.server import Server, Settings

GATEWAY = AzurePeer(
    address="198.51.100.7",
    psk="k-1",
    policy=Policy(ike=("aes256", "sha256", 14), esp=("aes256", "sha256", 14)),
)
GIVEN: dict[str, Any] = {
    "Name": "azure",
    "Destination": ["198.51.100.7"],
    "Protocol": "IKEv2",
    "AuthenticationMethod": "PSKOnly",
    "SharedSecret": "k-1",
    "IPv4Subnet": ["10.20.0.0/16:100"],
    "CustomPolicy": True,
    "EncryptionMethod": "AES256",
    "IntegrityCheckMethod": "SHA256",
    "DHGroup": "Group14",
    "CipherTransformConstants": "AES256",
    "AuthenticationTransformConstants": "SHA256128",
    "PfsGroup": "PFS2048",
}


def made(**changes: object) -> Server:
    device = rras_device(peers=[GATEWAY])
    configure(device, "Add-VpnS2SInterface", **{**GIVEN, **changes})
    return device


def state(device: Server, name: str = "azure") -> str:
    (found,) = configure(device, "Get-VpnS2SInterface", Name=name)
    assert isinstance(found, dict)
    return str(found["ConnectionState"])


def test_it_dials_when_it_is_told_and_the_gateway_agrees() -> None:
    device = made()
    assert state(device) == "Disconnected"
    configure(device, "Connect-VpnS2SInterface", Name="azure")
    assert state(device) == "Connected"
    device.advance(10)
    (counted,) = configure(device, "Get-VpnS2SInterfaceStatistics", Name="azure")
    assert isinstance(counted, dict)
    assert (counted["BytesReceived"], counted["FramesTransmitted"]) == (100_000, 1_000)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SharedSecret": "other"}, 13801),
        ({"EncryptionMethod": "AES128"}, 13868),
        ({"DHGroup": "Group2"}, 13868),
        ({"Destination": ["198.51.100.99"]}, 809),
    ],
)
def test_it_does_not_where_they_disagree(changes: dict[str, Any], code: int) -> None:
    device = made(**changes)
    with pytest.raises(ValueError, match=str(code)):
        configure(device, "Connect-VpnS2SInterface", Name="azure")
    assert state(device) == "Unreachable"
    (found,) = configure(device, "Get-VpnS2SInterface", Name="azure")
    assert isinstance(found, dict)
    assert found["LastError"] == code


def test_the_wait_grows_with_every_failure_and_a_connect_ends_it() -> None:
    device = made(SharedSecret="other")
    for minutes in (10, 20, 30):
        with pytest.raises(ValueError, match="13801"):
            configure(device, "Connect-VpnS2SInterface", Name="azure")
        device.advance(60 * minutes - 1)
        assert state(device) == "Unreachable"
        device.advance(2)
        assert state(device) == "Disconnected"
    configure(device, "Set-VpnS2SInterface", Name="azure", SharedSecret="k-1", Force=True)
    configure(device, "Connect-VpnS2SInterface", Name="azure")
    assert state(device) == "Connected"


def test_a_live_connection_keeps_its_values_until_it_is_disconnected() -> None:
    device = made()
    configure(device, "Connect-VpnS2SInterface", Name="azure")
    configure(device, "Set-VpnS2SInterface", Name="azure", SharedSecret="other", Force=True)
    assert state(device) == "Connected"
    configure(device, "Disconnect-VpnS2SInterface", Name="azure", Force=True)
    with pytest.raises(ValueError, match="13801"):
        configure(device, "Connect-VpnS2SInterface", Name="azure")


def test_an_omitted_policy_falls_back_as_windows_does() -> None:
    device = rras_device()
    given = {name: GIVEN[name] for name in ("Name", "Destination", "SharedSecret")}
    configure(
        device, "Add-VpnS2SInterface", **given, AuthenticationMethod="PSKOnly", CustomPolicy=True
    )
    held = device.interfaces["azure"].properties
    assert (held["PfsGroup"], held["DHGroup"]) == ("PFS2048", "Group2")
    assert held["CipherTransformConstants"] == "None"


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "the same name again": ("Add-VpnS2SInterface", {**GIVEN, "Name": "AZURE"}, "already exists"),
    "two to one address": ("Add-VpnS2SInterface", {**GIVEN, "Name": "b"}, "enabled interface"),
    "a subnet without metric": (
        "Add-VpnS2SInterface",
        {**GIVEN, "Name": "b", "IPv4Subnet": ["10.0.0.0/8"]},
        "no subnet and metric",
    ),
    "a wrong word": (
        "Set-VpnS2SInterface",
        {"Name": "azure", "CustomPolicy": True, "PfsGroup": "PFS14"},
        "set",
    ),
    "an odd outage time": (
        "Set-VpnS2SInterface",
        {"Name": "azure", "NetworkOutageTimeSeconds": 45, "Force": True},
        "out of range",
    ),
    "text for a number": (
        "Set-VpnS2SInterface",
        {"Name": "azure", "NumberOfTries": "3", "Force": True},
        "System.UInt32",
    ),
    "text for a flag": (
        "Set-VpnS2SInterface",
        {"Name": "azure", "Persistent": "True", "Force": True},
        "System.Boolean",
    ),
    "a set without force": ("Set-VpnS2SInterface", {"Name": "azure"}, "NonInteractive"),
    "somebody unknown": ("Set-VpnS2SInterface", {"Name": "x", "Force": True}, "not found"),
    "protocol on a set": (
        "Set-VpnS2SInterface",
        {"Name": "azure", "Protocol": "L2TP", "Force": True},
        "parameter name 'Protocol'",
    ),
    "disconnecting what is not connected": (
        "Disconnect-VpnS2SInterface",
        {"Name": "azure", "Force": True},
        "not connected",
    ),
    "a peer without a router": (
        "Add-BgpPeer",
        {"Name": "p", "LocalIPAddress": "10.0.0.1", "PeerIPAddress": "10.0.0.2", "PeerASN": 1},
        "not configured",
    ),
    "a script nobody knows": ("Invoke-Expression", {"Command": "whoami"}, "not recognized"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    cmdlet, given, words = REFUSED[name]
    device = made()
    before = {key: dict(one.properties) for key, one in device.interfaces.items()}
    with pytest.raises(ValueError, match=words):
        configure(device, cmdlet, **given)
    assert {key: dict(one.properties) for key, one in device.interfaces.items()} == before


@pytest.mark.parametrize("parameter", ["MMSALifeTimeSeconds", "AutoConnectEnabled"])
def test_2012_r2_lacks_what_came_with_2016(parameter: str) -> None:
    device = rras_device(settings=Settings(level=2012, version="6.3.9600"))
    value: object = 28_800 if parameter.startswith("MM") else True
    with pytest.raises(ValueError, match=f"parameter name '{parameter}'"):
        configure(device, "Add-VpnS2SInterface", **GIVEN, **{parameter: value})


def test_json_shows_numbers_and_csv_words_and_neither_a_key() -> None:
    device = made()
    get = Call(name="Get-VpnS2SInterface", given={"Name": "azure"})
    as_json = run(device, [get, Call(name="ConvertTo-Json", given={"Depth": 4})]).output
    as_csv = run(device, [get, Call(name="ConvertTo-Csv", given={})]).output
    one = json.loads(str(as_json[0]))
    assert (one["DHGroup"], one["Protocol"]) == (3, 1)
    assert "Group14" in str(as_csv[1])
    assert "Ikev2" in str(as_csv[1])
    assert "k-1" not in f"{as_json}{as_csv}"


def test_depth_two_flattens_lists_and_a_lone_object_is_no_list() -> None:
    device = made()
    rows = run(device, [Call(name="Get-BgpRouter", given={"ErrorAction": "SilentlyContinue"})])
    assert (rows.output, rows.errors, rows.failed) == ([], [], None)
    both = [Call(name="Get-VpnS2SInterface", given={}), Call(name="ConvertTo-Json", given={})]
    assert str(run(device, both).output[0]).startswith("[")


def test_bgp_needs_the_tunnel_and_both_ends() -> None:
    bgp = BgpPeer(
        address="10.20.255.30",
        device_address="10.9.0.1",
        device_asn=65_050,
        prefixes=("10.20.0.0/16",),
    )
    device = rras_device(peers=[replace(GATEWAY, bgp=bgp)])
    configure(device, "Add-VpnS2SInterface", **{**GIVEN, "IPv4Subnet": ["10.20.255.30/32:100"]})
    configure(device, "Add-BgpRouter", BgpIdentifier="10.9.0.1", LocalASN=65_050)
    peer = {"Name": "p", "LocalIPAddress": "10.9.0.1", "PeerIPAddress": "10.20.255.30"}
    configure(device, "Add-BgpPeer", **peer, PeerASN=65_515)

    def status() -> str:
        (found,) = configure(device, "Get-BgpPeer")
        assert isinstance(found, dict)
        return str(found["ConnectivityStatus"])

    assert status() == "Connecting"
    configure(device, "Connect-VpnS2SInterface", Name="azure")
    assert status() == "Connected"
    configure(device, "Set-BgpPeer", Name="p", PeeringMode="Manual", Force=True)
    assert status() == "Stopped"
    configure(device, "Set-BgpPeer", Name="p", PeeringMode="Automatic", PeerASN=65_000, Force=True)
    assert status() == "Connecting"
