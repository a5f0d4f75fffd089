"""Loading: layers, types, paths, what `only` means, and files that are no inventory."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import pytest

from appliance.driver import names
from appliance.errors import InventoryError, UsageError
from appliance.inventory.load import load
from appliance.inventory.model import Acceptance, AzureSource, OnPremisesBgp, TunnelSettings
from appliance.model.cloud import AzureScope
from appliance.model.filters import Rule
from appliance.model.secret import SecretRef
from appliance.model.traffic import Direction
from appliance.model.tunnel import Mode

REPOSITORY = Path(__file__).parents[2]

WHOLE = """\
version: 1
defaults:
  tags: [everywhere]
  device:
    driver: cisco_ios
    port: 2222
    outside_acl: OUTSIDE-IN
    tunnel: {number: 10, mss: 1300, dpd: {delay_seconds: 10, retry_seconds: 3}}
groups:
  emea:
    tags: [emea]
    device: {username: emea, timeout_seconds: 60}
  old:
    device: {username: old, legacy_ssh: [ssh-rsa], mode: policy-based}
sites:
  site-a:
    groups: [emea, old]
    device:
      host: rtr-a.example.net
      password: env:PASSWORD
      enable_secret: "keyring:appliance/site-a"
      key_file: keys/id
      version: 15.10
      outside_acl: null
      interfaces: {outside: GigabitEthernet0/0/1, inside: Vlan10}
      management: {prefixes: [192.0.2.0/24], interface: Loopback9}
      tunnel: {mss: null, mtu: 1400, addresses: [169.254.21.2/30], dpd: {retry_seconds: 5}}
    on_premises:
      public_ip: 203.0.113.10
      nat: true
      private_ip: 192.168.1.2
      prefixes: [10.10.0.0/16, 10.11.0.0/16]
      bgp: {asn: 65010, address: 10.10.255.1, source: Loopback0}
    azure: {export: [exports/a, /srv/b], connection: to-hq, max_age_days: 30}
    psk: file:keys/a.psk
  site-b:
    tags: [own]
    device: {host: 192.0.2.2}
    on_premises: {public_ip: 203.0.113.11, prefixes: [10.12.0.0/16]}
    azure:
      endpoints: [{address: 198.51.100.7}]
      vnet_prefixes: [10.20.0.0/16]
      policy: {ike_encryption: aes256, ike_integrity: Sha256, dh_group: dhgroup14,
               ipsec_encryption: gcmaes256, ipsec_integrity: GCMAES256, pfs_group: none}
