"""The lab's static packet filters by themselves: what their cmdlets take, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.lab.rras.factory import configure, rras_device
from appliance.lab.rras.server import Server, Settings

ALIAS = "Partner Warehouse"
ONE = "10.0.0.0/16:172.16.50.0/24:TCP:0:443"
TWO = "0.0.0.0/0:0.0.0.0/0:ICMP:8:0"
OUT: dict[str, Any] = {"InterfaceAlias": ALIAS, "AddressFamily": "IPv4", "Direction": "Outbound"}


def made(**settings: bool) -> Server:
    device = rras_device(settings=Settings(**settings))  # type: ignore[arg-type]  # by name
    configure(device, "Add-RemoteAccessIpFilter", **OUT, Action="Deny", List=[ONE, TWO])
    return device


def shown(device: Server, way: str = "Outbound", alias: str = ALIAS) -> list[dict[str, Any]]:
    found = configure(device, "Get-RemoteAccessIpFilter", InterfaceAlias=alias, Direction=way)
    return [
        {name: list(one) if isinstance(one, list) else str(one) for name, one in each.items()}
        for each in found
        if isinstance(each, dict)
    ]


def test_an_interface_has_one_list_for_each_way_and_family() -> None:
    device = made()
    kept = ["10.0.0.0/16:172.16.50.0/24:tcp:0:443", "0.0.0.0/0:0.0.0.0/0:icmp:8:0"]
    ipv4, ipv6 = shown(device, alias="partner warehouse")
    assert ipv4 == {
        "InterfaceAlias": ALIAS,
        "Direction": "Outbound",
        "AddressFamily": "IPv4",
        "Action": "Deny",
        "List": kept,
    }
    assert (ipv6["AddressFamily"], ipv6["Action"], ipv6["List"]) == ("IPv6", "Allow", [])
    assert [one["List"] for one in shown(device, "Inbound")] == [[], []]


def test_the_other_shape_has_both_families_in_one_object() -> None:
    (both,) = shown(made(families_apart=False))
    assert (both["Ipv4FilterAction"], len(both["Ipv4Filters"])) == ("Deny", 2)
    assert (both["Ipv6FilterAction"], both["Ipv6Filters"]) == ("Allow", [])


def test_the_action_is_set_alone_and_lines_go_alone() -> None:
    device = made()
    configure(device, "Set-RemoteAccessIpFilter", **OUT, Action="Allow")
    assert [one["Action"] for one in shown(device)] == ["Allow", "Allow"]
    gone = ONE.lower().replace("10.0.0.0", "10.0.3.4")  # bits behind the mask do not count
    configure(device, "Remove-RemoteAccessIpFilter", **OUT, List=[gone], Force=True)
    assert shown(device)[0]["List"] == ["0.0.0.0/0:0.0.0.0/0:icmp:8:0"]


def test_filters_stay_with_a_set_and_go_with_their_interface() -> None:
    device = made()
    configure(device, "Set-VpnS2SInterface", Name=ALIAS, SALifeTimeSeconds=7200, Force=True)
    assert len(shown(device)[0]["List"]) == 2
    configure(device, "Remove-VpnS2SInterface", Name=ALIAS, Force=True)
    with pytest.raises(ValueError, match="was not found"):
        shown(device)


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "no such interface": ("Add", {**OUT, "InterfaceAlias": "x"}, "was not found"),
    "no direction": ("Add", {**OUT, "Direction": ""}, "mandatory parameters: Direction|set"),
    "no list": ("Add", {**OUT, "List": []}, "mandatory parameters: List"),
    "a line that is there": ("Add", {**OUT, "List": [ONE.lower()]}, "already exists"),
    "a range of ports": ("Add", {**OUT, "List": [ONE.replace("443", "80-90")]}, "incorrect"),
    "a port too large": ("Add", {**OUT, "List": [ONE.replace("443", "65536")]}, "incorrect"),
    "a protocol nobody knows": ("Add", {**OUT, "List": [ONE.replace("TCP", "SCTP")]}, "incorrect"),
    "ports for any protocol": ("Add", {**OUT, "List": [ONE.replace("TCP", "Any")]}, "incorrect"),
    "no mask": ("Add", {**OUT, "List": [ONE.replace("/16", "")]}, "incorrect"),
    "a host name": ("Add", {**OUT, "List": [ONE.replace("10.0.0.0", "edge")]}, "incorrect"),
    "another family": ("Add", {**OUT, "List": [ONE], "AddressFamily": "IPv6"}, "incorrect"),
    "a word of its own": ("Set", {**OUT, "Action": "Block"}, "does not belong to the set"),
    "a line that is not there": (
        "Remove",
        {**OUT, "List": [ONE.replace("443", "80")], "Force": True},
        "was not found",
    ),
    "a removal that asks": ("Remove", {**OUT, "List": [ONE]}, "asks for confirmation"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    verb, given, words = REFUSED[name]
    device = made()
    before = shown(device)
    usual = {"Add": {"Action": "Deny", "List": [TWO]}, "Set": {}, "Remove": {}}[verb]
    with pytest.raises(ValueError, match=words):
        configure(device, f"{verb}-RemoteAccessIpFilter", **{**usual, **given})
    assert shown(device) == before


@pytest.mark.parametrize(
    "line",
    [
        "10.0.0.0/16:10.1.2.3/16:TCPEstablished:443:0",
        "10.0.0.0/16:10.1.2.3/32:Udp:53:0",
        "10.0.0.0/255.255.0.0:0.0.0.0/0:Other:47",
        "0.0.0.0/0:0.0.0.0/0:any",
        "0.0.0.0/0:0.0.0.0/0:ICMP:255:255",
    ],
)
def test_it_takes(line: str) -> None:
    device = made()
    configure(device, "Add-RemoteAccessIpFilter", **OUT, Action="Deny", List=[line])
    assert shown(device)[0]["List"][-1].lower() == line.lower()


def test_ipv6_has_lines_of_its_own() -> None:
    device = made()
    given = {**OUT, "AddressFamily": "IPv6", "List": ["fd00::/48:::/0:TCP:0:443"]}
    configure(device, "Add-RemoteAccessIpFilter", **given, Action="Deny")
    assert shown(device)[1]["List"] == ["fd00::/48:::/0:tcp:0:443"]
