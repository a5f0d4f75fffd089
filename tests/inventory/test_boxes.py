"""Sites on one device: what each knows of the others, whatever is asked for and wherever kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import InventoryError
from appliance.inventory.load import load
from appliance.inventory.model import Site
from appliance.job import prepare
from appliance.record import replace

TEXT = """\
version: 1
groups:
  router:
    device: {driver: cisco_ios, host: 192.0.2.1, interfaces: {outside: GigabitEthernet1}}
    on_premises: {public_ip: 203.0.113.10, prefixes: [10.10.0.0/16]}
sites:
  alone:
    device: {driver: cisco_ios, host: 192.0.2.9}
    on_premises: {public_ip: 203.0.113.9, prefixes: [10.9.0.0/16]}
    azure: {endpoints: [{address: 198.51.100.9}], vnet_prefixes: [10.29.0.0/16]}
  east:
    groups: [router]
    azure: {endpoints: [{address: 198.51.100.1}], vnet_prefixes: [10.21.0.0/16]}
  west:
    groups: [router]
    azure: {endpoints: [{address: 198.51.100.2}], vnet_prefixes: [10.22.0.0/16]}
  north:
    groups: [router]
    azure: {endpoints: [{address: 198.51.100.3}], vnet_prefixes: [10.23.0.0/16]}
"""
DRIVERS = ("cisco_ios",)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = tmp_path / "inventory.yaml"
    made.write_text(TEXT)
    return made


def _beside(site: Site) -> list[tuple[str, bool, bool]]:
    return [(one.name, one.site is not None, one.first) for one in site.beside]


def test_each_knows_the_others_and_who_comes_first(path: Path) -> None:
    for _ in ("read", "kept"):
        sites = load(path, drivers=DRIVERS).sites
        assert list(sites) == ["alone", "east", "west", "north"]
        assert _beside(sites["alone"]) == []
        assert _beside(sites["east"]) == [("west", True, False), ("north", True, False)]
        assert _beside(sites["west"]) == [("east", True, True), ("north", True, False)]
        assert sites["west"].beside[0].site == replace(sites["east"], beside=())


def test_one_site_alone_is_asked_for_and_knows_the_same(path: Path) -> None:
    whole = load(path, drivers=DRIVERS).sites["west"]
    for _ in ("kept", "kept still"):
        assert load(path, drivers=DRIVERS, only={"west"}).sites == {"west": whole}
    path.write_text(TEXT + "# another state of the file\n")
    assert load(path, drivers=DRIVERS, only={"west"}).sites == {"west": whole}


def test_a_fault_of_one_is_none_of_the_others_who_know_its_name(path: Path) -> None:
    path.write_text(TEXT.replace("vnet_prefixes: [10.22.0.0/16]", "vnet_prefixes: [10.22.0.1/16]"))
    with pytest.raises(InventoryError, match=r"west\.azure\.vnet_prefixes"):
        load(path, drivers=DRIVERS, only={"west"})
    (site,) = load(path, drivers=DRIVERS, only={"north"}).sites.values()
    assert _beside(site) == [("east", True, True), ("west", False, True)]
    job = prepare(site, key=False)
    assert [one.site for one in job.intent.beside if one.intent is None] == ["west"]
    assert (
        "west is on this device too, and what it needs is not known: its entry in the inventory "
        "has faults"
    ) in job.intent.notes


def test_an_export_that_is_gone_is_told_and_stops_nobody_else(path: Path) -> None:
    azure = "azure: {endpoints: [{address: 198.51.100.2}], vnet_prefixes: [10.22.0.0/16]}"
    path.write_text(TEXT.replace(azure, "azure: {export: gone}"))
    job = prepare(load(path, drivers=DRIVERS).sites["east"], key=False)
    (unknown,) = (one for one in job.intent.beside if one.intent is None)
    assert unknown.site == "west"
    assert unknown.unknown.endswith("gone: cannot be read: No such file or directory")
    assert any(note.startswith("west is on this device too") for note in job.intent.notes)
    assert [one.tunnels[0].name for one in job.intent.beside if one.intent] == ["north-1"]


def test_behind_two_jump_hosts_one_address_is_two_devices(path: Path) -> None:
    hop = "jump_host: {host: bastion-%s.example.net, username: me, key_file: id}"
    text = TEXT.replace("host: 192.0.2.9}", f"host: 192.0.2.1, {hop % 'a'}}}")
    path.write_text(text)
    sites = load(path, drivers=DRIVERS).sites
    assert _beside(sites["alone"]) == []
    assert len(sites["east"].beside) == 2