"""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(WHOLE)
    return path


def test_layers_and_types(whole: Path, tmp_path: Path) -> None:
    site = load(whole, drivers=("cisco_ios",)).sites["site-a"]
    device = site.device
    assert (device.driver, device.host, device.port) == ("cisco_ios", "rtr-a.example.net", 2222)
    assert (device.username, device.timeout) == ("old", 60.0), "later groups win"
    assert device.password == SecretRef("env", "PASSWORD")
    assert device.enable == SecretRef("keyring", "appliance/site-a")
    assert device.key_file == str(tmp_path / "keys/id")
    assert device.version == "15.10", "not the number 15.1"
    assert device.mode is Mode.POLICY_BASED
    assert device.outside_acl is None, "null takes the default away"
    assert (device.outside_interface, device.inside_interface) == ("GigabitEthernet0/0/1", "Vlan10")
    assert device.management == (IPv4Network("192.0.2.0/24"),)
    assert device.management_interface == "Loopback9"
    assert device.legacy == ("ssh-rsa",)
    assert device.tunnel == TunnelSettings(
        number=10,
        addresses=(IPv4Interface("169.254.21.2/30"),),
        mss=None,
        mtu=1400,
        dpd_seconds=10,
        dpd_retry=5,
    )
    assert site.tags == ("emea",), "lists are replaced"
    assert site.on_premises.address == IPv4Address("203.0.113.10")
    assert (site.on_premises.nat, str(site.on_premises.private_address)) == (True, "192.168.1.2")
    assert site.on_premises.bgp == OnPremisesBgp(
        asn=65010, address=IPv4Address("10.10.255.1"), source="Loopback0"
    )
    assert site.azure == AzureSource(
        exports=(str(tmp_path / "exports/a"), "/srv/b"), connection="to-hq", max_age_days=30
    )
    assert site.psk == SecretRef("file", str(tmp_path / "keys/a.psk"))
    assert site.where == f"{whole}:16:3"


def test_inline_azure_values_and_model_defaults(whole: Path) -> None:
    site = load(whole).sites["site-b"]
    assert site.azure.exports == ()
    assert site.azure.values is not None
    assert site.azure.values["endpoints"] == [{"address": "198.51.100.7"}]
    assert site.azure.values["vnet_prefixes"] == ["10.20.0.0/16"]
    assert set(site.azure.values) == {"endpoints", "vnet_prefixes", "policy"}
    assert site.tags == ("own",)
    assert site.psk is None
    assert site.device.tunnel.mss == 1300
    assert site.device.outside_acl == "OUTSIDE-IN"


def test_relative_paths_follow_the_inventory_not_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inventory.yaml").write_text(WHOLE)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    site = load("../inventory.yaml", only={"site-a"}).sites["site-a"]
    assert site.azure.exports[0] == str(tmp_path / "exports/a")
    assert site.where == "../inventory.yaml:16:3"


def test_only_some_sites_in_file_order(whole: Path) -> None:
    assert list(load(whole, only={"site-b"}).sites) == ["site-b"]
    assert list(load(whole, only=["site-b", "site-a"]).sites) == ["site-a", "site-b"]
    assert list(load(whole, only=["site-b", "site-a"]).sites) == ["site-a", "site-b"]
    assert list(load(whole, only=()).sites) == []


def test_an_unknown_site_is_named_with_the_nearest(whole: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(whole, only={"site-q", "sites-b", "site-a"})
    assert caught.value.where == str(whole)
    assert caught.value.message == (
        "there is no site 'site-q'; did you mean 'site-b'?\n"
        "there is no site 'sites-b'; did you mean 'site-b'?"
    )
    assert caught.value.hint == "sites of this inventory: site-a, site-b"


def test_of_many_sites_some_are_told(whole: Path) -> None:
    whole.write_text(WHOLE + "".join(f"  s{n}: {{}}\n" for n in range(30)))
    with pytest.raises(UsageError, match=r"site-a, site-b, s0, .*s17, and 12 more"):
        load(whole, only={"zzz"})
    with pytest.raises(InventoryError, match=r"s3.* missing"):
        load(whole, only={"s3", "zzz"})


def test_a_fault_in_another_site_does_not_stop_this_one(whole: Path) -> None:
    whole.write_text(WHOLE.replace("198.51.100.7", "198.51.100.777"))
    assert list(load(whole, only={"site-a"}).sites) == ["site-a"]
    assert list(load(whole, only={"site-a"}).sites) == ["site-a"]
    for only in (None, {"site-b"}):
        with pytest.raises(InventoryError, match=r"site-b\.azure\.endpoints\[0\]\.address"):
            load(whole, only=only)


def test_a_fault_in_defaults_is_told_once_where_it_stands(whole: Path) -> None:
    whole.write_text(WHOLE.replace("port: 2222", "port: 99999"))
    with pytest.raises(InventoryError) as caught:
        load(whole)
    assert caught.value.faults == (
        f"{whole}:6:11: defaults.device.port: must be 1 to 65535, not 99999",
    )


def test_one_fault_does_not_hide_another_in_the_same_site(whole: Path) -> None:
    text = WHOLE.replace("host: 192.0.2.2", "host: 192.0.2.2, port: ssh")
    whole.write_text(text.replace("[10.12.0.0/16]", "[10.12.0.0/16, 10.12.1.0/24]"))
    with pytest.raises(InventoryError) as caught:
        load(whole)
    told = [fault.split(": ", 1)[1].split(":")[0] for fault in caught.value.faults]
    assert told == ["site-b.device.port", "site-b.on_premises.prefixes[1]"]


def test_a_default_route_on_one_side_is_no_overlap(whole: Path) -> None:
    whole.write_text(WHOLE.replace("[10.12.0.0/16]", "[0.0.0.0/0]"))
    assert load(whole).sites["site-b"].on_premises.prefixes == (IPv4Network("0.0.0.0/0"),)


def test_any_driver_is_taken_when_none_is_known(whole: Path) -> None:
    whole.write_text(WHOLE.replace("driver: cisco_ios", "driver: something_new"))
    assert load(whole).sites["site-a"].device.driver == "something_new"


def test_byte_order_mark_and_crlf_are_no_matter(whole: Path) -> None:
    whole.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load(whole).sites["site-a"].where == f"{whole}:16:3"


def test_files_that_are_no_inventory(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"no such file[\s\S]*appliance init"):
        load(tmp_path / "missing.yaml")
    with pytest.raises(InventoryError, match="is a directory"):
        load(tmp_path)
    with pytest.raises(InventoryError, match="cannot be read"):
        load("a\0b")
    with pytest.raises(InventoryError, match="cannot be read"):
        load("x" * 5000)


def test_an_unreadable_file(tmp_path: Path) -> None:
    """A link to itself: not even root can read that."""
    loop = tmp_path / "inventory.yaml"
    loop.symlink_to(loop)
    with pytest.raises(InventoryError, match="Too many levels of symbolic links"):
        load(loop)


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(InventoryError, match="larger than 64 MB"):
        load(path)


def test_the_shipped_inventory_is_right() -> None:
    inventory = load(REPOSITORY / "inventory.yaml", drivers=names())
    site = inventory.sites["site-a"]
    assert {one.device.driver for one in inventory.sites.values()} == set(names())
    assert (site.device.host, site.device.port) == ("127.0.0.1", 2022)
    assert site.psk == SecretRef("env", "APPLIANCE_SITE_A_PSK")
    assert site.azure.exports == (str(REPOSITORY / "examples/azure/site-a"),)


def test_acceptances_are_a_list_of_their_own(tmp_path: Path) -> None:
    """A site's own list stands in the place of the one it would inherit."""
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "version: 1\n"
        "defaults:\n"
        "  device: {driver: cisco_ios}\n"
        "  azure: {export: x}\n"
        "  accept: [{check: AZ-GW-013, reason: 'planned for May', until: 2027-05-31}]\n"
        "sites:\n"
        "  site-a: {on_premises: {public_ip: 203.0.113.10, prefixes: [10.10.0.0/16]}}\n"
        "  site-b:\n"
        "    on_premises: {public_ip: 203.0.113.11, prefixes: [10.11.0.0/16]}\n"
        "    accept: []\n"
    )
    sites = load(path, drivers=("cisco_ios",)).sites
    assert sites["site-a"].accept == (
        Acceptance(check="AZ-GW-013", reason="planned for May", until="2027-05-31"),
    )
    assert sites["site-b"].accept == ()


def test_a_place_in_azure_is_layered_and_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "version: 1\n"
        "defaults:\n"
        "  device: {driver: cisco_ios}\n"
        "  on_premises: {public_ip: 203.0.113.10, prefixes: [10.10.0.0/16]}\n"
        "  azure:\n"
        "    live: {subscription: 00000000-0000-0000-0000-000000000001, resource_group: rg-hub}\n"
        "sites:\n"
        "  a: {azure: {connection: conn-a}}\n"
        "  b: {azure: {live: {gateway: gw, cloud: azureusgovernment, tenant: t.example}}}\n"
        "  c: {azure: {live: null, export: exports/c}}\n"
    )
    a, b, c = (site.azure for site in load(path).sites.values())
    assert a.live == AzureScope(
        subscription="00000000-0000-0000-0000-000000000001", resource_group="rg-hub"
    )
    assert a.connection == "conn-a"
    assert b.live == AzureScope(
        subscription="00000000-0000-0000-0000-000000000001",
        resource_group="rg-hub",
        gateway="gw",
        cloud="azureusgovernment",
        tenant="t.example",
    )
    assert (c.live, c.exports) == (None, (str(tmp_path / "exports/c"),))


def test_rules_on_traffic_are_read_in_the_order_of_evaluation(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "version: 1\n"
        "defaults: {traffic: {deny: [{remote: 10.20.9.0/24, direction: to-azure}]}}\n"
        "sites:\n"
        "  site-a:\n"
        "    device: {driver: cisco_ios}\n"
        "    on_premises: {public_ip: 203.0.113.10, prefixes: [10.10.0.0/16]}\n"
        "    azure: {export: exports/site-a}\n"
        "    traffic: {permit: [{local: 10.10.0.0/24, protocol: tcp, ports: [443, 8000-8099]}]}\n"
        "  site-b:\n"
        "    device: {driver: cisco_ios}\n"
        "    on_premises: {public_ip: 203.0.113.20, prefixes: [10.11.0.0/16]}\n"
        "    azure: {export: exports/site-b}\n"
        "  site-c:\n"
        "    device: {driver: cisco_ios}\n"
        "    on_premises: {public_ip: 203.0.113.30, prefixes: [10.12.0.0/16]}\n"
        "    azure: {export: exports/site-c}\n"
        "    traffic: null\n"
    )
    sites = load(path, drivers=("cisco_ios",)).sites
    denied = Rule(permit=False, remote=IPv4Network("10.20.9.0/24"), direction=Direction.TO_AZURE)
    assert sites["site-a"].traffic == (
        denied,
        Rule(
            permit=True,
            local=IPv4Network("10.10.0.0/24"),
            protocol=6,
            ports=((443, 443), (8000, 8099)),
        ),
    )
    assert sites["site-b"].traffic == (denied, Rule(permit=True)), "the rest may pass"
    assert sites["site-c"].traffic == ()
